#include "core/store/memory.h"

#include <utility>

namespace kms {
namespace {

constexpr std::size_t kMostValues = 4096;

}  // namespace

std::shared_ptr<const void> Memory::find(const std::string& key) const {
  const std::lock_guard lock(mutex_);
  const auto found = values_.find(key);
  return found == values_.end() ? nullptr : found->second;
}

void Memory::insert(const std::string& key, std::shared_ptr<const void> value) {
  std::unordered_map<std::string, std::shared_ptr<const void>> dropped;  // destroyed after the lock is gone
  const std::lock_guard lock(mutex_);
  if (values_.size() >= kMostValues) values_.swap(dropped);
  values_[key] = std::move(value);
}

std::shared_ptr<Memory> Memories::of(std::uint64_t snapshot, const std::function<std::uint64_t()>& read_generation) {
  {
    const std::lock_guard lock(mutex_);
    if (snapshot_ == snapshot) return memory_;
  }
  const std::uint64_t generation = read_generation();
  const std::lock_guard lock(mutex_);
  if (memory_ && generation < memory_->generation()) return nullptr;
  if (!memory_ || generation > memory_->generation()) memory_ = std::make_shared<Memory>(generation);
  if (!snapshot_ || *snapshot_ < snapshot) snapshot_ = snapshot;
  return memory_;
}

void Memories::committed(std::uint64_t snapshot, bool new_generation) {
  const std::lock_guard lock(mutex_);
  if (snapshot_ == snapshot && !new_generation) snapshot_ = snapshot + 1;
}

void Memories::forget() {
  const std::lock_guard lock(mutex_);
  snapshot_.reset();
  memory_.reset();
}

}  // namespace kms
