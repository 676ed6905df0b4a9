#pragma once
// One run of a call, from what a front end gave to what can be answered. The store may ask for another one: then all
// begins anew but the ids, the time, and the tokens that the quotas took.
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <vector>

#include "core/service/operation.h"

namespace kms {

// What a front end asks for. Refers to what it holds.
struct Asking {
  const Proof& proof;
  std::string_view operation;
  const Json& request;
  Pace pace = Pace::kAny;
};

struct Attempt {
  // `effects` last through all runs.
  Attempt(AuditEvent of, OutsideEffects& effects, const Attempt* before);
  Attempt(Attempt&&) noexcept;
  Attempt& operator=(Attempt&&) = delete;
  Attempt(const Attempt&) = delete;
  Attempt& operator=(const Attempt&) = delete;
  ~Attempt();

  // Before anything else is said of a call: who was somebody once learns no more than who never was. Throws as
  // caller_of() and require_current().
  void identify(const Transaction& transaction, const Proof& proof);

  AuditEvent event;
  std::optional<Caller> caller = std::nullopt;  // once it is known
  Json answer = {};
  bool changes = false;                // whether the operation changes records: then run_once() makes its event durable
  std::vector<Key> used = {};          // of a call that only read: GetKeyLastUsage counts it
  std::vector<SideRecord> notes = {};  // of the same
  Seen seen = {};                      // of the same: what it read
  bool unrecorded = false;             // it succeeded, and is of those that leave no event
  bool postponed = false;              // it is to be run again where it may take long
  bool admitted = false;               // the quotas have counted it, in this run or an earlier one
  OutsideEffects& outside;
};

// Does what is asked for, in one transaction; and work that was to be done elsewhere once that has ended, after which
// it is run again from the start. kDone: a call that changes something is durable with its event; one that only reads
// has its event in hand still. kUnknown: it may have been made. Otherwise nothing was done; again from the start.
// Throws what the caller is to be told.
[[nodiscard]] Commit run_once(const Context& context, const Asking& asking, Attempt& attempt);

}  // namespace kms
