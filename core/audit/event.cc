#include "core/audit/event.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/base/encoding.h"
#include "core/base/json_text.h"
#include "core/base/text.h"
#include "core/crypto/digest.h"
#include "core/model/principal.h"

namespace kms {
namespace {

constexpr std::size_t kUsualSize = 1024;                              // of an event
constexpr std::string_view kUpkeepPrincipal = "upkeep.kmsctl.local";  // who does what nobody calls for
constexpr std::size_t kMostElements = 8192;    // bytes of the JSON of requestParameters, and of each of its like
constexpr std::size_t kMostCharacters = 1024;  // bytes of an error message or a user agent

// AWS types of identity by what the ARN names.
Json session_identity(const EventAuthor& author) {
  const RoleSession& session = *author.session;
  return {{"type", "AssumedRole"},
          {"principalId", author.user_id},
          {"arn", author.principal},
          {"accountId", account_of(author.principal)},
          {"sessionContext",
           {{"sessionIssuer",
             {{"type", "Role"},
              {"principalId", session.role_id},
              {"arn", session.role_arn},
              {"accountId", account_of(session.role_arn)},
              {"userName", session.role_arn.substr(session.role_arn.find_last_of('/') + 1)}}},
            {"attributes", {{"creationDate", iso_seconds(session.issued)}, {"mfaAuthenticated", "false"}}}}}};
}

void write_identity(std::string& out, const EventAuthor& author) {
  if (author.session) return append_json(out, session_identity(author));
  const std::string& arn = author.principal;
  const std::string_view account = account_of(arn);
  JsonObjectWriter identity(out);
  identity.plain("type", author.root ? "Root" : "IAMUser")
      .text("principalId", author.user_id)
      .text("arn", arn)
      .text("accountId", account);
  if (const auto slash = arn.find_last_of('/'); slash != std::string::npos) {
    identity.text("userName", std::string_view(arn).substr(slash + 1));
  }
  identity.end();
}

// In the place of a value that is too long: CloudTrail's words for it, and a digest by which the value is known again.
std::string omitted(std::string_view value) {
  std::string out;
  JsonObjectWriter object(out);
  object.flag("omitted", true).name("originalSize");
  out += std::to_string(value.size());
  object.plain("reason", "the event would be too long")
      .plain("sha256", encode_hex(crypto::digest(crypto::Hash::kSha256, as_bytes(value))))
      .end();
  return out;
}

// Without the longest members, when they are too long together.
std::string shortened(const Json& elements) {
  std::vector<std::pair<std::string_view, std::string>> members;
  std::size_t size = 0;
  for (const auto& [name, value] : elements.get_ref<const Json::object_t&>()) {
    append_json(members.emplace_back(name, std::string()).second, value);
    size += name.size() + members.back().second.size();
  }
  const auto by_size = [](const auto& a, const auto& b) { return a.second.size() < b.second.size(); };
  for (std::size_t left = members.size(); size > kMostElements && left > 0; --left) {
    std::string& longest = std::max_element(members.begin(), members.end(), by_size)->second;
    std::string instead = omitted(longest);
    size = size - longest.size() + instead.size();
    longest = std::move(instead);
  }
  std::string out;
  JsonObjectWriter object(out);
  for (const auto& [name, text] : members) {
    object.name(name);
    out += text;
  }
  object.end();
  return out;
}

void write_elements(JsonObjectWriter& record, std::string& out, std::string_view name, const Json& elements) {
  record.name(name);
  const std::size_t start = out.size();
  append_json(out, elements);
  if (out.size() - start <= kMostElements) return;
  const std::string less = elements.is_object() ? shortened(elements) : omitted(std::string_view(out).substr(start));
  out.replace(start, std::string::npos, less);
}

std::string_view shown(std::string_view text) {
  return beginning_of(text, kMostCharacters);
}

void write_resources(std::string& out, const std::vector<std::string>& resources) {
  char separator = '[';
  for (const std::string& arn : resources) {
    const auto parsed = parse_kms_arn(arn);
    const bool is_alias = parsed && parsed->resource.starts_with("alias/");
    out += separator;
    JsonObjectWriter(out)
        .text("accountId", parsed ? parsed->home.account : "")
        .plain("type", is_alias ? "AWS::KMS::Alias" : "AWS::KMS::Key")
        .text("ARN", arn)
        .end();
    separator = ',';
  }
  out += ']';
}

}  // namespace

EventAuthor vault_author(const AccountRegion& home) {
  EventAuthor author;
  author.home = home;
  author.source_address = kThisMachine;
  return author;
}

AuditEvent::AuditEvent(Time when, std::string event, std::string request)
    : time(when),
      event_id(std::move(event)),
      request_id(std::move(request)),
      request_parameters(std::make_unique<Json>()),
      response_elements(std::make_unique<Json>()),
      additional_data(std::make_unique<Json>()),
      service_details(std::make_unique<Json>()) {}
AuditEvent::AuditEvent(AuditEvent&&) noexcept = default;
AuditEvent::~AuditEvent() = default;

std::string AuditEvent::text() const {
  std::string out;
  out.reserve(kUsualSize);
  JsonObjectWriter record(out);
  record.plain("eventVersion", "1.11").name("userIdentity");
  if (by_service) {
    JsonObjectWriter(out)
        .plain("type", "AWSService")
        .plain("principalId", kUpkeepPrincipal)
        .text("accountId", author->home.account)
        .text("invokedBy", "AWS Internal")
        .end();
  } else {
    write_identity(out, *author);
  }
  record.plain("eventTime", iso_seconds(time))
      .plain("eventSource", source)
      .plain("eventName", operation)
      .text("awsRegion", author->home.region)
      .text("sourceIPAddress", author->source_address)
      .text("userAgent", shown(author->user_agent));
  if (!error_code.empty()) record.text("errorCode", error_code);
  if (!error_code.empty() && !error_message.empty()) record.text("errorMessage", shown(error_message));
  write_elements(record, out, "requestParameters", *request_parameters);
  write_elements(record, out, "responseElements", error_code.empty() ? *response_elements : Json());
  if (!additional_data->is_null()) write_elements(record, out, "additionalEventData", *additional_data);
  if (by_service) write_elements(record, out, "serviceEventDetails", *service_details);
  record.plain("requestID", request_id).plain("eventID", event_id).flag("readOnly", read_only);
  if (!resources.empty()) {
    record.name("resources");
    write_resources(out, resources);
  }
  record.plain("eventType", by_service ? "AwsServiceEvent" : "AwsApiCall")
      .flag("managementEvent", true)
      .text("recipientAccountId", author->home.account)
      .plain("eventCategory", "Management")
      .end();
  return out;
}

AuditRecord AuditEvent::written() const {
  std::vector<std::string> logs{audit_log(author->home)};
  for (const std::string& arn : resources) {  // the owner of a key sees who of another account used it
    const auto parsed = parse_kms_arn(arn);
    if (!parsed || parsed->home == author->home) continue;
    std::string log = audit_log(parsed->home);
    if (std::find(logs.begin(), logs.end(), log) == logs.end()) logs.push_back(std::move(log));
  }
  return {std::move(logs), text()};
}

void AuditSink::append(Transaction& transaction, const AuditRecord& event) const {
  for (const SideRecord& record : side_records(event)) add(transaction, record);
}

std::vector<SideRecord> StoredAudit::side_records(AuditRecord event) const {
  std::vector<SideRecord> records;
  records.reserve(event.logs.size());
  for (std::size_t i = 1; i < event.logs.size(); ++i) records.push_back({std::move(event.logs[i]), {}, event.text});
  records.push_back({std::move(event.logs.front()), {}, std::move(event.text)});
  return records;
}

bool StoredAudit::holds(const Transaction& transaction, const AuditEvent& event) const {
  constexpr std::uint64_t kRecent = 1024;  // what others may have added since
  const std::string log = audit_log(event.author.value().home);
  const std::uint64_t size = transaction.log_size(log);
  const std::string wanted = cat("\"eventID\":\"", event.event_id, "\"");
  bool found = false;
  transaction.read_log(log, size > kRecent ? size - kRecent : 0, [&](std::uint64_t /*number*/, std::string_view text) {
    found = text.find(wanted) != std::string_view::npos;
    return !found;
  });
  return found;
}

std::string audit_log(const AccountRegion& home) {
  return cat("audit/", home.account, "/", home.region);
}

}  // namespace kms
