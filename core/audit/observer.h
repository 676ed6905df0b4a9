#pragma once
// Who is told of events once they are facts: counters, alarms, what forwards them.
#include <span>
#include <string>
#include <string_view>

namespace kms {

// An event that is durable, as the trail holds it. Views: they end with the call that has them.
struct DurableEvent {
  std::span<const std::string> logs;  // it is an entry of each; first of that of its author
  std::string_view text;              // JSON (core/audit/event_text.h)
};

class AuditObserver {
 public:
  virtual ~AuditObserver() = default;
  // Whether it is told of failures alone. Most calls succeed, and their events need not be kept for who does not look.
  virtual bool is_of_failures() const { return false; }

  // Called once for each event, after it became durable: with its call's transaction, by itself, or together with those
  // of other calls. In the thread that made it so, before the call is answered; by several threads at once. It begins
  // no transaction and waits for nothing. What it throws is dropped (AuditRecorder::failures() counts): the call, and
  // other observers, go on.
  //
  // The number of the event in its log is not known then: where side records go through a journal, it has none before
  // the journal is folded. Who needs numbers reads on from the last that it saw (core/audit/trail.h). Nor are events
  // told in the order of their numbers.
  virtual void became_durable(const DurableEvent& event) = 0;
};

}  // namespace kms
