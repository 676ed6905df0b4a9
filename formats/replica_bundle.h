#pragma once
// A replica on its way to another vault: sealed to the transport key of the vault that receives it, signed by that of
// the vault that sends it. formats/replica_bundle.md is the specification.
#include <optional>
#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/random.h"
#include "core/base/secret_bytes.h"

namespace kms::formats {

inline constexpr std::size_t kTransportSeedSize = 32;

// The public half, as another vault needs it. Printed as one line of text.
struct TransportKey {
  std::string account;
  std::string region;  // where replicas for that vault go
  Bytes box_key;       // X25519
  Bytes signing_key;   // Ed25519, SubjectPublicKeyInfo
  bool operator==(const TransportKey&) const = default;
};

TransportKey transport_key(const SecretBytes& seed, std::string_view account, std::string_view region);
std::string to_text(const TransportKey& key);
std::optional<TransportKey> parse_transport_key(std::string_view text);
// Short enough to compare by eye: 32 hex digits.
std::string fingerprint(const TransportKey& key);

struct ReplicaBundle {
  TransportKey sender;
  std::uint64_t sequence = 0;  // of the states that the sender gave out of this key
  std::string description;     // JSON; what is no secret
  SecretBytes material;        // concatenated as the description says
};

Bytes seal_bundle(const SecretBytes& sender_seed, const TransportKey& recipient, const ReplicaBundle& bundle,
                  Random& random);
// Whom the file names as its sender, for a person to compare; open_bundle() proves it. Nothing where it is no bundle.
std::optional<TransportKey> claimed_sender(ByteView file);
// InvalidCiphertextException, with what is wrong, for a file that is damaged, was changed, or is for another vault.
ReplicaBundle open_bundle(const SecretBytes& seed, ByteView file);

}  // namespace kms::formats
