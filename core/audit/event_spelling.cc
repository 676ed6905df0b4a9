#include "core/audit/event_spelling.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>
#include <span>
#include <utility>

#include "core/base/error.h"
#include "core/base/json_text.h"
#include "core/base/ordered_json.h"
#include "core/base/text.h"
#include "formats/audit_export_findings.h"

namespace kms {
namespace {

// The order of encode(). What it writes out of a Json is sorted by name.
constexpr auto kOfEvent = std::to_array<std::string_view>({"eventVersion",
                                                           "userIdentity",
                                                           "eventTime",
                                                           "eventSource",
                                                           "eventName",
                                                           "awsRegion",
                                                           "sourceIPAddress",
                                                           "userAgent",
                                                           "errorCode",
                                                           "errorMessage",
                                                           "requestParameters",
                                                           "responseElements",
                                                           "additionalEventData",
                                                           "serviceEventDetails",
                                                           "requestID",
                                                           "eventID",
                                                           "readOnly",
                                                           "resources",
                                                           "eventType",
                                                           "managementEvent",
                                                           "recipientAccountId",
                                                           "eventCategory"});
constexpr auto kOfIdentity =
    std::to_array<std::string_view>({"type", "principalId", "arn", "accountId", "userName", "invokedBy"});
constexpr auto kOfResource = std::to_array<std::string_view>({"accountId", "type", "ARN"});

using Order = std::span<const std::string_view>;

// `write` gives the value of a member, by its name. Members of no place in the order follow, sorted.
template <class Write>
std::string object_in_order(const Json& object, Order order, const Write& write) {
  std::string out;
  JsonObjectWriter writer(out);
  const auto add = [&](std::string_view name, const Json& value) {
    std::string quoted;
    append_json(quoted, Json(name));
    writer.name(std::string_view(quoted).substr(1, quoted.size() - 2));
    out += write(name, value);
  };
  for (const std::string_view name : order) {
    if (const auto member = object.find(name); member != object.end()) add(name, *member);
  }
  for (const auto& [name, value] : object.items()) {
    if (std::find(order.begin(), order.end(), name) == order.end()) add(name, value);
  }
  writer.end();
  return out;
}

std::string plain_json(const Json& value) {
  std::string out;
  append_json(out, value);
  return out;
}

std::string with_order(const Json& value, Order order) {
  if (!value.is_object()) return plain_json(value);
  return object_in_order(value, order, [](std::string_view, const Json& member) { return plain_json(member); });
}

// That of a role in a session is written out of a Json.
std::string spelled_identity(const Json& identity) {
  const bool of_role = identity.is_object() && identity.contains("sessionContext");
  return of_role ? plain_json(identity) : with_order(identity, kOfIdentity);
}

std::string spelled_resources(const Json& resources) {
  if (!resources.is_array() || resources.empty()) return plain_json(resources);
  std::string out;
  char separator = '[';
  for (const Json& resource : resources) {
    out += separator;
    out += with_order(resource, kOfResource);
    separator = ',';
  }
  return out + ']';
}

[[noreturn]] void refuse_event(std::string_view why) {
  throw Error(ErrorCode::kValidation, cat("this is no event: ", why));
}

// Names of the objects that the parser is in.
class MemberNames {
 public:
  bool add(OrderedJson::parse_event_t event, const OrderedJson& parsed) {
    switch (event) {
      case OrderedJson::parse_event_t::object_start:
        open_.emplace_back();
        break;
      case OrderedJson::parse_event_t::object_end:
        open_.pop_back();
        break;
      case OrderedJson::parse_event_t::key:
        if (!open_.back().insert(parsed.get<std::string>()).second) refuse_event("a member stands in it twice");
        break;
      default:
        break;
    }
    return true;
  }

 private:
  std::vector<std::set<std::string>> open_;
};

OrderedJson parse_event(std::string_view text) {
  if (!is_within(text, {})) refuse_event("it has too many parts");
  MemberNames names;
  const auto look = [&](int, OrderedJson::parse_event_t event, OrderedJson& parsed) {
    return names.add(event, parsed);
  };
  OrderedJson parsed = OrderedJson::parse(text, look, /*allow_exceptions=*/false);
  if (!parsed.is_object()) refuse_event("it is no JSON object");
  return parsed;
}

}  // namespace

std::string spelled_as_stored(const Json& event) {
  return object_in_order(event, kOfEvent, [](std::string_view name, const Json& value) {
    if (name == "userIdentity") return spelled_identity(value);
    if (name == "resources") return spelled_resources(value);
    return plain_json(value);
  });
}

GivenEvent read_given_event(std::string_view text) {
  OrderedJson parsed = parse_event(text);
  GivenEvent given;
  if (text.ends_with('\n')) text.remove_suffix(1);
  const auto inner = parsed.find("Event");
  if (inner != parsed.end() && inner->is_object()) {
    const auto number = parsed.find("Number");
    if (number != parsed.end() && number->is_number_unsigned()) given.number = number->get<std::uint64_t>();
    OrderedJson event = std::move(*inner);
    parsed = std::move(event);
  } else {
    given.spellings.emplace_back(text);
  }
  const std::string in_order = parsed.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
  given.spellings.push_back(in_order);
  given.spellings.push_back(spelled_as_stored(Json::parse(in_order)));
  given.summary = formats::event_summary(in_order);
  return given;
}

}  // namespace kms
