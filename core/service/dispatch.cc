#include "core/service/dispatch.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "core/audit/alerting.h"
#include "core/audit/event_names.h"
#include "core/audit/event_text.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/records/keys.h"
#include "core/records/vault.h"
#include "core/service/attempt.h"
#include "core/service/presence.h"
#include "core/store/retry.h"

namespace kms {
namespace {

// Of failures of a caller who was identified: whether it is that who was meant is not there any more.
bool is_past(const Error& failure) {
  return failure.code() == ErrorCode::kExpiredToken || failure.code() == ErrorCode::kUnrecognizedClient;
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

// What a call is through all its runs.
struct Outcome::State {
  State(const Context& context, const Asking& asking)
      : State(context.clock.now(), make_two_uuids(context.random), asking.operation) {
    if (context.store.may_be_stale()) again.emplace(Again{asking.proof, asking.request});
  }
  State(Time now, std::pair<std::string, std::string> ids, std::string_view of)
      : time(now), event_id(std::move(ids.first)), request_id(std::move(ids.second)), operation(of) {
    begin_run();
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  State(State&&) = delete;
  State& operator=(State&&) = delete;
  ~State() {
    if (again) wipe(again->request);
  }

  void begin_run() {
    AuditEvent event(time, event_id, request_id);
    event.operation =
        to_text(VaultEvent::kUnknownOperation);  // the name stays out of the trail until the table vouches for it
    const auto before = std::move(attempt);
    attempt.emplace(std::move(event), outside, before ? &*before : nullptr);
    ++runs;
  }

  bool failed() const { return attempt->event.failure.has_value(); }

  bool failed_of_disk() const { return failed() && attempt->event.failure->code == ErrorCode::kFile; }

  // Nobody leaves an event, and who is refused all the time not one each time: the next that is written has their
  // number.
  bool may_leave_event(Limiter* limiter) {
    if (!failed() || limiter == nullptr) return true;
    const auto left_out = limiter->admit_failure(*attempt->caller, time);
    if (!left_out) {
      fail(Error(ErrorCode::kThrottling, "Too many of your calls were refused. Reduce the frequency of your calls."));
      return false;
    }
    if (*left_out > 0) (*attempt->event.additional_data)["failuresLeftOut"] = *left_out;
    return true;
  }

  void fail(const Error& failure) {
    wipe(attempt->answer);
    attempt->used.clear();
    attempt->notes.clear();
    attempt->seen.clear();
    attempt->unrecorded = false;
    // Where the disk fails, it may be the trail alone that can tell what became of the call.
    const bool of_disk = failure.code() == ErrorCode::kFile;
    const std::string message = of_disk ? cat(failure.what(), " (request ", request_id, ")") : failure.what();
    attempt->answer = {{"__type", wire_name(failure.code())}, {"message", message}};
    attempt->event.failure = EventFailure{failure.code(), message};
    *attempt->event.additional_data = Json();  // which told of what was to be done
  }

  struct Again {
    Proof proof;
    Json request;
  };
  const Time time;
  const std::string event_id;
  const std::string request_id;
  const std::string operation;
  OutsideEffects outside = {};
  std::optional<Attempt> attempt = std::nullopt;  // the last run
  int runs = 0;
  AuditRecord record;          // of the event, once it is complete
  std::optional<Again> again;  // where the store may ask for another run when the event is to become durable
  bool durable = false;
  bool refused = false;
};

namespace {

// Whether the event became durable although the store lost sight of it. What cannot be found out is not known.
bool is_in_trail(const Context& context, const AuditEvent& event) {
  bool found = false;
  const auto failure = failure_of([&] { found = context.audit.holds(context.store, event); });
  if (failure) throw_unknown_outcome(failure->what());
  return found;
}

// What of this call and of others is still in doubt, as what upkeep did. What cannot be found out now stays.
void settle(const Context& context) {
  (void)failure_of([&] { context.audit.settle(context.store); });
}

}  // namespace

Outcome::Outcome(std::unique_ptr<State> state) : state_(std::move(state)) {}
Outcome::Outcome(Outcome&&) noexcept = default;
Outcome& Outcome::operator=(Outcome&&) noexcept = default;
Outcome::~Outcome() = default;

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
  return std::exchange(state_->attempt->answer, Json());
}

bool Outcome::postponed() const {
  return state_->attempt->postponed;
}

const std::string& Outcome::request_id() const {
  return state_->request_id;
}

// Until the store is content: a call that changes something is durable then.
void Outcome::run(const Context& context, const Asking& asking, State& state) {
  bool lost = false;  // it may have been made
  const auto is_over = [&](Commit outcome) {
    lost = outcome == Commit::kUnknown;
    const bool over = lost ? is_in_trail(context, state.attempt->event) : outcome == Commit::kDone;
    lost = false;
    return over;
  };
  auto failure = failure_of([&] {
    while (!is_over(run_once(context, asking, *state.attempt))) {
      if (state.attempt->postponed) return;
      if (state.runs == kMostRuns) throw_too_many_conflicts();
      state.begin_run();
    }
    state.durable = state.attempt->changes;
  });
  if (state.attempt->postponed) return;
  if (failure && !lost) state.outside.take_back();
  const bool known = state.attempt->caller.has_value();
  if (failure && !known) {  // before it was asked who calls: whoever is nobody learns no more than that
    const auto unknown =
        failure_of([&] { state.attempt->identify(*context.store.begin(Access::kRead), asking.proof); });
    if (unknown) failure = unknown;
  }
  if (failure) state.fail(*failure);
  state.refused = !state.attempt->caller || (failure && is_past(*failure));
  if (!state.attempt->caller || !state.may_leave_event(context.limiter)) state.durable = true;
  if (!state.durable) state.record = record_of(state.attempt->event);
}

Outcome perform(const Context& context, const Proof& proof, std::string_view operation, const Json& request,
                Pace pace) {
  const Asking asking{proof, operation, request, pace};
  auto state = std::make_unique<Outcome::State>(context, asking);
  Outcome::run(context, asking, *state);
  settle(context);
  return Outcome(std::move(state));
}

void go_on(const Context& context, const Proof& proof, const Json& request, Outcome& outcome) {
  Outcome::State& state = *outcome.state_;
  state.begin_run();
  Outcome::run(context, {proof, state.operation, request}, state);
  settle(context);
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

// What calls leave behind beside their events, with what GetKeyLastUsage is to say.
std::vector<SideRecord> Outcome::notes(std::span<Outcome* const> outcomes) {
  std::vector<SideRecord> notes;
  std::map<std::string, std::pair<const Key*, const AuditEvent*>> last_uses;
  for (Outcome* outcome : outcomes) {
    const Attempt& attempt = *outcome->state_->attempt;
    notes.insert(notes.end(), attempt.notes.begin(), attempt.notes.end());
    for (const Key& key : attempt.used) last_uses[key.arn()] = {&key, &attempt.event};
  }
  for (const auto& [arn, use] : last_uses) {
    const auto& [key, event] = use;
    notes.push_back(use_record(*key, {event->operation, event->time, event->event_id, event->request_id}));
  }
  return notes;
}

void Outcome::add_alerts(const Transaction& transaction, const Outcome& outcome, std::vector<SideRecord>& notes) {
  const Attempt& attempt = *outcome.state_->attempt;
  if (attempt.unrecorded) return;
  std::ranges::move(alert_records(transaction, attempt.event), std::back_inserter(notes));
}

std::vector<AuditRecord> Outcome::take_records(std::span<Outcome* const> outcomes) {
  std::vector<AuditRecord> records;
  records.reserve(outcomes.size());
  for (Outcome* outcome : outcomes) {
    State& state = *outcome->state_;
    if (state.attempt->unrecorded) continue;
    if (state.record.logs.empty()) state.record = record_of(state.attempt->event);  // the last try has taken it
    records.push_back(std::exchange(state.record, {}));
  }
  return records;
}

Commit Outcome::write(const Context& context, std::span<Outcome* const> outcomes) {
  Time latest = {};
  Seen seen;
  for (const Outcome* outcome : outcomes) {
    latest = std::max(latest, outcome->state_->time);
    const Seen& of = outcome->state_->attempt->seen;
    seen.insert(seen.end(), of.begin(), of.end());
  }
  auto left = notes(outcomes);
  bool presence = false;
  {
    const auto transaction = context.store.begin(Access::kRead);
    presence = is_presence_to_note(context, *transaction, latest);
    for (const Outcome* outcome : outcomes) add_alerts(*transaction, *outcome, left);
  }
  if (presence) {
    const Commit noted =
        commit_again(context.store, [&](Transaction& transaction) { note_presence(context, transaction, latest); });
    if (noted != Commit::kDone) return noted;
  }
  auto records = take_records(outcomes);
  if (records.empty() && left.empty()) return Commit::kDone;  // all of them looked at the trail, and at nothing else
  return context.audit.append_durably(context.store, std::move(records), std::move(left), seen);
}

// Of one whose event is not durable yet.
void Outcome::make_durable_alone(const Context& context) {
  State& state = *state_;
  for (;;) {
    Commit outcome = Commit::kDone;
    const auto failure = failure_of([&] {
      Outcome* const self = this;
      outcome = write(context, std::array{self});
      if (outcome == Commit::kUnknown && is_in_trail(context, state.attempt->event)) outcome = Commit::kDone;
      if (outcome != Commit::kDone && state.runs == kMostRuns) throw_too_many_conflicts();
    });
    if (!failure && outcome == Commit::kDone) break;
    if (failure) {
      const bool failed_before = state.failed();
      if (!state.failed_of_disk()) state.fail(*failure);  // the first says more
      if (failed_before) break;
    } else if (outcome == Commit::kStale && state.again) {
      state.begin_run();
      run(context, {state.again->proof, state.operation, state.again->request}, state);
      if (state.durable) return;
    } else {
      ++state.runs;
    }
  }
  state.durable = true;
}

void make_durable(const Context& context, std::span<Outcome* const> outcomes) {
  Commit outcome = Commit::kUnknown;
  if (outcomes.size() > 1) {
    const auto failure = failure_of([&] { outcome = Outcome::write(context, outcomes); });
    if (!failure && outcome == Commit::kDone) {
      for (Outcome* each : outcomes) each->state_->durable = true;
      return;
    }
    if (!failure && outcome == Commit::kUnknown) {
      for (Outcome* each : outcomes) each->state_->durable = Outcome::was_written(context, *each);
    }
  }
  for (Outcome* each : outcomes) {  // one of them may be at fault
    if (!each->durable()) each->make_durable_alone(context);
  }
  settle(context);
}

bool Outcome::was_written(const Context& context, const Outcome& outcome) {
  bool written = false;
  (void)failure_of([&] { written = is_in_trail(context, outcome.state_->attempt->event); });
  return written;
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
