#pragma once
// Data keys that were made before, for callers who ask for that: the rules of the caching cryptographic materials
// manager of the AWS Encryption SDK. An entry belongs to one principal, key, backing key and encryption context, is
// given out within the limits of who asks, and is dropped once it exceeds them.
#include <cstdint>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "core/base/bytes.h"
#include "core/base/clock.h"
#include "core/base/secret_bytes.h"

namespace kms {

struct CacheLimits {
  std::chrono::seconds age{0};
  std::int64_t messages = 0;
  std::int64_t bytes = 0;
};

struct CachedDataKey {
  SecretBytes plaintext;
  Bytes ciphertext;
};

// Thread-safe. In memory alone; the least recently used goes when there are too many.
class DataKeyCache {
 public:
  // Counts a message of `bytes`. Nothing when there is no entry, or none within the limits.
  std::optional<CachedDataKey> use(const std::string& partition, const CacheLimits& limits, std::int64_t bytes,
                                   Time now);
  // Keeps a data key whose first message has `bytes`, unless that exceeds the limits already.
  void keep(const std::string& partition, const CachedDataKey& key, const CacheLimits& limits, std::int64_t bytes,
            Time now);

 private:
  struct Entry {
    std::string partition;
    CachedDataKey key;
    Time made;
    std::int64_t messages = 0;
    std::int64_t bytes = 0;
  };
  void drop(std::list<Entry>::iterator entry);
  std::mutex mutex_;
  std::list<Entry> entries_;  // the most recently used first
  std::map<std::string, std::list<Entry>::iterator> by_partition_;
};

}  // namespace kms
