#include "core/service/attempt.h"

#include <algorithm>
#include <array>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/audit/event_text.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/records/audit_settings.h"
#include "core/service/managed_use.h"
#include "core/service/operation.h"
#include "core/service/presence.h"
#include "core/service/request_authorization.h"
#include "core/service/request_context.h"

namespace kms {
namespace {

const Operation& find_operation(const Context& context, std::string_view name) {
  const auto rows = context.operations;
  const auto row = std::find_if(rows.begin(), rows.end(), [&](const Operation& o) { return o.name == name; });
  if (row == rows.end()) throw Error(ErrorCode::kUnknownOperation, "the operation does not exist");
  return *row;
}

// The first and the second key, and the alias, that a request names; empty where it names none.
struct References {
  std::string key;
  std::string second_key;
  std::string alias;
  std::optional<CiphertextKey> by_ciphertext;
};

void resolve_keys(Call& call, const Operation& operation, const References& named) {
  const AccountRegion& home = call.caller.home;
  const auto resolve = [&](const std::string& reference, KeyReference accepted) {
    if (reference == named.alias) return resolve_own_alias(call.transaction, home, reference);
    return resolve_key(call.transaction, home, reference, accepted, call.now());
  };
  if (!named.key.empty()) {
    call.key = resolve(named.key, operation.key_reference);
    call.event.resources.push_back(call.key->arn());
  }
  if (named.by_ciphertext) {
    call.key = find_ciphertext_key(call.transaction, home, *named.by_ciphertext, call.now());
    if (call.key) call.event.resources.push_back(call.key->arn());
  }
  if (!named.second_key.empty()) {
    call.second_key = resolve(named.second_key, KeyReference::kIdArnOrAlias);
    call.event.resources.push_back(call.second_key->arn());
  }
  if (!named.alias.empty()) call.event.resources.push_back(home.arn(named.alias));
}

// Throttled by the key's kind. What a ciphertext names counts as a symmetric key, whether it is there or not.
void require_rate(Limiter& limiter, const Call& call, const Operation& operation, const References& named) {
  std::optional<Key> symmetric;
  const Key* counted = call.key ? &*call.key : nullptr;
  if (const auto& ciphertext = named.by_ciphertext) {
    counted = &symmetric.emplace(Key{{ciphertext->account, call.caller.home.region}, ciphertext->id});
  }
  limiter.admit(call.transaction, call.caller, operation, counted, call.now());
}

// Of a call that is over.
std::vector<Key> take_keys_used(const Operation& operation, Call& call) {
  std::vector<Key> used;
  if (!operation.tracks_use) return used;
  const bool two = call.second_key && call.second_key->id != call.key->id;
  if (call.key) used.push_back(*std::move(call.key));
  if (two) used.push_back(*std::move(call.second_key));
  return used;
}

// What a call asks for, as it was read.
struct Asked {
  const Operation& operation;
  std::unique_ptr<BoundRequest> request;
  References named;
};

Asked read_request(const Context& context, std::string_view name, const Json& json, AuditEvent& event) {
  const Operation& operation = find_operation(context, name);
  event.operation = operation.name;
  event.read_only = operation.access == Access::kRead;
  event.source = operation.permission->event_source;
  Json audited;
  auto request = operation.read(json, audited);
  *event.request_parameters = std::move(audited);
  References named{request->key_reference(), std::string(request->second_key_reference()),
                   std::string(request->alias()), request->ciphertext_key()};
  return {operation, std::move(request), std::move(named)};
}

// The order is part of the API: it decides which error a caller sees, and so what an unauthorized one learns.
void admit(Call& call, const Asked& asked, Attempt& attempt) {
  resolve_keys(call, asked.operation, asked.named);
  if (Limiter* const limiter = call.context.limiter; limiter != nullptr && !attempt.admitted) {
    require_rate(*limiter, call, asked.operation, asked.named);
    attempt.admitted = true;
  }
  authorize(call, asked.operation, *asked.request, asked.named.by_ciphertext);
  if (call.key) require_state(*call.key, asked.operation.key_states);
}

// A transaction in which it is known who calls, on records in which what was due has been done. Where it only reads, it
// is asked first who calls: somebody whom nobody knows is no reason to do anything.
std::unique_ptr<Transaction> begin_up_to_date(const Context& context, Access access, const Proof& proof,
                                              Attempt& attempt) {
  if (access == Access::kRead) {
    auto transaction = context.store.begin(access);
    attempt.identify(*transaction, proof);
    if (!context.upkeep.is_due(*transaction, context.clock.now())) return transaction;
  }
  context.upkeep.do_what_is_due(context);
  auto transaction = context.store.begin(access);
  attempt.identify(*transaction, proof);
  return transaction;
}

// Before a transaction is begun that others would have to wait for, it is asked who calls in one that nobody waits for.
void identify_beforehand(const Context& context, const Asked& asked, const Proof& proof, Attempt& attempt) {
  if (asked.operation.access != Access::kRead) (void)begin_up_to_date(context, Access::kRead, proof, attempt);
}

// With the managed keys that the call is the first to use.
std::unique_ptr<Transaction> begin_with_keys(const Context& context, const Asked& asked, const Proof& proof,
                                             Attempt& attempt) {
  if (asked.operation.reads_side_records) context.store.flush();
  const Access access = asked.operation.access;
  std::unique_ptr<Transaction> transaction;
  const auto begin = [&] {
    transaction = context.store.begin(access);
    attempt.identify(*transaction, proof);
  };
  if (asked.operation.does_upkeep) {
    begin();
  } else {
    transaction = begin_up_to_date(context, access, proof, attempt);
  }
  for (const std::string* reference : {&asked.named.key, &asked.named.second_key}) {
    if (!lacks_managed_key(*transaction, *attempt.caller, asked.operation, *reference)) continue;
    transaction.reset();  // a thread holds one transaction at a time
    Context on_behalf = context;
    on_behalf.asked_by = &*attempt.caller;
    context.upkeep.provide_managed_key(on_behalf, *attempt.caller, *reference);
    begin();
  }
  return transaction;
}

// Of a success. What was refused or failed always leaves one, and so does a look that found something wrong.
bool leaves_no_event(const Call& call, const Operation& operation) {
  if (!operation.looks_at_trail || !call.event.additional_data->is_null()) return false;
  return call.saw_nothing_new || !find_audit_settings(call.transaction, call.caller.home.account).record_reads;
}

[[noreturn]] void throw_dry_run(Attempt& attempt) {
  attempt.outside.drop_work();
  wipe(attempt.answer);
  throw Error(ErrorCode::kDryRun, "The request would have succeeded, but the DryRun option is set.");
}

// Between two runs of a call: what is done outside of any transaction, or a sign to the front end that there is such
// work.
Commit work_elsewhere(const Asking& asking, Attempt& attempt) {
  wipe(attempt.answer);
  if (asking.pace == Pace::kQuick) {
    attempt.outside.drop_work();  // it refers to this run
    attempt.postponed = true;
  } else {
    attempt.outside.do_work();
  }
  return Commit::kConflict;
}

}  // namespace

policy::ConditionContext Call::conditions(const Key& about) const {
  auto out = caller_conditions(transaction, caller, now());
  add_key_conditions(out, transaction, about);
  return out;
}

Attempt::Attempt(AuditEvent of, OutsideEffects& effects, const Attempt* before)
    : event(std::move(of)), admitted(before != nullptr && before->admitted), outside(effects) {}
Attempt::Attempt(Attempt&&) noexcept = default;
Attempt::~Attempt() {
  wipe(answer);
}

void Attempt::identify(const Transaction& transaction, const Proof& proof) {
  caller.emplace(caller_of(transaction, proof));
  event.author = author_of(*caller);
  require_current(transaction, *caller, event.time);
}

Commit run_once(const Context& context, const Asking& asking, Attempt& attempt) {
  const Asked asked = read_request(context, asking.operation, asking.request, attempt.event);
  identify_beforehand(context, asked, asking.proof, attempt);
  auto transaction = begin_with_keys(context, asked, asking.proof, attempt);
  Call call{context, *attempt.caller, *transaction, attempt.event, attempt.outside};
  admit(call, asked, attempt);
  attempt.answer = asked.request->run(call);
  if (asked.request->dry_run()) throw_dry_run(attempt);
  if (attempt.outside.has_work()) {
    transaction.reset();  // nobody waits for what is done elsewhere
    return work_elsewhere(asking, attempt);
  }
  attempt.changes = asked.operation.access != Access::kRead;
  if (attempt.changes) {
    context.audit.append(*transaction, attempt.event);
    note_presence(context, *transaction, attempt.event.time);
    return transaction->commit();
  }
  attempt.used = take_keys_used(asked.operation, call);
  attempt.unrecorded = leaves_no_event(call, asked.operation);
  attempt.notes = std::move(call.notes);
  if (!call.afterwards) attempt.seen = transaction->seen();  // what it does afterwards is done once
  transaction.reset();
  if (call.afterwards) attempt.answer = call.afterwards();
  return Commit::kDone;
}

}  // namespace kms
