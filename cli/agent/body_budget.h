#pragma once
// The memory that bodies of requests may take while they are under way, of all connections of one kind together. Those
// that come whole with their header need none of it.
#include <cstddef>
#include <list>
#include <memory>
#include <mutex>

#include "cli/agent/connection.h"

namespace kms::agent {

// Thread-safe.
class BodyBudget {
 public:
  explicit BodyBudget(std::size_t bytes) : left_(bytes) {}

  // For the body that `connection` is about to read. Where too little is left, the connections give way that have been
  // reading theirs for longest: a body that is sent in one go arrives in a moment. False when it would not fit at all.
  [[nodiscard]] bool claim(const std::shared_ptr<Connection>& connection, std::size_t bytes);
  // When the body is here or never will be. Nothing happens when there is no claim.
  void release(const Connection& connection);
  std::size_t left() const;

 private:
  struct Claim {
    std::shared_ptr<Connection> connection;
    std::size_t bytes = 0;
  };
  mutable std::mutex mutex_;
  std::list<Claim> claims_;  // the oldest first; a few hundred at most
  std::size_t left_;
};

}  // namespace kms::agent
