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
    Denied denied;  // the principals denied most, by their ARN, and who was among them before; most first
    std::uint64_t denied_others = 0;
    std::uint64_t failed_unlocks = 0;
  };
  // No count is ever lower than at an earlier read, as long as the process runs. So who was told once is told again, at
  // most kMostEverShown, and what was told as of others stays theirs when the principal comes to be told by name.
  Counts read() const;

  static constexpr std::size_t kMostShown = 20;
  static constexpr std::size_t kMostEverShown = 100;

 private:
  // A stranger can make no more names than these: what comes behind is counted as others.
  static constexpr std::size_t kMostKnown = 1000;
  struct Denials {
    std::uint64_t count = 0;
    std::uint64_t told_as_others = 0;  // of the count
    bool shown = false;
  };
  void count_denied(std::string_view principal);
  void choose_shown() const;

  mutable std::mutex mutex_;
  mutable std::map<std::string, Denials, std::less<>> denied_;  // a read notes what it tells
  std::uint64_t denied_others_ = 0;
  std::uint64_t failed_unlocks_ = 0;
};

}  // namespace kms::agent
