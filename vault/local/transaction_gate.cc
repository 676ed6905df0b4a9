#include "vault/local/transaction_gate.h"

#include <algorithm>

#include "core/base/error.h"

namespace kms::vault {

bool TransactionGate::has_room(Hold hold, bool holds) const {
  if (alone_) return hold == Hold::kRead && holds;
  if (hold == Hold::kAlone) return holders_.empty();
  // A thread that holds one already must not wait for somebody who waits for it.
  if (waiting_ > 0 && !holds) return false;
  return hold == Hold::kRead || writer_ == std::thread::id();
}

std::vector<TransactionGate::Holder>::iterator TransactionGate::holder(std::thread::id thread) {
  return std::find_if(holders_.begin(), holders_.end(), [&](const Holder& each) { return each.thread == thread; });
}

void TransactionGate::enter(Hold hold) {
  Lock lock(mutex_);
  enter(hold, lock);
}

void TransactionGate::leave(Hold hold) noexcept {
  const Lock lock(mutex_);
  leave(hold, lock);
}

void TransactionGate::exchange(Hold from, Hold to) {
  Lock lock(mutex_);
  leave(from, lock);
  try {
    enter(to, lock);
  } catch (...) {
    enter(from, lock);  // nobody has come in between
    throw;
  }
}

void TransactionGate::enter(Hold hold, Lock& lock) {
  const auto self = std::this_thread::get_id();
  const bool holds = holder(self) != holders_.end();
  if ((hold == Hold::kAlone && holds) || (hold == Hold::kWrite && writer_ == self)) {
    throw Error(ErrorCode::kInternal, "another transaction of the vault is open");
  }
  const bool alone = hold == Hold::kAlone;
  waiting_ += alone ? 1 : 0;
  changed_.wait(lock, [&] { return has_room(hold, holds); });
  waiting_ -= alone ? 1 : 0;
  if (!holds) holders_.push_back({self});
  ++holder(self)->open;
  if (alone) alone_ = true;
  if (hold != Hold::kRead) writer_ = self;
}

void TransactionGate::leave(Hold hold, const Lock& /*lock*/) noexcept {
  const auto self = holder(std::this_thread::get_id());
  if (--self->open == 0) holders_.erase(self);
  if (hold == Hold::kAlone) alone_ = false;
  if (hold != Hold::kRead) writer_ = {};
  changed_.notify_all();
}

bool TransactionGate::holds_several() const {
  const std::lock_guard lock(mutex_);
  const auto self = std::this_thread::get_id();
  return std::any_of(holders_.begin(), holders_.end(),
                     [&](const Holder& each) { return each.thread == self && each.open > 1; });
}

}  // namespace kms::vault
