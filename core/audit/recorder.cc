#include "core/audit/recorder.h"

#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include "core/audit/alerting.h"
#include "core/audit/event_text.h"
#include "core/base/text.h"
#include "core/store/flushed.h"

namespace kms {
namespace {

constexpr std::uint64_t kRecent = 1024;  // entries that others may have added since

template <class Matches>
bool has_recent(const Transaction& transaction, std::string_view log, const Matches& matches) {
  const std::uint64_t size = transaction.log_size(log);
  bool found = false;
  transaction.read_log(log, size > kRecent ? size - kRecent : 0, [&](std::uint64_t /*number*/, std::string_view text) {
    found = matches(text);
    return !found;
  });
  return found;
}

}  // namespace

void AuditRecorder::add_observer(AuditObserver& observer) {
  observers_.push_back(&observer);
  of_successes_ = of_successes_ || !observer.is_of_failures();
}

void AuditRecorder::append(Transaction& transaction, const AuditEvent& event) {
  append(transaction, record_of(event));
  for (const SideRecord& told : alert_records(transaction, event)) add(transaction, told);
}

void AuditRecorder::append(Transaction& transaction, AuditRecord record) {
  for (const std::string& log : record.logs) transaction.append(log, record.text);
  if (!is_observed(record)) return;
  transaction.on_commit([this, appended = std::make_shared<const AuditRecord>(std::move(record))](Commit outcome) {
    if (outcome == Commit::kDone) {
      tell(*appended);
    } else {
      doubt(appended);
    }
  });
}

Commit AuditRecorder::append_durably(Store& store, std::vector<AuditRecord> events, std::vector<SideRecord> notes,
                                     const Seen& seen) {
  std::vector<SideRecord> records;
  records.reserve(events.size() + notes.size());
  for (AuditRecord& event : events) {
    for (std::size_t i = 1; i < event.logs.size(); ++i) records.push_back({event.logs[i], {}, event.text});
    records.push_back({event.logs.front(), {}, is_observed(event) ? event.text : std::move(event.text)});
  }
  std::move(notes.begin(), notes.end(), std::back_inserter(records));
  std::erase_if(events, [&](const AuditRecord& event) { return !is_observed(event); });
  if (events.empty()) return store.append_durably(records, seen);

  const auto doubt_all = [&] {
    for (AuditRecord& event : events) doubt(std::make_shared<const AuditRecord>(std::move(event)));
  };
  Commit outcome = Commit::kUnknown;
  try {
    outcome = store.append_durably(records, seen);
  } catch (...) {
    doubt_all();
    throw;
  }
  if (outcome == Commit::kUnknown) doubt_all();
  if (outcome == Commit::kDone) {
    for (const AuditRecord& event : events) tell(event);
  }
  return outcome;
}

bool AuditRecorder::holds(Store& store, const AuditEvent& event) {
  settle(store);
  const std::string log = audit_log(event.author.value().home);
  const std::string wanted = cat("\"eventID\":\"", event.event_id, "\"");
  const auto is_it = [&](std::string_view text) { return text.find(wanted) != std::string_view::npos; };
  return read_flushed(store, [&](const Transaction& transaction) { return has_recent(transaction, log, is_it); });
}

void AuditRecorder::settle(Store& store) {
  if (!in_doubt_) return;
  const std::lock_guard settling(settling_);
  std::vector<Shared> doubtful;
  {
    const std::lock_guard lock(mutex_);
    doubtful = std::exchange(doubtful_, {});
  }
  std::vector<Shared> facts;
  try {
    read_flushed(store, [&](const Transaction& transaction) {
      for (const Shared& event : doubtful) {
        // The whole text: a call that failed after all may have left another event with the same ids.
        const auto is_it = [&](std::string_view text) { return text == event->text; };
        if (has_recent(transaction, event->logs.front(), is_it)) facts.push_back(event);
      }
    });
  } catch (...) {
    for (const Shared& event : doubtful) doubt(event);
    throw;
  }
  for (const Shared& event : facts) tell(*event);
  const std::lock_guard lock(mutex_);
  in_doubt_ = !doubtful_.empty();
}

void AuditRecorder::doubt(const Shared& event) {
  const std::lock_guard lock(mutex_);
  doubtful_.push_back(event);
  in_doubt_ = true;
}

void AuditRecorder::tell(const AuditRecord& event) {
  for (AuditObserver* observer : observers_) {
    if (!event.failed && observer->is_of_failures()) continue;
    try {
      observer->became_durable({event.logs, event.text});
    } catch (...) {  // NOLINT(bugprone-empty-catch): whatever it is, it is the observer's own
      ++failures_;
    }
  }
}

}  // namespace kms
