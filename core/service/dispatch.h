#pragma once
// The one door. Command line, agent socket and loopback endpoint all come through here, and nothing else opens a
// transaction, authorizes, audits or turns an exception into an answer.
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "core/base/json.h"
#include "core/service/context.h"
#include "core/service/outside_effects.h"

namespace kms {

struct Asking;

// Answers what AWS answers: the members of the result, or {"__type": NAME, "message": TEXT}. No failure is thrown.
// `request` and the answer may hold plaintext; the front end wipes both (core/base/json.h).
// A call that fails changes nothing but the audit trail, and nothing is answered that the trail does not hold, but what
// a look at the trail itself found (core/records/audit_settings.h). Who is nobody in the vault leaves nothing in the
// trail either.
Json dispatch(const Context& context, const Proof& proof, std::string_view operation, const Json& request);

// Who would call, without a call: for front ends that show it. Throws as caller_of() and require_current().
Caller identify(const Context& context, const Proof& proof);
// The account and region that the vault was made for.
AccountRegion home_of(const Context& context);

// The same in two steps, for a front end that serves many at once. A call that only read has its event in hand still;
// the events of many calls may become durable at once.
class Outcome {
 public:
  Outcome(Outcome&&) noexcept;
  Outcome& operator=(Outcome&&) noexcept;
  Outcome(const Outcome&) = delete;
  Outcome& operator=(const Outcome&) = delete;
  ~Outcome();

  bool durable() const;
  Json take_answer();  // only of a durable one
  const std::string& request_id() const;
  bool failed() const;
  bool refused() const;  // failed because whoever calls is nobody in the vault
  // Of a call at the pace kQuick: nothing was done, and go_on() is the next to be called, where it may take long.
  bool postponed() const;

 private:
  friend Outcome perform(const Context&, const Proof&, std::string_view, const Json&, Pace);
  friend void go_on(const Context&, const Proof&, const Json&, Outcome&);
  friend void make_durable(const Context&, std::span<Outcome* const>);
  struct State;
  explicit Outcome(std::unique_ptr<State> state);
  static void run(const Context& context, const Asking& asking, State& state);
  static std::vector<SideRecord> notes(std::span<Outcome* const> outcomes);
  static void add_alerts(const Transaction& transaction, const Outcome& outcome, std::vector<SideRecord>& notes);
  static std::vector<AuditRecord> take_records(std::span<Outcome* const> outcomes);
  [[nodiscard]] static Commit write(const Context& context, std::span<Outcome* const> outcomes);
  static bool was_written(const Context& context, const Outcome& outcome);
  void make_durable_alone(const Context& context);
  std::unique_ptr<State> state_;
};

Outcome perform(const Context& context, const Proof& proof, std::string_view operation, const Json& request,
                Pace pace = Pace::kAny);
// Goes on with a call that was postponed, with what it was begun with.
void go_on(const Context& context, const Proof& proof, const Json& request, Outcome& outcome);
// Nothing is thrown: where the events cannot be written, the answers become that failure.
void make_durable(const Context& context, std::span<Outcome* const> outcomes);

// For front ends that report errors by throwing: throws when `answer` is an error.
void throw_if_error(const Json& answer);

}  // namespace kms
