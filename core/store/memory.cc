#include "core/store/memory.h"

#include <algorithm>
#include <utility>

namespace kms {
namespace {

constexpr std::size_t kMostRecent = 2048;

}  // namespace

void Changes::change(const std::vector<Scope>& scopes) {
  ++generation;
  for (const Scope scope : scopes) changed_at.at(scope % kBuckets) = generation;
}

Footprint::Recording::~Recording() {
  footprint_.recording_ = outer_;
  if (outer_ != nullptr) footprint_.read(scopes_);
}

void Footprint::read(Scope scope) {
  if (recording_ == nullptr) return;
  auto& scopes = recording_->scopes_;
  if (std::find(scopes.begin(), scopes.end(), scope) == scopes.end()) scopes.push_back(scope);
}

void Footprint::read(const std::vector<Scope>& scopes) {
  if (recording_ == nullptr) return;
  for (const Scope scope : scopes) read(scope);
}

void Footprint::change(std::string_view collection, std::string_view item) {
  for (const Scope scope : {scope_of(collection, item), enclosing_scope(collection, item)}) {
    if (std::find(changed_.begin(), changed_.end(), scope) == changed_.end()) changed_.push_back(scope);
  }
}

bool Footprint::changed_any(const std::vector<Scope>& scopes) const {
  if (changed_.empty()) return false;  // as in most transactions
  return std::any_of(scopes.begin(), scopes.end(),
                     [&](Scope scope) { return std::find(changed_.begin(), changed_.end(), scope) != changed_.end(); });
}

std::uint64_t Memory::generation_of(std::uint64_t snapshot, const std::function<Changes()>& read_changes) {
  {
    const std::lock_guard lock(mutex_);
    if (snapshot_ == snapshot) return generation_;
  }
  const Changes changes = read_changes();
  const std::lock_guard lock(mutex_);
  if (!snapshot_ || *snapshot_ < snapshot) {
    snapshot_ = snapshot;
    learn(changes);
  }
  return changes.generation;
}

void Memory::learn(const Changes& changes) {
  for (std::size_t group = 0; group < kGroups; ++group) {
    const std::uint64_t at = changes.changed_at.at(group % Changes::kBuckets);
    if (at > generation_) changed_at_.at(group) = std::max(changed_at_.at(group), at);
  }
  generation_ = std::max(generation_, changes.generation);
}

bool Memory::stands(const Entry& entry, std::uint64_t generation) const {
  const std::uint64_t since = std::min(entry.made_at, generation);
  return std::all_of(entry.value.of->begin(), entry.value.of->end(),
                     [&](Scope scope) { return changed_at_.at(scope % kGroups) <= since; });
}

std::optional<Memory::Value> Memory::find(const std::string& key, std::uint64_t generation) {
  const std::lock_guard lock(mutex_);
  auto found = recent_.find(key);
  if (found == recent_.end()) {
    const auto old = before_.find(key);
    if (old == before_.end()) return std::nullopt;
    if (!stands(old->second, generation)) return std::nullopt;
    found = recent_.insert_or_assign(key, std::move(old->second)).first;
    before_.erase(old);
    return found->second.value;
  }
  if (!stands(found->second, generation)) return std::nullopt;
  return found->second.value;
}

void Memory::insert(const std::string& key, Value value, std::uint64_t generation) {
  Entries dropped;  // destroyed after the lock is gone
  const std::lock_guard lock(mutex_);
  if (recent_.size() >= kMostRecent) {
    dropped = std::exchange(before_, std::exchange(recent_, {}));
  }
  Entry& entry = recent_[key];
  if (entry.value.made && entry.made_at > generation) return;  // a reader of older records made this one
  entry = {std::move(value), generation};
}

void Memory::committed(std::uint64_t snapshot, const std::vector<Scope>& changed) {
  const std::lock_guard lock(mutex_);
  if (snapshot_ != snapshot) return;  // somebody else has committed, too: the next one asks
  snapshot_ = snapshot + 1;
  if (changed.empty()) return;
  ++generation_;
  for (const Scope scope : changed) changed_at_.at(scope % kGroups) = generation_;
}

void Memory::forget() {
  Entries recent;
  Entries before;
  const std::lock_guard lock(mutex_);
  recent.swap(recent_);
  before.swap(before_);
  snapshot_.reset();
  generation_ = 0;
  changed_at_.fill(0);
}

}  // namespace kms
