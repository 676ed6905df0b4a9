#include "core/keys/data_key_cache.h"

namespace kms {
namespace {

constexpr std::size_t kMostEntries = 1000;

CachedDataKey copy_of(const CachedDataKey& key) {
  return {SecretBytes::copy_of(key.plaintext.reveal()), key.ciphertext};
}

}  // namespace

void DataKeyCache::drop(std::list<Entry>::iterator entry) {
  by_partition_.erase(entry->partition);
  entries_.erase(entry);
}

std::optional<CachedDataKey> DataKeyCache::use(const std::string& partition, const CacheLimits& limits,
                                               std::int64_t bytes, Time now) {
  const std::lock_guard lock(mutex_);
  const auto found = by_partition_.find(partition);
  if (found == by_partition_.end()) return std::nullopt;
  const auto entry = found->second;
  const bool fits = now >= entry->made && now - entry->made < limits.age && entry->messages < limits.messages &&
                    bytes <= limits.bytes && entry->bytes <= limits.bytes - bytes;
  if (!fits) {
    drop(entry);
    return std::nullopt;
  }
  ++entry->messages;
  entry->bytes += bytes;
  entries_.splice(entries_.begin(), entries_, entry);
  return copy_of(entry->key);
}

void DataKeyCache::keep(const std::string& partition, const CachedDataKey& key, const CacheLimits& limits,
                        std::int64_t bytes, Time now) {
  if (bytes > limits.bytes || limits.messages <= 1) return;
  const std::lock_guard lock(mutex_);
  if (const auto old = by_partition_.find(partition); old != by_partition_.end()) drop(old->second);
  if (entries_.size() >= kMostEntries) drop(std::prev(entries_.end()));
  entries_.push_front({partition, copy_of(key), now, 1, bytes});
  by_partition_[partition] = entries_.begin();
}

}  // namespace kms
