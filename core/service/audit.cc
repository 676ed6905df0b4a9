#include "core/service/audit.h"

#include <nlohmann/json.hpp>
#include <set>

#include "core/base/text.h"
#include "core/model/principal.h"

namespace kms {
namespace {

// AWS types of identity by what the ARN names.
Json session_identity(const Caller& caller) {
  const RoleSession& session = *caller.session;
  return {{"type", "AssumedRole"},
          {"principalId", cat(session.role_id, ":", session.name)},
          {"arn", caller.principal},
          {"accountId", account_of(caller.principal)},
          {"sessionContext",
           {{"sessionIssuer",
             {{"type", "Role"},
              {"principalId", session.role_id},
              {"arn", session.role_arn},
              {"accountId", account_of(session.role_arn)},
              {"userName", session.role_arn.substr(session.role_arn.find_last_of('/') + 1)}}},
            {"attributes", {{"creationDate", iso_seconds(session.issued)}, {"mfaAuthenticated", "false"}}}}}};
}

Json user_identity(const Caller& caller) {
  if (caller.session) return session_identity(caller);
  const std::string& arn = caller.principal;
  const bool root = arn.ends_with(":root");
  Json identity{{"type", root ? "Root" : "IAMUser"},
                {"principalId", root ? std::string(account_of(arn)) : caller.principal_id},
                {"arn", arn},
                {"accountId", account_of(arn)}};
  if (const auto slash = arn.find_last_of('/'); slash != std::string::npos)
    identity["userName"] = arn.substr(slash + 1);
  return identity;
}

Json resource_entry(const std::string& arn) {
  const auto parsed = parse_kms_arn(arn);
  const bool is_alias = parsed && parsed->resource.starts_with("alias/");
  return {{"accountId", parsed ? parsed->home.account : ""},
          {"type", is_alias ? "AWS::KMS::Alias" : "AWS::KMS::Key"},
          {"ARN", arn}};
}

}  // namespace

AuditEvent::AuditEvent(Time when, const Caller& by, std::string event, std::string request)
    : time(when),
      caller(by),
      event_id(std::move(event)),
      request_id(std::move(request)),
      request_parameters(std::make_unique<Json>()),
      response_elements(std::make_unique<Json>()),
      additional_data(std::make_unique<Json>()),
      service_details(std::make_unique<Json>()) {}
AuditEvent::AuditEvent(AuditEvent&&) noexcept = default;
AuditEvent::~AuditEvent() = default;

Json AuditEvent::record() const {
  Json record{{"eventVersion", "1.11"},
              {"userIdentity", user_identity(caller)},
              {"eventTime", iso_seconds(time)},
              {"eventSource", source},
              {"eventName", operation},
              {"awsRegion", caller.home.region},
              {"sourceIPAddress", caller.source_address},
              {"userAgent", caller.user_agent},
              {"requestParameters", *request_parameters},
              {"responseElements", error_code.empty() ? *response_elements : Json()},
              {"requestID", request_id},
              {"eventID", event_id},
              {"readOnly", read_only},
              {"eventType", "AwsApiCall"},
              {"managementEvent", true},
              {"recipientAccountId", caller.home.account},
              {"eventCategory", "Management"}};
  if (by_service) {
    record["userIdentity"] = {{"accountId", caller.home.account}, {"invokedBy", "AWS Internal"}};
    record["eventType"] = "AwsServiceEvent";
    record["serviceEventDetails"] = *service_details;
  }
  if (!additional_data->is_null()) record["additionalEventData"] = *additional_data;
  if (!error_code.empty()) {
    record["errorCode"] = error_code;
    if (!error_message.empty()) record["errorMessage"] = error_message;
  }
  for (const std::string& arn : resources) record["resources"].push_back(resource_entry(arn));
  return record;
}

AuditRecord AuditEvent::written() const {
  std::set<std::string> logs{audit_log(caller.home)};
  for (const std::string& arn : resources) {  // the owner of a key sees who of another account used it
    if (const auto parsed = parse_kms_arn(arn)) logs.insert(audit_log(parsed->home));
  }
  // Text from a caller may be no valid UTF-8; the event is kept all the same.
  return {{logs.begin(), logs.end()}, record().dump(-1, ' ', false, Json::error_handler_t::replace)};
}

void AuditSink::append(Transaction& transaction, const AuditRecord& event) const {
  for (const Trace& trace : traces(event)) add_trace(transaction, trace);
}

std::vector<Trace> StoredAudit::traces(const AuditRecord& event) const {
  std::vector<Trace> traces;
  traces.reserve(event.logs.size());
  for (const std::string& log : event.logs) traces.push_back({log, {}, event.text});
  return traces;
}

std::string audit_log(const AccountRegion& home) {
  return cat("audit/", home.account, "/", home.region);
}

}  // namespace kms
