#pragma once
// Where events become facts: each goes into the trail through here, with a transaction or as a side record, and who
// observes them is told once it is durable. A commit whose end is not known leaves its events in doubt, until settle()
// has looked whether the trail has them.
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "core/audit/event.h"
#include "core/audit/observer.h"
#include "core/store/store.h"

namespace kms {

// Thread-safe once its observers are there. Outlives the transactions that it appended to.
class AuditRecorder {
 public:
  // Before anything is appended. `observer` outlives this.
  void add_observer(AuditObserver& observer);
  // How often an observer threw.
  std::uint64_t failures() const { return failures_; }

  // The event is durable when the transaction is, and else it never was; what alerts have to tell of it likewise.
  void append(Transaction& transaction, const AuditEvent& event);
  // The same for a record that was made, without alerts.
  void append(Transaction& transaction, AuditRecord record);

  // As Store::append_durably(), for events together with notes that are no events.
  [[nodiscard]] Commit append_durably(Store& store, std::vector<AuditRecord> events, std::vector<SideRecord> notes,
                                      const Seen& seen);

  // Whether the trail has an event that was written a moment ago. Whoever writes it again because it has not asks here
  // first: it settles what is in doubt. Begins a transaction; throws what keeps it from being known.
  bool holds(Store& store, const AuditEvent& event);

  // Looks for the events that are in doubt, tells of those that are in the trail and forgets the others. Costs nothing
  // while there are none. Belongs outside of any transaction. Throws what keeps it from being known; then they stay.
  void settle(Store& store);

 private:
  using Shared = std::shared_ptr<const AuditRecord>;
  bool is_observed(const AuditRecord& event) const { return event.failed ? !observers_.empty() : of_successes_; }
  void doubt(const Shared& event);
  void tell(const AuditRecord& event);
  std::vector<AuditObserver*> observers_;
  bool of_successes_ = false;  // whether any of them
  std::atomic<std::uint64_t> failures_{0};
  std::mutex settling_;  // held while somebody looks: a second one waits for what the first finds, and then for nothing
  std::mutex mutex_;     // guards the next one
  std::vector<Shared> doubtful_;
  std::atomic<bool> in_doubt_{false};  // whether there are any, or somebody still looks for them
};

}  // namespace kms
