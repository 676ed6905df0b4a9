#include "cli/commands/audit_questions.h"

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "cli/commands/lists.h"
#include "cli/measure.h"
#include "cli/suggestion.h"
#include "core/audit/event_names.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/ops/table.h"

namespace kms::cli {
namespace {

std::vector<std::string> names_of_events() {
  std::vector<std::string> names;
  for (const Operation& operation : operations()) names.emplace_back(operation.name);
  for (const auto& entry : EnumNames<VaultEvent>::kAll) names.emplace_back(entry.second);
  return names;
}

void require_event_name(const std::string& name) {
  const std::vector<std::string> names = names_of_events();
  if (std::find(names.begin(), names.end(), name) != names.end()) return;
  const std::string guess = suggestion(names, name);
  throw Error(ErrorCode::kUsage, cat("--event '", name, "': no event has this name",
                                     guess.empty() ? "; most are named as operations, Decrypt for one" : guess));
}

std::chrono::seconds unit_of(std::string_view text) {
  if (text == "s") return std::chrono::seconds(1);
  if (text == "m") return std::chrono::minutes(1);
  if (text == "h") return std::chrono::hours(1);
  if (text == "d") return std::chrono::days(1);
  return text == "w" ? std::chrono::weeks(1) : std::chrono::seconds(0);
}

// Of 2h and the like; nothing for what is to be a time.
std::optional<std::chrono::seconds> time_back(std::string_view text) {
  constexpr std::int64_t kMost = 1'000'000;
  const auto measure = measure_of(text);
  if (!measure || measure->number < 0 || measure->number > kMost) return std::nullopt;
  const std::chrono::seconds unit = unit_of(measure->unit);
  if (unit.count() == 0) return std::nullopt;
  return measure->number * unit;
}

// The alias by which the request named its key; empty when it did not.
std::string alias_in_request(const Json& event) {
  const auto request = event.find("requestParameters");
  if (request == event.end() || !request->is_object()) return {};
  const auto key = request->find("keyId");
  if (key == request->end() || !key->is_string()) return {};
  const auto& name = key->get_ref<const std::string&>();
  const std::size_t alias = name.find("alias/");
  const bool is_alias = alias == 0 || (alias != std::string::npos && name[alias - 1] == ':');
  return is_alias ? name : std::string();
}

}  // namespace

const OtherNames& names_of_filters() {
  static const OtherNames names{
      {"KeyId", "--key"}, {"EventName", "--event"}, {"StartTime", "--since"}, {"EndTime", "--until"}};
  return names;
}

std::string time_or_back(const Session& session, const std::string& text) {
  const Time now = session.clock().now();
  const auto back = time_back(text);
  return back && now.time_since_epoch() > *back ? iso_seconds(now - *back) : text;
}

Json audit_request(const Session& session, const FieldValues& given, const Json& otherwise) {
  Json request = given.request();
  for (const auto& [member, value] : otherwise.items()) request.emplace(member, value);
  for (const char* member : {"StartTime", "EndTime"}) {
    const auto text = request.find(member);
    if (text == request.end() || !text->is_string()) continue;
    *text = time_or_back(session, text->get<std::string>());
  }
  const auto name = request.find("EventName");
  if (name != request.end() && name->is_string()) require_event_name(*name);
  return request;
}

std::string subject_of(const Json& event, std::string_view account) {
  if (const std::string alias = alias_in_request(event); !alias.empty()) return short_resource(account, alias);
  const auto about = event.find("resources");
  if (about == event.end() || about->empty()) return {};
  std::string subject;
  for (const Json& resource : *about) {
    std::string name = short_resource(account, resource.at("ARN").get<std::string>());
    const bool is_alias = resource.at("type") == "AWS::KMS::Alias";
    if (is_alias || subject.empty()) subject = std::move(name);
    if (is_alias) break;
  }
  return subject;
}

std::string short_result(std::string result) {
  constexpr std::string_view kOfErrors = "Exception";
  if (result.ends_with(kOfErrors)) result.resize(result.size() - kOfErrors.size());
  return result;
}

}  // namespace kms::cli
