#pragma once
// The algorithm suites of the AWS Encryption SDK message format. formats/file_envelope.md is the specification.
#include <cstddef>
#include <cstdint>
#include <optional>

#include "core/crypto/digest.h"
#include "core/crypto/key_pair.h"

namespace kms::formats {

struct EnvelopeSignature {
  crypto::KeyType key;
  crypto::Hash hash;
  std::size_t usual_size;  // of the DER form; writers sign again until they meet it, so that sizes are predictable
};

struct EnvelopeSuite {
  std::uint16_t id;
  std::uint8_t version;  // of the message format that carries it
  std::size_t key_size;  // of the data key and of the AES key
  std::optional<crypto::Hash> kdf;
  std::optional<EnvelopeSignature> signature;

  bool commits() const { return version == 2; }
  std::size_t message_id_size() const { return version == 2 ? 32 : 16; }
};

inline constexpr std::uint16_t kSuiteCommitting = 0x0478;
inline constexpr std::uint16_t kSuiteCommittingSigned = 0x0578;

const EnvelopeSuite* find_suite(std::uint16_t id);  // null when there is none
const EnvelopeSuite& suite(std::uint16_t id);       // of a known id

}  // namespace kms::formats
