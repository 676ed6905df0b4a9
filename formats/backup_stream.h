#pragma once
// What a backup of a vault holds, as a row of items in a sealed stream (formats/backup.md, "Stream"): chunks of 64 KiB
// under XChaCha20-Poly1305, whose nonces count them and mark the last one (the STREAM construction of Hoang,
// Reyhanitabar, Rogaway and Vizar, 2015). What an item means is up to who writes it. Each object belongs to one thread,
// and holds one chunk and one item.
#include <cstddef>
#include <cstdint>
#include <optional>

#include "core/base/bytes.h"
#include "core/base/secret_bytes.h"
#include "core/crypto/digest.h"
#include "formats/stream.h"

namespace kms::formats {

inline constexpr std::size_t kBackupChunk = std::size_t{64} << 10U;
inline constexpr std::size_t kBackupKeySize = 32;
inline constexpr std::size_t kMostBackupItem = (std::size_t{64} << 20U) + 4096;  // bytes of one
inline constexpr std::uint8_t kBackupEnd = 0;                                    // the kind of the last item

// InvalidCiphertextException: the backup is not as it was written, and why.
[[noreturn]] void throw_damaged_backup(std::string_view why);

// Under a key that seals nothing else: the nonces are those of the chunks.
class BackupStreamWriter {
 public:
  // What `write` throws is passed on.
  BackupStreamWriter(const SecretBytes& key, WriteFn write);
  // Of a kind that is not kBackupEnd, in one or two pieces.
  void add(std::uint8_t kind, ByteView front, ByteView rest = {});
  void finish();  // once, at the end

 private:
  void append(ByteView bytes);
  void seal(bool last);
  const SecretBytes key_;
  const WriteFn write_;
  crypto::Digest digest_;
  Bytes chunk_;
  std::uint64_t chunks_ = 0;
  std::uint64_t items_ = 0;
};

struct BackupItemView {
  std::uint8_t kind = kBackupEnd;
  ByteView bytes;  // until the next one is read
};

class BackupStreamReader {
 public:
  BackupStreamReader(const SecretBytes& key, ReadFn read);
  // The next item; nothing once all were read, and are all that were written. InvalidCiphertextException, also for
  // what is cut off or has more behind it. What was read before is not to be believed to be all until then.
  std::optional<BackupItemView> next();

 private:
  void open_chunk();
  bool try_chunk(ByteView sealed, bool last);
  void take(std::size_t count);
  void require_end(ByteView end);
  const SecretBytes key_;
  const ReadFn read_;
  crypto::Digest digest_;
  Bytes sealed_;
  std::size_t carried_ = 0;  // bytes of the next chunk that were read with this one
  Bytes chunk_;
  std::size_t at_ = 0;  // in the chunk
  Bytes item_;
  std::uint64_t chunks_ = 0;
  std::uint64_t items_ = 0;
  bool last_ = false;  // the chunk is
};

}  // namespace kms::formats
