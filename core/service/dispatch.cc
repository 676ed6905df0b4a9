#include "core/service/dispatch.h"

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/records/keys.h"
#include "core/records/vault.h"
#include "core/service/managed_use.h"
#include "core/service/operation.h"
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
  if (!named.key.empty()) {
    call.key = resolve_key(call.transaction, home, named.key, operation.key_reference, call.now());
    call.event.resources.push_back(call.key->arn());
  }
  if (named.by_ciphertext) {
    call.key = find_ciphertext_key(call.transaction, home, *named.by_ciphertext, call.now());
    if (call.key) call.event.resources.push_back(call.key->arn());
  }
  if (!named.second_key.empty()) {
    call.second_key = resolve_key(call.transaction, home, named.second_key, KeyReference::kIdArnOrAlias, call.now());
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
void admit(Call& call, const Asked& asked, Limiter* limiter) {
  resolve_keys(call, asked.operation, asked.named);
  if (limiter != nullptr) require_rate(*limiter, call, asked.operation, asked.named);
  authorize(call, asked.operation, *asked.request, asked.named.by_ciphertext);
  if (call.key) require_state(*call.key, asked.operation.key_states);
}

// One run of a call: what is known of it, and what it leaves in hand.
struct Attempt {
  AuditEvent event;
  std::optional<Caller> caller = std::nullopt;  // once it is known
  Json answer = {};
  std::vector<Key> used = {};
  bool durable = false;

  // Before anything else is said of a call: who was somebody once learns no more than who never was.
  void identify(const Transaction& transaction, const Proof& proof) {
    caller.emplace(caller_of(transaction, proof));
    event.author = author_of(*caller);
    require_current(transaction, *caller, event.time);
  }
};

// A transaction on records in which what was due has been done. `before` is called first where the transaction only
// reads: what it throws for, as a caller whom nobody knows, is no reason to do anything.
std::unique_ptr<Transaction> begin_up_to_date(const Context& context, Access access,
                                              const std::function<void(const Transaction&)>& before) {
  if (access == Access::kRead) {
    auto transaction = context.store.begin(access);
    before(*transaction);
    if (!context.upkeep.is_due(*transaction, context.clock.now())) return transaction;
  }
  context.upkeep.do_what_is_due(context);
  return context.store.begin(access);
}

// Of failures of a caller who was identified: whether it is that who was meant is not there any more.
bool is_past(const Error& failure) {
  return failure.code() == ErrorCode::kExpiredToken || failure.code() == ErrorCode::kUnrecognizedClient;
}

// Before a transaction is begun that others would have to wait for, the call is admitted in one that nobody waits for.
// Answers the limiter that the call has still to pass.
Limiter* admit_beforehand(const Context& context, const Asked& asked, const Proof& proof, Attempt& attempt) {
  if (asked.operation.access == Access::kRead) return context.limiter;
  const auto known = [&](const Transaction& in) { attempt.identify(in, proof); };
  const auto transaction = begin_up_to_date(context, Access::kRead, known);
  known(*transaction);
  if (asked.operation.access == Access::kWrite) return context.limiter;
  Call call{context, *attempt.caller, *transaction, attempt.event};
  admit(call, asked, context.limiter);
  attempt.event.resources.clear();
  return nullptr;
}

// With the managed keys that the call is the first to use.
std::unique_ptr<Transaction> begin_with_keys(const Context& context, const Asked& asked, const Proof& proof,
                                             Attempt& attempt) {
  if (asked.operation.reads_traces) context.store.settle();
  const auto known = [&](const Transaction& in) { attempt.identify(in, proof); };
  const Access access = asked.operation.access;
  auto transaction =
      asked.operation.does_upkeep ? context.store.begin(access) : begin_up_to_date(context, access, known);
  known(*transaction);
  for (const std::string* reference : {&asked.named.key, &asked.named.second_key}) {
    if (!lacks_managed_key(*transaction, *attempt.caller, asked.operation, *reference)) continue;
    transaction.reset();  // a thread holds one transaction at a time
    Context on_behalf = context;
    on_behalf.asked_by = &*attempt.caller;
    context.upkeep.provide_managed_key(on_behalf, *attempt.caller, *reference);
    transaction = context.store.begin(access);
    known(*transaction);
  }
  return transaction;
}

void perform_operation(const Context& context, const Proof& proof, std::string_view name, const Json& json,
                       Attempt& attempt) {
  const Asked asked = read_request(context, name, json, attempt.event);
  Limiter* const limiter = admit_beforehand(context, asked, proof, attempt);
  auto transaction = begin_with_keys(context, asked, proof, attempt);
  Call call{context, *attempt.caller, *transaction, attempt.event};
  admit(call, asked, limiter);
  attempt.answer = asked.request->run(call);
  if (asked.request->dry_run()) {
    wipe(attempt.answer);
    throw Error(ErrorCode::kDryRun, "The request would have succeeded, but the DryRun option is set.");
  }
  if (asked.operation.access != Access::kRead) {
    context.audit.append(*transaction, attempt.event.written());
    note_time(*transaction, attempt.event.time);
    transaction->commit();
    attempt.durable = true;
  } else {
    attempt.used = take_keys_used(asked.operation, call);
    transaction.reset();
    if (call.afterwards) attempt.answer = call.afterwards();
  }
}

// Where an exception becomes a value. The text of an unexpected one may quote its input, so it is dropped.
template <class Step>
std::optional<Error> failure_of(const Step& step) {
  try {
    step();
    return std::nullopt;
  } catch (const Error& error) {
    return error;
  } catch (const std::exception&) {
    return Error(ErrorCode::kInternal, "internal error");
  }
}

}  // namespace

policy::ConditionContext Call::conditions(const Key& about) const {
  auto out = caller_conditions(transaction, caller, now());
  add_key_conditions(out, transaction, about);
  return out;
}

struct Outcome::State : Attempt {
  State(Time now, Random& random) : State(now, make_two_uuids(random)) {}
  State(Time now, std::pair<std::string, std::string> ids)
      : Attempt{AuditEvent(now, std::move(ids.first), std::move(ids.second))} {
    event.operation = "UnknownOperation";  // the name stays out of the trail until the table vouches for it
  }

  bool failed() const { return !event.error_code.empty(); }

  // Nobody leaves an event, and who is refused all the time not one each time: the next that is written has their
  // number.
  bool may_leave_event(Limiter* limiter) {
    if (!failed() || limiter == nullptr) return true;
    const auto left_out = limiter->admit_failure(*caller, event.time);
    if (!left_out) {
      fail(Error(ErrorCode::kThrottling, "Too many of your calls were refused. Reduce the frequency of your calls."));
      return false;
    }
    if (*left_out > 0) (*event.additional_data)["failuresLeftOut"] = *left_out;
    return true;
  }

  void fail(const Error& failure) {
    wipe(answer);
    used.clear();
    // Where the disk fails, it may be the trail alone that can tell what became of the call.
    const bool of_disk = failure.code() == ErrorCode::kFile;
    const std::string message = of_disk ? cat(failure.what(), " (request ", event.request_id, ")") : failure.what();
    answer = {{"__type", wire_name(failure.code())}, {"message", message}};
    event.error_code = wire_name(failure.code());
    event.error_message = message;
  }

  AuditRecord record;  // of the event, once it is complete
  bool refused = false;
};

Outcome::Outcome(std::unique_ptr<State> state) : state_(std::move(state)) {}
Outcome::Outcome(Outcome&&) noexcept = default;
Outcome& Outcome::operator=(Outcome&&) noexcept = default;
Outcome::~Outcome() {
  if (state_) wipe(state_->answer);
}

bool Outcome::durable() const {
  return state_->durable;
}

bool Outcome::refused() const {
  return state_->refused;
}

bool Outcome::failed() const {
  return state_->failed();
}

Json Outcome::take_answer() {
  if (!state_->durable) throw Error(ErrorCode::kInternal, "an answer left before its event was durable");
  return std::exchange(state_->answer, Json());
}

const std::string& Outcome::request_id() const {
  return state_->event.request_id;
}

Outcome perform(const Context& context, const Proof& proof, std::string_view operation, const Json& request) {
  auto state = std::make_unique<Outcome::State>(context.clock.now(), context.random);
  auto failure = failure_of([&] { perform_operation(context, proof, operation, request, *state); });
  if (failure && !state->caller) {  // before it was asked who calls: whoever is nobody learns no more than that
    const auto unknown = failure_of([&] { state->identify(*context.store.begin(Access::kRead), proof); });
    if (unknown) failure = unknown;
  }
  if (failure) state->fail(*failure);
  state->refused = !state->caller || (failure && is_past(*failure));
  if (!state->caller || !state->may_leave_event(context.limiter)) state->durable = true;
  if (!state->durable) state->record = state->event.written();
  return Outcome(std::move(state));
}

Caller identify(const Context& context, const Proof& proof) {
  const auto transaction = context.store.begin(Access::kRead);
  Caller caller = caller_of(*transaction, proof);
  require_current(*transaction, caller, context.clock.now());
  return caller;
}

AccountRegion home_of(const Context& context) {
  return find_home(*context.store.begin(Access::kRead));
}

std::vector<Trace> Outcome::traces(const Context& context, std::span<Outcome* const> outcomes) {
  std::vector<Trace> traces;
  std::map<std::string, std::pair<const Key*, const AuditEvent*>> last_uses;
  for (Outcome* outcome : outcomes) {
    State& state = *outcome->state_;
    if (state.record.logs.empty()) state.record = state.event.written();  // the last attempt has taken it
    for (Trace& trace : context.audit.traces(std::exchange(state.record, {}))) traces.push_back(std::move(trace));
    for (const Key& key : state.used) last_uses[key.arn()] = {&key, &state.event};
  }
  for (const auto& [arn, use] : last_uses) {
    const auto& [key, event] = use;
    traces.push_back(use_trace(*key, {event->operation, event->time, event->event_id, event->request_id}));
  }
  return traces;
}

Time Outcome::time() const {
  return state_->event.time;
}

void make_durable(const Context& context, std::span<Outcome* const> outcomes) {
  auto failure = failure_of([&] {
    const auto latest = std::max_element(outcomes.begin(), outcomes.end(),
                                         [](const Outcome* a, const Outcome* b) { return a->time() < b->time(); });
    const auto traces = Outcome::traces(context, outcomes);
    if (!is_time_to_note(*context.store.begin(Access::kRead), (*latest)->time())) {
      return context.store.leave(traces);
    }
    const auto transaction = context.store.begin(Access::kWrite);
    for (const Trace& trace : traces) add_trace(*transaction, trace);
    note_time(*transaction, (*latest)->time());
    transaction->commit();
  });
  if (!failure) {
    for (Outcome* outcome : outcomes) outcome->state_->durable = true;
    return;
  }
  if (outcomes.size() > 1) {  // one of them may be at fault
    for (Outcome* outcome : outcomes) make_durable(context, std::array{outcome});
    return;
  }
  for (Outcome* outcome : outcomes) {
    Outcome::State& state = *outcome->state_;
    const bool failed_before = state.failed();
    if (state.event.error_code != wire_name(ErrorCode::kFile)) state.fail(*failure);  // the first one says more
    state.durable = failed_before;
    if (!failed_before) make_durable(context, std::array{outcome});
  }
}

Json dispatch(const Context& context, const Proof& proof, std::string_view operation, const Json& request) {
  Outcome outcome = perform(context, proof, operation, request);
  if (!outcome.durable()) make_durable(context, std::array{&outcome});
  return outcome.take_answer();
}

void throw_if_error(const Json& answer) {
  const auto type = answer.find("__type");
  if (type == answer.end()) return;
  const auto code = error_code(type->get<std::string>());  // another version's agent may know names that we do not
  throw Error(code.value_or(ErrorCode::kInternal), answer.at("message").get<std::string>());
}

}  // namespace kms
