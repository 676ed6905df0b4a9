#pragma once
// The audit trail: an event a call, in the shape of a CloudTrail record (version 1.11). Events are values: they refer
// to nothing.
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/model/arn.h"
#include "core/model/identity.h"
#include "core/store/store.h"

namespace kms {

// The address that the trail and policies see of who calls over no network.
inline constexpr std::string_view kThisMachine = "127.0.0.1";

// An event as the trail keeps it, and the logs that it belongs in.
struct AuditRecord {
  std::vector<std::string> logs;
  std::string text;
};

// Who did what an event tells, as they were then.
struct EventAuthor {
  AccountRegion home;                               // in whose log the event stands
  std::string principal;                            // ARN; of the session when a role acts
  std::string user_id;                              // as aws:userid has it
  bool root = false;                                // an account's root itself
  std::shared_ptr<const RoleSession> session = {};  // when a role acts
  std::string source_address = {};
  std::string user_agent = {};
};
// Nobody: what is done without a call, in the name of the vault.
EventAuthor vault_author(const AccountRegion& home);

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
  std::optional<EventAuthor> author;  // until it is known, there is none; text() and written() need it
  std::string event_id;               // UUIDs
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
  // What of the event becomes durable: it is in the trail with that, and with nothing else.
  virtual std::vector<SideRecord> side_records(AuditRecord event) const = 0;
  void append(Transaction& transaction, const AuditRecord& event) const;
  // Whether the trail has an event that was written a moment ago.
  virtual bool holds(const Transaction& transaction, const AuditEvent& event) const = 0;
};

// Keeps the trail in the store, a log for each account and region.
class StoredAudit final : public AuditSink {
 public:
  std::vector<SideRecord> side_records(AuditRecord event) const override;
  bool holds(const Transaction& transaction, const AuditEvent& event) const override;
};

std::string audit_log(const AccountRegion& home);  // the name of the log

}  // namespace kms
