#include "core/audit/event_text.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/base/encoding.h"
#include "core/base/error.h"
#include "core/base/json_text.h"
#include "core/base/text.h"
#include "core/crypto/digest.h"
#include "core/model/principal.h"

namespace kms {
namespace {

constexpr std::size_t kUsualSize = 1024;       // of an event
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

void write_vault_identity(std::string& out, const EventAuthor& author) {
  JsonObjectWriter(out)
      .plain("type", "AWSService")
      .plain("principalId", kUpkeepPrincipal)
      .text("accountId", author.home.account)
      .text("invokedBy", "AWS Internal")
      .end();
}

void write_identity(std::string& out, const EventAuthor& author) {
  if (author.kind == AuthorKind::kVault) return write_vault_identity(out, author);
  if (author.kind == AuthorKind::kRole) return append_json(out, session_identity(author));
  const std::string& arn = author.principal;
  const std::string_view account = account_of(arn);
  JsonObjectWriter identity(out);
  identity.plain("type", author.kind == AuthorKind::kRoot ? "Root" : "IAMUser")
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

std::string encode(const AuditEvent& event) {
  const EventAuthor& author = event.author.value();
  const bool by_vault = author.kind == AuthorKind::kVault;
  std::string out;
  out.reserve(kUsualSize);
  JsonObjectWriter record(out);
  record.plain("eventVersion", "1.11").name("userIdentity");
  write_identity(out, author);
  record.plain("eventTime", iso_seconds(event.time))
      .plain("eventSource", event.source)
      .plain("eventName", event.operation)
      .text("awsRegion", author.home.region)
      .text("sourceIPAddress", author.source_address)
      .text("userAgent", shown(author.user_agent));
  if (event.failure) {
    record.plain("errorCode", wire_name(event.failure->code));
    if (!event.failure->message.empty()) record.text("errorMessage", shown(event.failure->message));
  }
  write_elements(record, out, "requestParameters", *event.request_parameters);
  write_elements(record, out, "responseElements", event.failure ? Json() : *event.response_elements);
  if (!event.additional_data->is_null()) write_elements(record, out, "additionalEventData", *event.additional_data);
  if (by_vault) write_elements(record, out, "serviceEventDetails", *event.service_details);
  record.plain("requestID", event.request_id).plain("eventID", event.event_id).flag("readOnly", event.read_only);
  if (!event.resources.empty()) {
    record.name("resources");
    write_resources(out, event.resources);
  }
  record.plain("eventType", by_vault ? "AwsServiceEvent" : "AwsApiCall")
      .flag("managementEvent", true)
      .text("recipientAccountId", author.home.account)
      .plain("eventCategory", "Management")
      .end();
  return out;
}

AuditRecord record_of(const AuditEvent& event) {
  const AccountRegion& home = event.author.value().home;
  std::vector<std::string> logs{audit_log(home)};
  for (const std::string& arn : event.resources) {
    const auto parsed = parse_kms_arn(arn);
    if (!parsed || parsed->home == home) continue;
    std::string log = audit_log(parsed->home);
    if (std::find(logs.begin(), logs.end(), log) == logs.end()) logs.push_back(std::move(log));
  }
  return {std::move(logs), encode(event), event.failure.has_value()};
}

Json decode(std::string_view text) {
  Json event = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!event.is_object()) throw Error(ErrorCode::kVaultDamaged, "a stored event cannot be read");
  return event;
}

EventLine line_of(const Json& event) {
  const Json& who = event.at("userIdentity");
  EventLine line{event.at("eventTime"),
                 event.at("eventName"),
                 who.contains("arn") ? who.at("arn") : who.at("invokedBy"),
                 event.value("errorCode", "ok"),
                 "",
                 event.value("eventID", "")};
  if (const auto resources = event.find("resources"); resources != event.end() && !resources->empty()) {
    line.resource = resources->front().at("ARN");
  }
  return line;
}

std::string as_in_event(std::string_view value) {
  std::string out;
  append_json(out, value);
  return out.substr(1, out.size() - 2);
}

}  // namespace kms
