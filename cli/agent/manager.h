#pragma once
// What changes the agent itself: it is unlocked, locked, told to read its files again, and ended. Each such act leaves
// an event in the vault, and so does each attempt to unlock that failed, as soon as there is a trail to write it to.
#include <functional>
#include <string>

#include "cli/agent/callers.h"
#include "cli/agent/http.h"
#include "cli/agent/unlocking.h"
#include "cli/agent/vault_keeper.h"

namespace kms::agent {

// What a manager may ask of the process, and where it says what only its operator needs to know.
struct AgentControl {
  std::function<void()> stop;
  std::function<void()> reload;
  std::function<void(const std::string&)> log;
};

// Thread-safe.
class Manager {
 public:
  // All of them outlive it.
  Manager(VaultKeeper& keeper, const Clock& clock, AgentControl control);

  // Does what an operation of the agent's own service is for. Wipes the body of a request that unlocks, and takes as
  // long as its key derivation. Throws AccessDeniedException where policies do not let the peer do it, and what
  // UnlockBrake and VaultKeeper::unlock() throw.
  void run(AgentVerb verb, Request& request, const Peer& peer);
  // Waits for the calls that are under way.
  void lock_when_idle();
  // That a signal asked for what the verb is. Waits for the disk.
  void record_signal(AgentVerb verb, int signal);

 private:
  void unlock(Request& request, const Peer& peer);
  void require_allowed(AgentVerb verb, const Request& request, const Peer& peer);
  void record(UnlockedVault& vault, AgentVerb verb, std::string details);
  void note_failure(const Peer& peer, const Error& error, SlotKind kind);
  void report_failed_unlocks();

  VaultKeeper& keeper_;
  const Clock& clock_;
  AgentControl control_;
  UnlockBrake brake_;
  FailedUnlocks failed_unlocks_;
};

}  // namespace kms::agent
