#include "vault/sealed/backup_header.h"

#include <algorithm>

#include "core/base/encoding.h"
#include "core/base/text.h"
#include "core/crypto/digest.h"
#include "formats/backup_stream.h"

namespace kms::vault {
namespace {

constexpr std::string_view kBackupMagic = "kmsctlB\n";
constexpr std::size_t kBackupFront = 8 + 2 + 16 + 16 + 2 + 2;
constexpr std::size_t kSlotFrontSize = 4 + 1 + 4 + 4 + crypto::kArgon2SaltSize + crypto::kBoxPublicKeySize;
constexpr std::size_t kSlotSize = kSlotFrontSize + kSealedKeySize + kKeySize + crypto::kBoxOverhead;
constexpr std::size_t kRecipientSize = 16 + kSlotFrontSize;
constexpr std::size_t kRecipientSlotSize = kRecipientSize + 2 * kKeySize + crypto::kBoxOverhead;
constexpr std::size_t kBackupChecksum = 8;
constexpr std::string_view kRecipientPrefix = "kmsctl-recipient1:";
constexpr std::size_t kTypoChecksum = 4;

Bytes short_digest(ByteView bytes, std::size_t size) {
  Bytes out = crypto::digest(crypto::Hash::kSha256, bytes);
  out.resize(size);
  return out;
}

void write_recipient(ByteWriter& out, const Recipient& recipient) {
  out.bytes(recipient.vault);
  write_slot_front(out, recipient.slot);
}

Recipient read_recipient(ByteReader& in) {
  Recipient recipient;
  const ByteView vault = in.take(recipient.vault.size());
  std::copy(vault.begin(), vault.end(), recipient.vault.begin());
  recipient.slot = read_slot_front(in);
  return recipient;
}

void read_more(const formats::ReadFn& read, Bytes& bytes, std::size_t count) {
  const std::size_t before = bytes.size();
  bytes.resize(before + count);
  const std::size_t got = read(MutableBytes(bytes).subspan(before));
  if (got != count) formats::throw_damaged_backup("it is cut off");
}

BackupHeader parse_slots(ByteReader& in, std::size_t slots, std::size_t recipients) {
  BackupHeader header;
  header.slots.reserve(slots);
  for (std::size_t i = 0; i < slots; ++i) header.slots.push_back(read_slot(in));
  header.recipients.reserve(recipients);
  for (std::size_t i = 0; i < recipients; ++i) {
    RecipientSlot& slot = header.recipients.emplace_back();
    slot.recipient = read_recipient(in);
    const ByteView box = in.take(slot.box.size());
    std::copy(box.begin(), box.end(), slot.box.begin());
  }
  return header;
}

}  // namespace

std::string recipient_text(const Recipient& recipient) {
  Bytes bytes;
  ByteWriter out(bytes);
  write_recipient(out, recipient);
  out.bytes(short_digest(bytes, kTypoChecksum));
  return cat(kRecipientPrefix, encode_base64(bytes));
}

Recipient parse_recipient(std::string_view text) {
  const std::string wrong = cat("'", text.substr(0, 40), text.size() > 40 ? "..." : "",
                                "' is no recipient of backups: give a whole line of kmsctl slot recipient");
  const ByteReader refusal({}, ErrorCode::kValidation, wrong);
  refusal.require(text.starts_with(kRecipientPrefix));
  const auto bytes = decode_base64(text.substr(kRecipientPrefix.size()));
  refusal.require(bytes && bytes->size() == kRecipientSize + kTypoChecksum);
  const ByteView covered = ByteView(*bytes).first(kRecipientSize);
  refusal.require(equal_secrets(short_digest(covered, kTypoChecksum), ByteView(*bytes).last(kTypoChecksum)));
  ByteReader in(covered, ErrorCode::kValidation, wrong);
  return read_recipient(in);
}

Bytes encode_backup_header(const BackupHeader& header) {
  if (header.slots.size() > kMostSlots || header.recipients.size() > kMostRecipients) {
    throw Error(ErrorCode::kLimitExceeded, cat("a backup has room for ", std::to_string(kMostSlots), " slots and ",
                                               std::to_string(kMostRecipients), " recipients"));
  }
  Bytes bytes;
  ByteWriter out(bytes);
  out.text(kBackupMagic).u16(kBackupVersion).bytes(header.vault).bytes(header.id);
  out.u16(static_cast<std::uint16_t>(header.slots.size())).u16(static_cast<std::uint16_t>(header.recipients.size()));
  for (const SlotEntry& slot : header.slots) write_slot(out, slot);
  for (const RecipientSlot& slot : header.recipients) {
    write_recipient(out, slot.recipient);
    out.bytes(slot.box);
  }
  out.bytes(short_digest(bytes, kBackupChecksum));
  return bytes;
}

ParsedBackupHeader read_backup_header(const formats::ReadFn& read) {
  ParsedBackupHeader parsed;
  Bytes& bytes = parsed.bytes;
  bytes.resize(kBackupMagic.size() + 2);
  bytes.resize(read(bytes));
  ByteReader begin(bytes, ErrorCode::kInvalidCiphertext, "the file is no backup of a vault, or is cut off");
  begin.require(as_text(begin.take(kBackupMagic.size())) == kBackupMagic);
  if (const std::uint16_t version = begin.u16(); version != kBackupVersion) {
    throw Error(ErrorCode::kUnsupportedOperation, cat("the backup has format version ", std::to_string(version),
                                                      "; this program knows version ", std::to_string(kBackupVersion)));
  }
  read_more(read, bytes, kBackupFront - bytes.size());
  ByteReader front(ByteView(bytes).last(4), ErrorCode::kInvalidCiphertext, "the backup is damaged: its header is");
  const std::size_t slots = front.u16();
  const std::size_t recipients = front.u16();
  front.require(slots <= kMostSlots && recipients <= kMostRecipients && slots + recipients > 0);
  read_more(read, bytes, slots * kSlotSize + recipients * kRecipientSlotSize + kBackupChecksum);
  // A damaged file is told from a wrong passphrase before any time is spent on the passphrase.
  const ByteView covered = ByteView(bytes).first(bytes.size() - kBackupChecksum);
  front.require(equal_secrets(short_digest(covered, kBackupChecksum), ByteView(bytes).last(kBackupChecksum)));
  ByteReader in(covered.subspan(kBackupFront), ErrorCode::kInvalidCiphertext, "the backup is damaged: its header is");
  parsed.header = parse_slots(in, slots, recipients);
  in.require_end();
  constexpr std::size_t kVaultAt = 10;
  std::copy_n(bytes.begin() + kVaultAt, parsed.header.vault.size(), parsed.header.vault.begin());
  std::copy_n(bytes.begin() + kVaultAt + 16, parsed.header.id.size(), parsed.header.id.begin());
  return parsed;
}

}  // namespace kms::vault
