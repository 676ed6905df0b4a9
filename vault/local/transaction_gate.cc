#include "vault/local/transaction_gate.h"

#include <algorithm>

#include "core/base/error.h"

namespace kms::vault {

bool TransactionGate::has_room(Access access, bool holds) const {
  if (exclusive_) return access == Access::kRead && holds;
  if (access == Access::kExclusive) return holders_.empty();
  // A thread that holds one already must not wait for somebody who waits for it.
  if (waiting_ > 0 && !holds) return false;
  return access == Access::kRead || writer_ == std::thread::id();
}

std::vector<TransactionGate::Holder>::iterator TransactionGate::holder(std::thread::id thread) {
  return std::find_if(holders_.begin(), holders_.end(), [&](const Holder& each) { return each.thread == thread; });
}

void TransactionGate::enter(Access access) {
  std::unique_lock lock(mutex_);
  const auto self = std::this_thread::get_id();
  const bool holds = holder(self) != holders_.end();
  if ((access == Access::kExclusive && holds) || (access == Access::kWrite && writer_ == self)) {
    throw Error(ErrorCode::kInternal, "another transaction of the vault is open");
  }
  const bool exclusive = access == Access::kExclusive;
  waiting_ += exclusive ? 1 : 0;
  changed_.wait(lock, [&] { return has_room(access, holds); });
  waiting_ -= exclusive ? 1 : 0;
  if (!holds) holders_.push_back({self});
  ++holder(self)->open;
  if (exclusive) exclusive_ = true;
  if (access != Access::kRead) writer_ = self;
}

void TransactionGate::leave(Access access) noexcept {
  const std::lock_guard lock(mutex_);
  const auto self = holder(std::this_thread::get_id());
  if (--self->open == 0) holders_.erase(self);
  if (access == Access::kExclusive) exclusive_ = false;
  if (access != Access::kRead) writer_ = {};
  changed_.notify_all();
}

bool TransactionGate::holds_several() const {
  const std::lock_guard lock(mutex_);
  const auto self = std::this_thread::get_id();
  return std::any_of(holders_.begin(), holders_.end(),
                     [&](const Holder& each) { return each.thread == self && each.open > 1; });
}

}  // namespace kms::vault
