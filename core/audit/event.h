#pragma once
// What the trail is made of: an event a call, and one for each thing that the vault does without a call. An event is a
// value: it refers to nothing, least of all to the call. core/audit/event_text.h writes it down.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/base/json.h"
#include "core/model/arn.h"
#include "core/model/identity.h"

namespace kms {

// The address that the trail and policies see of who calls over no network.
inline constexpr std::string_view kThisMachine = "127.0.0.1";

enum class AuthorKind : std::uint8_t {
  kUser,
  kRoot,   // of an account
  kRole,   // in a session
  kVault,  // nobody called, as when a key rotates by its schedule
};

// Who did what an event tells, as they were then.
struct EventAuthor {
  AccountRegion home;  // in whose log the event stands
  AuthorKind kind = AuthorKind::kUser;
  std::string principal;                            // ARN; of the session when a role acts; empty for the vault
  std::string user_id;                              // as aws:userid has it
  std::shared_ptr<const RoleSession> session = {};  // of a role
  std::string source_address = {};
  std::string user_agent = {};
};
// What is done without a call, in the name of the vault.
EventAuthor vault_author(const AccountRegion& home);

// Why a call had no result.
struct EventFailure {
  ErrorCode code;
  std::string message = {};
};

struct AuditEvent {
  AuditEvent(Time when, std::string event, std::string request)
      : time(when), event_id(std::move(event)), request_id(std::move(request)) {}

  Time time;
  std::string event_id;  // UUIDs
  std::string request_id;

  // Who. Until it is known, there is none; an event without one cannot be written.
  std::optional<EventAuthor> author;

  // What.
  std::string source = "kms.amazonaws.com";
  std::string operation;
  bool read_only = true;
  // Members of the request in lowerCamelCase, without plaintext, ciphertext, messages, signatures and tokens.
  JsonBox request_parameters;
  JsonBox response_elements;
  JsonBox additional_data;
  JsonBox service_details;  // of what the vault did

  // On what: ARNs of keys and aliases.
  std::vector<std::string> resources;

  // How it ended: well, where there is none.
  std::optional<EventFailure> failure;
};

// The name of the log in which the events of an account and Region stand.
std::string audit_log(const AccountRegion& home);

// An event as the trail keeps it: an entry of each of the logs, first that of its author.
struct AuditRecord {
  std::vector<std::string> logs;
  std::string text;
  bool failed = false;  // what it tells of
};

}  // namespace kms
