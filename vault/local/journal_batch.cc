#include "vault/local/journal_batch.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace kms::vault {
namespace {

constexpr std::string_view kMagic = "KMSJ";
constexpr std::size_t kFrontSize = 4 + 4 + 8 + 16;
constexpr std::size_t kNameLimit = 0xffff;
constexpr std::size_t kAadRoom = 64;

struct Front {
  std::size_t sealed_size = 0;
  std::uint64_t number = 0;
  JournalSession session{};
};

std::optional<Front> read_front(ByteView bytes) {
  if (bytes.size() < kFrontSize || as_text(bytes.first(kMagic.size())) != kMagic) return std::nullopt;
  ByteReader in(bytes.subspan(kMagic.size()), ErrorCode::kVaultDamaged, "the journal is damaged");
  Front front;
  front.sealed_size = in.u32();
  front.number = in.u64();
  const ByteView session = in.take(front.session.size());
  std::copy(session.begin(), session.end(), front.session.begin());
  if (front.sealed_size < kSealOverhead || front.sealed_size > in.rest().size()) return std::nullopt;
  return front;
}

std::size_t whole_blocks(std::size_t size) {
  return (size + kJournalBlock - 1) / kJournalBlock * kJournalBlock;
}

Bytes batch_aad(const Keys& keys, const JournalSession& session, std::uint64_t number) {
  Bytes aad;
  aad.reserve(kAadRoom);
  ByteWriter(aad).text("kmsctl journal").bytes(keys.id()).u32(keys.epoch()).bytes(session).u64(number);
  return aad;
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
  const Bytes sealed = seal(keys.journal(), batch_aad(keys, session, number), records, random);
  if (sealed.size() > 0xffffffffU) throw Error(ErrorCode::kLimitExceeded, "a record is too large for the vault");
  Bytes out;
  out.reserve(whole_blocks(kFrontSize + sealed.size()));
  ByteWriter(out).text(kMagic).u32(static_cast<std::uint32_t>(sealed.size())).u64(number).bytes(session).bytes(sealed);
  out.resize(whole_blocks(out.size()));
  return out;
}

bool begins_journal_batch(ByteView block) {
  return block.size() >= kMagic.size() && as_text(block.first(kMagic.size())) == kMagic;
}

JournalSegment read_journal_segment(const Keys& keys, ByteView segment) {
  JournalSegment out;
  for (;;) {
    const auto front = read_front(segment);
    if (!front) return out;
    const bool first = out.batches.empty();
    if (!first && (front->session != out.session || front->number != out.batches.back().number + 1)) return out;
    Bytes plaintext(front->sealed_size - kSealOverhead);
    const ByteView sealed = segment.subspan(kFrontSize, front->sealed_size);
    if (!unseal(keys.journal(), batch_aad(keys, front->session, front->number), sealed, plaintext)) return out;
    out.session = front->session;
    out.batches.push_back({front->number, std::move(plaintext)});
    segment = segment.subspan(std::min(segment.size(), whole_blocks(kFrontSize + front->sealed_size)));
  }
}

}  // namespace kms::vault
