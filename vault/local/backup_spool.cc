#include "vault/local/backup_spool.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <utility>

#include "core/base/encoding.h"
#include "core/base/text.h"

namespace kms::vault {
namespace {

constexpr std::string_view kSpoolName = "backup";  // for texts: no file gets it
constexpr std::size_t kMostKept = 4;
constexpr std::chrono::hours kKeptFor{1};
constexpr std::size_t kBackupIdBytes = 16;

}  // namespace

OutputFile BackupSpool::make(const Directory& directory) {
  return output_for(directory, kSpoolName);
}

// Under mutex_.
void BackupSpool::drop_old(Time now) {
  std::erase_if(kept_, [&](const auto& each) { return each.second->until <= now; });
}

void BackupSpool::require_room(Time now) {
  const std::lock_guard lock(mutex_);
  drop_old(now);
  if (kept_.size() < kMostKept) return;
  throw Error(ErrorCode::kLimitExceeded,
              cat(std::to_string(kMostKept), " backups wait to be read: read them, or try again within the hour"));
}

std::string BackupSpool::keep(OutputFile file, std::uint64_t bytes, std::string_view owner, Time now, Random& random) {
  require_room(now);
  std::string id = encode_hex(random.bytes(kBackupIdBytes));
  const std::lock_guard lock(mutex_);
  kept_.emplace(id, std::make_shared<Kept>(Kept{std::move(file), bytes, std::string(owner), now + kKeptFor}));
  return id;
}

Bytes BackupSpool::read(std::string_view id, std::string_view owner, std::uint64_t offset, std::size_t most, Time now) {
  std::shared_ptr<const Kept> kept;
  {
    const std::lock_guard lock(mutex_);
    drop_old(now);
    const auto found = kept_.find(id);
    if (found != kept_.end() && found->second->owner == owner) kept = found->second;
  }
  if (!kept) throw Error(ErrorCode::kNotFound, cat("there is no backup ", id, " of yours: one is kept for an hour"));
  const std::uint64_t left = kept->bytes - std::min(offset, kept->bytes);
  Bytes piece(static_cast<std::size_t>(std::min<std::uint64_t>(left, most)));
  for (std::size_t done = 0; done < piece.size();) {
    const ssize_t got =
        pread(kept->file.fd(), piece.data() + done, piece.size() - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) throw_file_error("the backup", got < 0 ? errno : EIO);
    done += static_cast<std::size_t>(got);
  }
  return piece;
}

void BackupSpool::end(std::string_view id, std::string_view owner) {
  const std::lock_guard lock(mutex_);
  const auto found = kept_.find(id);
  if (found != kept_.end() && found->second->owner == owner) kept_.erase(found);
}

}  // namespace kms::vault
