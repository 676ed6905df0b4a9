#include "vault/sealed/header.h"

#include <algorithm>

#include "core/base/encoding.h"
#include "core/base/text.h"
#include "core/crypto/digest.h"

namespace kms::vault {
namespace {

constexpr std::string_view kMagic = "kmsctlV\n";
constexpr std::uint8_t kCompactionDue = 1;
constexpr std::size_t kChecksumSize = 8;
constexpr std::string_view kDamaged = "vault.hdr is damaged";

template <std::size_t N>
void read_array(ByteReader& in, std::array<std::uint8_t, N>& out) {
  const ByteView bytes = in.take(N);
  std::copy(bytes.begin(), bytes.end(), out.begin());
}

Bytes checksum(ByteView bytes) {
  Bytes out = crypto::digest(crypto::Hash::kSha256, bytes);
  out.resize(kChecksumSize);
  return out;
}

void write_section(ByteWriter& out, const Section& section) {
  out.u32(section.epoch).u16(static_cast<std::uint16_t>(section.slots.size()));
  for (const auto& slot : section.slots) write_slot(out, slot);
  out.bytes(section.material).u32(static_cast<std::uint32_t>(section.metadata.size())).bytes(section.metadata);
}

Section read_section(ByteReader& in) {
  Section section;
  section.epoch = in.u32();
  const std::size_t count = in.u16();
  in.require(count >= 1 && count <= kMostSlots);
  for (std::size_t i = 0; i < count; ++i) section.slots.push_back(read_slot(in));
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = 0; j < i; ++j) in.require(section.slots[i].id != section.slots[j].id);
  }
  read_array(in, section.material);
  const std::size_t size = in.u32();
  in.require(size >= kSealOverhead);
  section.metadata = to_bytes(in.take(size));
  return section;
}

std::size_t file_size(std::size_t body, std::size_t sections) {
  return body + sections * kMacSize + kChecksumSize;
}

}  // namespace

void write_slot_front(ByteWriter& out, const SlotEntry& slot) {
  out.bytes(slot.id).u8(static_cast<std::uint8_t>(slot.kind)).u32(slot.cost.memory_kib).u32(slot.cost.passes);
  out.bytes(slot.salt).bytes(slot.public_key);
}

void write_slot(ByteWriter& out, const SlotEntry& slot) {
  write_slot_front(out, slot);
  out.bytes(slot.anchor).bytes(slot.root);
}

SlotEntry read_slot_front(ByteReader& in) {
  SlotEntry slot;
  read_array(in, slot.id);
  const std::uint8_t kind = in.u8();
  in.require(kind <= static_cast<std::uint8_t>(SlotKind::kRecoveryCode));
  slot.kind = static_cast<SlotKind>(kind);
  slot.cost.memory_kib = in.u32();
  slot.cost.passes = in.u32();
  in.require(slot.kind == SlotKind::kPassphrase || slot.cost == crypto::Argon2Cost{});
  read_array(in, slot.salt);
  read_array(in, slot.public_key);
  return slot;
}

SlotEntry read_slot(ByteReader& in) {
  SlotEntry slot = read_slot_front(in);
  read_array(in, slot.anchor);
  read_array(in, slot.root);
  return slot;
}

std::string uuid_text(const VaultId& id) {
  const std::string hex = encode_hex(id);
  const std::string_view digits = hex;
  return cat(digits.substr(0, 8), "-", digits.substr(8, 4), "-", digits.substr(12, 4), "-", digits.substr(16, 4), "-",
             digits.substr(20));
}

Bytes encode_header_body(const Header& header) {
  Bytes body;
  ByteWriter out(body);
  out.text(kMagic).u16(kFormatVersion).bytes(header.id).u64(header.generation);
  out.u8(header.compaction_due ? kCompactionDue : 0).u8(static_cast<std::uint8_t>(header.sections.size()));
  bool too_many = false;
  for (const auto& section : header.sections) {
    too_many = too_many || section.slots.size() > kMostSlots;
    write_section(out, section);
  }
  if (too_many || file_size(body.size(), header.sections.size()) > kHeaderLimit) {
    throw Error(ErrorCode::kLimitExceeded, "vault.hdr has no room for all credentials");
  }
  return body;
}

Bytes encode_header_file(ByteView body, const std::vector<HeaderMac>& macs) {
  Bytes file = to_bytes(body);
  ByteWriter out(file);
  for (const auto& mac : macs) out.bytes(mac);
  out.bytes(checksum(file));
  return file;
}

ParsedHeader parse_header(ByteView file) {
  ByteReader in(file, ErrorCode::kVaultDamaged, std::string(kDamaged));
  in.require(file.size() <= kHeaderLimit);
  in.require(as_text(in.take(kMagic.size())) == kMagic);
  if (const std::uint16_t version = in.u16(); version != kFormatVersion) {
    throw Error(ErrorCode::kUnsupportedOperation, cat("the vault has format version ", std::to_string(version),
                                                      "; this program knows version ", std::to_string(kFormatVersion)));
  }
  // A damaged file is told from a wrong passphrase before any time is spent on the passphrase.
  in.require(file.size() > kChecksumSize);
  const ByteView covered = file.first(file.size() - kChecksumSize);
  in.require(equal_secrets(checksum(covered), file.last(kChecksumSize)));

  ParsedHeader parsed;
  Header& header = parsed.header;
  read_array(in, header.id);
  header.generation = in.u64();
  const std::uint8_t flags = in.u8();
  in.require(flags <= kCompactionDue);
  header.compaction_due = flags != 0;
  const std::size_t count = in.u8();
  in.require(count == 1 || count == 2);
  for (std::size_t i = 0; i < count; ++i) header.sections.push_back(read_section(in));
  in.require(count == 1 || header.sections[0].epoch != header.sections[1].epoch);
  parsed.body = to_bytes(file.first(file.size() - in.rest().size()));
  parsed.macs.resize(count);
  for (auto& mac : parsed.macs) read_array(in, mac);
  (void)in.take(kChecksumSize);
  in.require_end();
  return parsed;
}

}  // namespace kms::vault
