#include "core/audit/event_csv.h"

#include <initializer_list>
#include <nlohmann/json.hpp>

#include "core/audit/event_text.h"
#include "core/base/text.h"

namespace kms {
namespace {

std::string csv_line(std::initializer_list<std::string> cells) {
  std::string line;
  for (const std::string& cell : cells) line += cat(line.empty() ? "" : ",", csv_cell(cell));
  return line + "\r\n";
}

std::string member_text(const Json& object, const char* name) {
  const auto member = object.is_object() ? object.find(name) : object.end();
  if (member == object.end() || member->is_null()) return {};
  return member->is_string() ? member->get<std::string>() : member->dump();
}

// Who acted: an ARN, or the service of the vault.
std::string principal_text(const Json& event) {
  const auto who = event.find("userIdentity");
  if (who == event.end()) return {};
  std::string arn = member_text(*who, "arn");
  return arn.empty() ? member_text(*who, "invokedBy") : arn;
}

std::string resource_texts(const Json& event) {
  std::string all;
  const auto resources = event.find("resources");
  if (resources == event.end() || !resources->is_array()) return all;
  for (const Json& resource : *resources) all += cat(all.empty() ? "" : " ", member_text(resource, "ARN"));
  return all;
}

}  // namespace

std::string csv_cell(std::string_view text) {
  constexpr std::string_view kBeginsFormula = "=+-@\t\r";
  std::string cell(text);
  if (!cell.empty() && kBeginsFormula.find(cell.front()) != std::string_view::npos) cell.insert(0, 1, '\'');
  if (cell.find_first_of(",\"\r\n") == std::string::npos) return cell;
  std::string quoted = "\"";
  for (const char c : cell) quoted.append(c == '"' ? 2 : 1, c);
  return quoted + '"';
}

std::string csv_header() {
  return csv_line({"number", "time", "event", "principal", "account", "region", "source_address", "result",
                   "error_message", "resources", "event_id", "request_id", "read_only"});
}

std::string csv_row(std::uint64_t number, std::string_view event) {
  const Json record = decode(event);
  std::string result = member_text(record, "errorCode");
  if (result.empty()) result = "ok";
  return csv_line({std::to_string(number), member_text(record, "eventTime"), member_text(record, "eventName"),
                   principal_text(record), member_text(record, "recipientAccountId"), member_text(record, "awsRegion"),
                   member_text(record, "sourceIPAddress"), result, member_text(record, "errorMessage"),
                   resource_texts(record), member_text(record, "eventID"), member_text(record, "requestID"),
                   member_text(record, "readOnly")});
}

}  // namespace kms
