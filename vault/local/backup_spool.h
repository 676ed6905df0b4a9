#pragma once
// Backups that were made and wait to be read: files without a name in the directory of the vault, which go with the
// process. What is in them is sealed. Thread-safe.
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/random.h"
#include "core/store/backups.h"
#include "vault/local/directory.h"

namespace kms::vault {

class BackupSpool {
 public:
  // One in the making. It has no other name than its descriptor.
  static OutputFile make(const Directory& directory);

  // Keeps it for an hour; answers the id that `owner` reads it by. LimitExceededException where as many wait as may.
  std::string keep(OutputFile file, std::uint64_t bytes, std::string_view owner, Time now, Random& random);
  // NotFoundException for an id that is none, is over, or is somebody else's.
  Bytes read(std::string_view id, std::string_view owner, std::uint64_t offset, std::size_t most, Time now);
  void end(std::string_view id, std::string_view owner);
  // Before one is made: LimitExceededException as keep().
  void require_room(Time now);

 private:
  struct Kept {
    OutputFile file;
    std::uint64_t bytes;
    std::string owner;
    Time until;
  };
  void drop_old(Time now);
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Kept>, std::less<>> kept_;
};

}  // namespace kms::vault
