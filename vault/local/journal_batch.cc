#include "vault/local/journal_batch.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/base/text.h"

namespace kms::vault {
namespace {

constexpr std::string_view kMagic = "KMSJ";
// Version 0 had four bytes for the size, and used three of them.
constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kMostSealed = 0xffffff;
constexpr std::size_t kFrontSize = 4 + 1 + 3 + 8 + 16;
constexpr std::size_t kNameLimit = 0xffff;
constexpr std::size_t kAadRoom = 64;

struct Front {
  std::uint8_t version = 0;
  std::size_t sealed_size = 0;
  std::uint64_t number = 0;
  JournalSession session{};
};

std::optional<Front> read_front(ByteView bytes) {
  if (bytes.size() < kFrontSize || !begins_journal_batch(bytes)) return std::nullopt;
  ByteReader in(bytes.subspan(kMagic.size()), ErrorCode::kVaultDamaged, "the journal is damaged");
  Front front;
  const std::uint32_t version_and_size = in.u32();
  front.version = static_cast<std::uint8_t>(version_and_size >> 24U);
  front.sealed_size = version_and_size & kMostSealed;
  front.number = in.u64();
  const ByteView session = in.take(front.session.size());
  std::copy(session.begin(), session.end(), front.session.begin());
  return front;
}

bool is_whole(const Front& front, ByteView batch) {
  return front.version <= kVersion && front.sealed_size >= kSealOverhead &&
         front.sealed_size <= batch.size() - kFrontSize;
}

std::size_t whole_blocks(std::size_t size) {
  return (size + kJournalBlock - 1) / kJournalBlock * kJournalBlock;
}

Bytes batch_aad(const Keys& keys, std::uint8_t version, const JournalSession& session, std::uint64_t number) {
  Bytes aad;
  aad.reserve(kAadRoom);
  ByteWriter out(aad);
  out.text("kmsctl journal").bytes(keys.id()).u32(keys.epoch()).bytes(session).u64(number);
  if (version > 0) out.u8(version);
  return aad;
}

// Only at the start of a segment: what a process has written there is all of one version, and behind it stands what is
// left of earlier ones.
void require_known_version(ByteView segment) {
  const auto front = read_front(segment);
  if (!front || front->version <= kVersion) return;
  throw Error(ErrorCode::kUnsupportedOperation,
              cat("the vault has a journal of version ", std::to_string(front->version),
                  ", which a later kmsctl has left: open the vault with that one"));
}

}  // namespace

Bytes write_records(std::span<const SideRecord> records) {
  Bytes written;
  std::size_t size = 0;
  for (const SideRecord& record : records) {
    size += record.collection.size() + record.item.size() + record.value.size() + 2 * sizeof(std::uint16_t) +
            sizeof(std::uint32_t);
  }
  written.reserve(size);
  ByteWriter out(written);
  for (const SideRecord& record : records) {
    if (record.collection.size() > kNameLimit || record.item.size() > kNameLimit || record.value.size() > 0xffffffffU) {
      throw Error(ErrorCode::kLimitExceeded, "a record is too large for the vault");
    }
    out.u16(static_cast<std::uint16_t>(record.collection.size())).text(record.collection);
    out.u16(static_cast<std::uint16_t>(record.item.size())).text(record.item);
    out.u32(static_cast<std::uint32_t>(record.value.size())).text(record.value);
  }
  return written;
}

std::vector<SideRecordView> read_records(ByteView written) {
  ByteReader in(written, ErrorCode::kVaultDamaged, "the journal of the vault is damaged");
  std::vector<SideRecordView> records;
  while (!in.empty()) {
    const std::string_view collection = as_text(in.take(in.u16()));
    const std::string_view item = as_text(in.take(in.u16()));
    records.emplace_back(collection, item, as_text(in.take(in.u32())));
  }
  return records;
}

Bytes seal_journal_batch(const Keys& keys, const JournalSession& session, std::uint64_t number, ByteView records,
                         Random& random) {
  const Bytes sealed = seal(keys.journal(), batch_aad(keys, kVersion, session, number), records, random);
  if (sealed.size() > kMostSealed) throw Error(ErrorCode::kLimitExceeded, "a record is too large for the vault");
  Bytes out;
  out.reserve(whole_blocks(kFrontSize + sealed.size()));
  const auto version_and_size = std::uint32_t{kVersion} << 24U | static_cast<std::uint32_t>(sealed.size());
  ByteWriter(out).text(kMagic).u32(version_and_size).u64(number).bytes(session).bytes(sealed);
  out.resize(whole_blocks(out.size()));
  return out;
}

bool begins_journal_batch(ByteView block) {
  return block.size() >= kMagic.size() && as_text(block.first(kMagic.size())) == kMagic;
}

JournalSegment read_journal_segment(const Keys& keys, ByteView segment) {
  require_known_version(segment);
  JournalSegment out;
  for (;;) {
    const auto front = read_front(segment);
    if (!front || !is_whole(*front, segment)) return out;
    const bool first = out.batches.empty();
    if (!first && (front->session != out.session || front->number != out.batches.back().number + 1)) return out;
    Bytes plaintext(front->sealed_size - kSealOverhead);
    const ByteView sealed = segment.subspan(kFrontSize, front->sealed_size);
    if (!unseal(keys.journal(), batch_aad(keys, front->version, front->session, front->number), sealed, plaintext))
      return out;
    out.session = front->session;
    out.batches.push_back({front->number, std::move(plaintext)});
    segment = segment.subspan(std::min(segment.size(), whole_blocks(kFrontSize + front->sealed_size)));
  }
}

}  // namespace kms::vault
