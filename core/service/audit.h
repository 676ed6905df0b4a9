#pragma once
// The audit trail: an event a call, in the shape of a CloudTrail record (version 1.11).
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/model/arn.h"
#include "core/service/caller.h"
#include "core/service/store.h"

namespace kms {

// An event as the trail keeps it, and the logs that it belongs in.
struct AuditRecord {
  std::vector<std::string> logs;
  std::string text;
};

struct AuditEvent {
  AuditEvent(Time when, std::string event, std::string request);
  AuditEvent(AuditEvent&&) noexcept;
  AuditEvent& operator=(AuditEvent&&) = delete;
  AuditEvent(const AuditEvent&) = delete;
  AuditEvent& operator=(const AuditEvent&) = delete;
  ~AuditEvent();

  // The record as JSON. Text from a caller may be no valid UTF-8: what is not is replaced, and the event kept. Members
  // beyond 8 KiB together give way to their size and SHA-256, the longest ones first; messages show their first KiB.
  std::string text() const;
  AuditRecord written() const;

  Time time;
  std::shared_ptr<const Caller> caller;  // null until it is known; text() and written() need it
  std::string event_id;                  // UUIDs
  std::string request_id;
  std::string source = "kms.amazonaws.com";
  std::string operation;
  bool read_only = true;
  // Members of the request in lowerCamelCase, without plaintext, ciphertext, messages, signatures and tokens. These
  // three are Json values behind pointers, because nlohmann's header is too slow to include here.
  std::unique_ptr<Json> request_parameters;
  std::unique_ptr<Json> response_elements;
  std::unique_ptr<Json> additional_data;
  std::vector<std::string> resources;  // ARNs of keys and aliases
  bool by_service = false;             // an AwsServiceEvent: nobody called, as when a key rotates by its schedule
  std::unique_ptr<Json> service_details;
  std::string error_code;  // wire name; empty when the call succeeded
  std::string error_message;
};

class AuditSink {
 public:
  virtual ~AuditSink() = default;
  // What the event leaves in the store: it becomes durable with that, and with nothing else.
  virtual std::vector<Trace> traces(AuditRecord event) const = 0;
  void append(Transaction& transaction, const AuditRecord& event) const;
};

// Keeps the trail in the store, a log for each account and region.
class StoredAudit final : public AuditSink {
 public:
  std::vector<Trace> traces(AuditRecord event) const override;
};

std::string audit_log(const AccountRegion& home);  // the name of the log

}  // namespace kms
