#pragma once
// The bytes of vault.hdr (vault/vault.md, "The header"): pure encoding and decoding, no file and no key.
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "core/base/bytes.h"
#include "core/crypto/aead.h"
#include "core/crypto/kdf.h"
#include "core/crypto/sealed_box.h"
#include "core/store/slots.h"

namespace kms::vault {

inline constexpr std::uint16_t kFormatVersion = 1;
inline constexpr std::size_t kHeaderLimit = std::size_t{128} * 1024;  // of the file, with two sections
inline constexpr std::size_t kMostSlots = 128;                        // of a section
inline constexpr std::size_t kKeySize = 32;
inline constexpr std::size_t kMacSize = 32;
inline constexpr std::size_t kSealOverhead = crypto::kXChaChaNonceSize + crypto::kXChaChaTagSize;
inline constexpr std::size_t kSealedKeySize = kKeySize + kSealOverhead;

using VaultId = std::array<std::uint8_t, 16>;
using SlotId = std::array<std::uint8_t, 4>;

std::string uuid_text(const VaultId& id);

// What a slot shows to everybody.
struct SlotEntry {
  SlotId id{};
  SlotKind kind = SlotKind::kPassphrase;
  crypto::Argon2Cost cost;  // zero unless a passphrase
  std::array<std::uint8_t, crypto::kArgon2SaltSize> salt{};
  std::array<std::uint8_t, crypto::kBoxPublicKeySize> public_key{};
  std::array<std::uint8_t, kSealedKeySize> anchor{};                 // under a key that only the credential gives
  std::array<std::uint8_t, kKeySize + crypto::kBoxOverhead> root{};  // ROOT, in a sealed box for public_key
};

// The bytes of a slot, also in a backup (formats/backup.md); the front is what its credential and public key are,
// without what is sealed for it. The reader's error when they are those of no slot.
void write_slot_front(ByteWriter& out, const SlotEntry& slot);
void write_slot(ByteWriter& out, const SlotEntry& slot);
SlotEntry read_slot_front(ByteReader& in);
SlotEntry read_slot(ByteReader& in);

// Everything that belongs to one root key.
struct Section {
  std::uint32_t epoch = 0;
  std::vector<SlotEntry> slots;                         // at least one
  std::array<std::uint8_t, kSealedKeySize> material{};  // MATERIAL_KEK under a subkey of ROOT
  Bytes metadata;                                       // principals and times of the slots, under a subkey of ROOT
};

struct Header {
  VaultId id{};
  std::uint64_t generation = 0;  // counts the rewritings of the file
  bool compaction_due = false;
  std::vector<Section> sections;  // one; two while the root key is being renewed
};

using HeaderMac = std::array<std::uint8_t, kMacSize>;

// All of the file that the MACs cover. LimitExceededException when it would be more than a reader accepts; who adds to
// the slots asks require_room() (vault/sealed/slot_table.h).
Bytes encode_header_body(const Header& header);
// The file: body, a MAC for each section, checksum.
Bytes encode_header_file(ByteView body, const std::vector<HeaderMac>& macs);

struct ParsedHeader {
  Header header;
  Bytes body;
  std::vector<HeaderMac> macs;  // one a section, not verified
};
// VaultDamagedException for anything but a well-formed file with an intact checksum; UnsupportedOperationException for
// a version that this program does not know.
ParsedHeader parse_header(ByteView file);

}  // namespace kms::vault
