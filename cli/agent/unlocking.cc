#include "cli/agent/unlocking.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/base/error.h"
#include "core/base/json.h"
#include "core/base/text.h"

namespace kms::agent {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr unsigned kFreeFailures = 3;
constexpr unsigned kDoublings = 5;
constexpr unsigned kLongestWait = 30;  // seconds
constexpr std::chrono::minutes kMemory{5};
constexpr std::size_t kMostUids = 10000;  // remembered
constexpr int kSuspects = 1;              // attempts at a time of uids that have failed
constexpr std::size_t kOthers = 3;        // and of those that have not
constexpr std::size_t kMostToldApart = 64;

}  // namespace

bool UnlockBrake::enter(std::uint32_t uid) {
  const auto now = SteadyClock::now();
  const std::lock_guard lock(mutex_);
  if (failures_.size() > kMostUids) failures_.clear();
  auto found = failures_.find(uid);
  if (found != failures_.end() && now - found->second.last > kMemory) {
    failures_.erase(found);
    found = failures_.end();
  }
  const bool suspect = found != failures_.end();
  if (suspect && now < found->second.again) {
    const auto left = std::chrono::ceil<std::chrono::seconds>(found->second.again - now);
    throw Error(ErrorCode::kThrottling,
                cat("too many failed attempts: try again in ", std::to_string(left.count()), " seconds"));
  }
  const bool full = suspect ? suspects_ >= kSuspects : trying_.size() - static_cast<std::size_t>(suspects_) >= kOthers;
  if (full || trying_.contains(uid)) {
    throw Error(ErrorCode::kThrottling, "another attempt to unlock is under way: try again in a moment");
  }
  trying_.insert(uid);
  if (suspect) ++suspects_;
  return suspect;
}

UnlockBrake::Attempt::Attempt(UnlockBrake& brake, std::uint32_t uid)
    : brake_(brake), uid_(uid), suspect_(brake.enter(uid)) {}

UnlockBrake::Attempt::~Attempt() {
  const std::lock_guard lock(brake_.mutex_);
  brake_.trying_.erase(uid_);
  if (suspect_) --brake_.suspects_;
}

void UnlockBrake::Attempt::failed() {
  const auto now = SteadyClock::now();
  const std::lock_guard lock(brake_.mutex_);
  Failures& failures = brake_.failures_[uid_];
  failures.last = now;
  if (++failures.count <= kFreeFailures) return;
  const unsigned doublings = std::min(failures.count - kFreeFailures - 1, kDoublings);
  failures.again = now + std::chrono::seconds(std::min(kLongestWait, 1U << doublings));
}

void UnlockBrake::Attempt::succeeded() {
  const std::lock_guard lock(brake_.mutex_);
  brake_.failures_.erase(uid_);
}

void FailedUnlocks::add(std::uint32_t uid, Failure failure) {
  const std::lock_guard lock(mutex_);
  if (all_.by_uid.size() >= kMostToldApart && !all_.by_uid.contains(uid)) {
    ++all_.others;
    return;
  }
  Attempts& attempts = all_.by_uid[uid];
  if (attempts.count++ == 0) attempts.first = failure.when;
  attempts.last = std::move(failure);
}

void FailedUnlocks::report(std::string_view operation, const std::function<void(std::span<const AgentAct>)>& write) {
  All taken;
  {
    const std::lock_guard lock(mutex_);
    taken = std::exchange(all_, {});
  }
  try {
    write(acts_of(taken, std::string(operation)));
  } catch (...) {
    put_back(std::move(taken));
    throw;
  }
}

std::vector<AgentAct> FailedUnlocks::acts_of(const All& attempts, const std::string& operation) {
  std::vector<AgentAct> acts;
  for (const auto& [uid, of_uid] : attempts.by_uid) {
    const Failure& last = of_uid.last.value();
    const Json details{{"uid", uid},
                       {"attempts", of_uid.count},
                       {"first", iso_seconds(of_uid.first)},
                       {"last", iso_seconds(last.when)},
                       {"kind", to_text(last.kind)},
                       {"slotsTried", last.slots}};
    acts.push_back({operation, last.when, details.dump(), last.error});
  }
  if (attempts.others > 0 && !acts.empty()) {
    const Json details{{"attemptsOfFurtherUsers", attempts.others}};
    acts.push_back({operation, acts.back().when, details.dump(), acts.back().error});
  }
  return acts;
}

// Beside what came meanwhile.
void FailedUnlocks::put_back(All attempts) {
  const std::lock_guard lock(mutex_);
  for (const auto& [uid, newer] : all_.by_uid) {
    const auto [older, is_new] = attempts.by_uid.emplace(uid, newer);
    if (is_new) continue;
    older->second.count += newer.count;
    older->second.last = newer.last;
  }
  attempts.others += all_.others;
  all_ = std::move(attempts);
}

}  // namespace kms::agent
