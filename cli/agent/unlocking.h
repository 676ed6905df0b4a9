#pragma once
// Slows guesses at a credential down, and keeps those who guess from standing in the way of who does not.
//
// A uid has one attempt at a time. After three failures within five minutes it has to wait between attempts: 1 s, 2 s,
// 4 s, up to half a minute. A key derivation takes memory and up to a second of a processor: uids that have failed
// share one at a time, and three more are for those that have not.
#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/service/service_events.h"
#include "core/store/slots.h"

namespace kms::agent {

// Thread-safe.
class UnlockBrake {
 public:
  // One attempt; ends when destroyed. Not a failure unless failed() says so.
  class Attempt {
   public:
    Attempt(UnlockBrake& brake, std::uint32_t uid);  // ThrottlingException while there is no room for it
    ~Attempt();
    Attempt(const Attempt&) = delete;
    Attempt& operator=(const Attempt&) = delete;
    Attempt(Attempt&&) = delete;
    Attempt& operator=(Attempt&&) = delete;
    void failed();
    void succeeded();

   private:
    UnlockBrake& brake_;
    const std::uint32_t uid_;
    bool suspect_;
  };

 private:
  using SteadyTime = std::chrono::steady_clock::time_point;
  struct Failures {
    unsigned count = 0;
    SteadyTime last;   // what is some minutes old is forgotten
    SteadyTime again;  // not before
  };
  bool enter(std::uint32_t uid);
  std::mutex mutex_;
  std::map<std::uint32_t, Failures> failures_;
  std::set<std::uint32_t> trying_;
  int suspects_ = 0;  // of those that are trying
};

// Failed attempts to unlock, for the trail, which can be written once the vault is unlocked: how many of each uid, and
// when. Thread-safe.
class FailedUnlocks {
 public:
  // `slots` are the ids of those that the credential was tried against.
  struct Failure {
    Time when;
    ErrorCode error;
    SlotKind kind;
    std::vector<std::string> slots = {};
  };
  void add(std::uint32_t uid, Failure failure);
  // Hands what there is to `write`, as acts of `operation`, and forgets it unless that throws, which is passed on.
  void report(std::string_view operation, const std::function<void(std::span<const AgentAct>)>& write);

 private:
  struct Attempts {
    std::uint64_t count = 0;
    Time first;
    std::optional<Failure> last;
  };
  struct All {
    std::map<std::uint32_t, Attempts> by_uid;
    std::uint64_t others = 0;  // of uids beyond those that are told apart
  };
  static std::vector<AgentAct> acts_of(const All& attempts, const std::string& operation);
  void put_back(All attempts);
  std::mutex mutex_;
  All all_;
};

}  // namespace kms::agent
