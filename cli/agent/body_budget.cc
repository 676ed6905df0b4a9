#include "cli/agent/body_budget.h"

#include <algorithm>

namespace kms::agent {

bool BodyBudget::claim(const std::shared_ptr<Connection>& connection, std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  while (left_ < bytes && !claims_.empty()) {
    left_ += claims_.front().bytes;
    claims_.front().connection->give_way();
    claims_.pop_front();
  }
  if (left_ < bytes) return false;
  left_ -= bytes;
  claims_.push_back({connection, bytes});
  return true;
}

void BodyBudget::release(const Connection& connection) {
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(claims_.begin(), claims_.end(),
                                  [&](const Claim& each) { return each.connection.get() == &connection; });
  if (found == claims_.end()) return;
  left_ += found->bytes;
  claims_.erase(found);
}

std::size_t BodyBudget::left() const {
  const std::lock_guard lock(mutex_);
  return left_;
}

}  // namespace kms::agent
