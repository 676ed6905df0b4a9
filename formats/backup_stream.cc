#include "formats/backup_stream.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/base/text.h"
#include "core/crypto/aead.h"

namespace kms::formats {
namespace {

constexpr std::size_t kSealedChunk = kBackupChunk + crypto::kXChaChaTagSize;
constexpr std::size_t kItemFront = 1 + 4;
constexpr std::size_t kItemDigest = 32;

Bytes chunk_nonce(std::uint64_t number, bool last) {
  Bytes nonce(crypto::kXChaChaNonceSize - sizeof(number) - 1);
  ByteWriter(nonce).u64(number).u8(last ? 1 : 0);
  return nonce;
}

}  // namespace

void throw_damaged_backup(std::string_view why) {
  throw Error(ErrorCode::kInvalidCiphertext, cat("the backup is damaged: ", why));
}

BackupStreamWriter::BackupStreamWriter(const SecretBytes& key, WriteFn write)
    : key_(SecretBytes::copy_of(key)), write_(std::move(write)), digest_(crypto::Hash::kSha256) {
  chunk_.reserve(kBackupChunk);
}

void BackupStreamWriter::add(std::uint8_t kind, ByteView front, ByteView rest) {
  const std::size_t size = front.size() + rest.size();
  if (size > kMostBackupItem) throw Error(ErrorCode::kLimitExceeded, "something is too large for a backup");
  Bytes begin;
  ByteWriter(begin).u8(kind).u32(static_cast<std::uint32_t>(size));
  for (const ByteView piece : {ByteView(begin), front, rest}) {
    digest_.update(piece);
    append(piece);
  }
  ++items_;
}

void BackupStreamWriter::finish() {
  Bytes end;
  ByteWriter(end).u8(kBackupEnd).u32(sizeof(items_) + kItemDigest).u64(items_).bytes(digest_.finish());
  append(end);
  seal(true);
}

// A full chunk waits until it is known whether it is the last one.
void BackupStreamWriter::append(ByteView bytes) {
  while (!bytes.empty()) {
    if (chunk_.size() == kBackupChunk) seal(false);
    const std::size_t count = std::min(kBackupChunk - chunk_.size(), bytes.size());
    chunk_.insert(chunk_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(count));
    bytes = bytes.subspan(count);
  }
}

void BackupStreamWriter::seal(bool last) {
  write_(crypto::xchacha_seal(key_, chunk_nonce(chunks_, last), {}, chunk_));
  ++chunks_;
  chunk_.clear();
}

BackupStreamReader::BackupStreamReader(const SecretBytes& key, ReadFn read)
    : key_(SecretBytes::copy_of(key)),
      read_(std::move(read)),
      digest_(crypto::Hash::kSha256),
      sealed_(kSealedChunk + 1) {}

bool BackupStreamReader::try_chunk(ByteView sealed, bool last) {
  chunk_.resize(sealed.size() - crypto::kXChaChaTagSize);
  return crypto::xchacha_open(key_, chunk_nonce(chunks_, last), {}, sealed, chunk_);
}

// The last chunk is the one that nothing follows: one byte more is read, to see whether something does.
void BackupStreamReader::open_chunk() {
  if (last_) throw_damaged_backup("what it holds ends too early");
  const std::size_t read = read_(MutableBytes(sealed_).subspan(carried_));
  const std::size_t size = std::min(carried_ + read, kSealedChunk);
  last_ = carried_ + read <= kSealedChunk;
  if (size <= crypto::kXChaChaTagSize) throw_damaged_backup("it is cut off");
  const ByteView sealed = ByteView(sealed_).first(size);
  if (!try_chunk(sealed, last_)) {
    const std::string where = cat("chunk ", std::to_string(chunks_), " of it");
    if (last_ && try_chunk(sealed, false)) throw_damaged_backup(cat("it is cut off behind ", where));
    throw_damaged_backup(cat(where, " was changed, cut off, or written under another key"));
  }
  sealed_.front() = sealed_.back();
  carried_ = last_ ? 0 : 1;
  ++chunks_;
  at_ = 0;
}

// Behind what the item has already. Memory is taken as bytes arrive, whatever the length says.
void BackupStreamReader::take(std::size_t count) {
  while (count > 0) {
    if (at_ == chunk_.size()) open_chunk();
    const std::size_t here = std::min(count, chunk_.size() - at_);
    const auto begin = chunk_.begin() + static_cast<std::ptrdiff_t>(at_);
    item_.insert(item_.end(), begin, begin + static_cast<std::ptrdiff_t>(here));
    at_ += here;
    count -= here;
  }
}

std::optional<BackupItemView> BackupStreamReader::next() {
  item_.clear();
  take(kItemFront);
  ByteReader in(item_, ErrorCode::kInvalidCiphertext, "the backup is damaged");
  const std::uint8_t kind = in.u8();
  const std::size_t size = in.u32();
  if (size > kMostBackupItem) throw_damaged_backup("an item of it is too large");
  take(size);
  const ByteView bytes = ByteView(item_).subspan(kItemFront);
  if (kind == kBackupEnd) {
    require_end(bytes);
    return std::nullopt;
  }
  digest_.update(item_);
  ++items_;
  return BackupItemView{kind, bytes};
}

void BackupStreamReader::require_end(ByteView end) {
  ByteReader in(end, ErrorCode::kInvalidCiphertext, "the backup is damaged: its end is not that of what it holds");
  in.require(in.u64() == items_);
  in.require(equal_secrets(in.take(kItemDigest), digest_.finish()));
  in.require_end();
  if (!last_ || at_ != chunk_.size()) throw_damaged_backup("there is more behind its end");
}

}  // namespace kms::formats
