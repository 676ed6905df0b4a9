#pragma once
// What the agent counts of the events of the trail: who was denied, and attempts to unlock that failed. From the start
// of the process on, over all accounts. Thread-safe.
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "core/audit/observer.h"

namespace kms::agent {

class TrailCounts final : public AuditObserver {
 public:
  bool is_of_failures() const override { return true; }
  void became_durable(const DurableEvent& event) override;

  struct Counts {
    using Denied = std::vector<std::pair<std::string, std::uint64_t>>;
    Denied denied;  // the principals denied most, by their ARN, at most kMostShown; those denied most first
    std::uint64_t denied_others = 0;
    std::uint64_t failed_unlocks = 0;
  };
  Counts read() const;

  static constexpr std::size_t kMostShown = 20;

 private:
  // A stranger can make no more names than these: what comes behind is counted as others.
  static constexpr std::size_t kMostKnown = 1000;
  void count_denied(std::string_view principal);

  mutable std::mutex mutex_;
  std::map<std::string, std::uint64_t, std::less<>> denied_;
  std::uint64_t denied_others_ = 0;
  std::uint64_t failed_unlocks_ = 0;
};

}  // namespace kms::agent
