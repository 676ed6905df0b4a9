#pragma once
// Events of which nobody is the caller: what the vault does in its own name, and what happens to the agent without a
// call: failed attempts to unlock, a lock after the idle timeout, what whoever runs the process does with it.
#include <optional>
#include <span>
#include <string>

#include "core/audit/event_names.h"
#include "core/base/error.h"
#include "core/base/json.h"
#include "core/service/context.h"

namespace kms {

// About a key. Names whoever asked for what it is part of (Context::asked_by).
void append_service_event(const Context& context, Transaction& transaction, const Key& key, VaultEvent what, Time now,
                          Json details);

// About the vault: home's log.
void append_vault_event(const Context& context, Transaction& transaction, const AccountRegion& home, VaultEvent what,
                        Time now, Json details);

// That the credential of a slot has the vault open. By the principal of the slot, or the vault where that is not there
// any more.
void append_unlock_event(const Context& context, Transaction& transaction, const Slot& slot, Time now);

// What was noted of attempts to open the vault that failed before there was a vault to write to: an event each. What
// cannot be written now stays for the next time; nothing is thrown.
void record_failed_unlocks(const Context& context);

struct AgentAct {
  std::string name;  // of the operation that it would be: Unlock, Lock, Stop, Reload
  Time when;
  std::string details;                  // a JSON object as text; no secret
  std::optional<ErrorCode> error = {};  // none when it was done
};

// An event each, of which the vault is the author: nobody who calls has been proven. Throws as a commit does.
void record_acts(const Context& context, std::span<const AgentAct> acts);

}  // namespace kms
