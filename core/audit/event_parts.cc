#include "core/audit/event_parts.h"

#include <nlohmann/json.hpp>
#include <optional>

#include "core/base/error.h"
#include "core/base/json_text.h"
#include "core/base/text.h"

namespace kms {
namespace {

// Of the form that encode() writes (event_text.cc). A comma and a quote stand side by side in no text of a caller:
// there the quote has a backslash in front.
constexpr std::string_view kStart = R"({"eventVersion":"1.11","userIdentity":)";
constexpr std::string_view kTimeMark = R"(,"eventTime":")";
constexpr std::string_view kOperationMark = R"(","eventName":")";
constexpr std::string_view kErrorMark = R"(,"errorCode":")";
constexpr std::string_view kParametersMark = R"(,"requestParameters":)";
constexpr std::string_view kPrincipalMark = R"("arn":")";
constexpr std::string_view kInvokerMark = R"("invokedBy":")";
constexpr std::string_view kRequestMark = R"(,"requestID":")";
constexpr std::string_view kIdMark = R"(,"eventID":")";
constexpr std::string_view kReadOnlyMark = R"(,"readOnly":true)";
constexpr std::string_view kResourcesMark = R"(,"resources":[)";
constexpr std::string_view kResourceMark = R"("ARN":")";

// Up to its closing quote, a JSON string that begins at `start`; nothing where it does not end.
std::optional<std::string_view> string_at(std::string_view text, std::size_t start) {
  for (std::size_t end = text.find('"', start); end != std::string_view::npos; end = text.find('"', end + 1)) {
    std::size_t escapes = 0;
    while (end - escapes > start && text[end - escapes - 1] == '\\') ++escapes;
    if (escapes % 2 == 0) return text.substr(start, end - start);
  }
  return std::nullopt;
}

// The string behind the first `mark` from `from` on.
std::optional<std::string_view> string_behind(std::string_view text, std::string_view mark, std::size_t from = 0) {
  const std::size_t found = text.find(mark, from);
  if (found == std::string_view::npos) return std::nullopt;
  return string_at(text, found + mark.size());
}

// From the last `mark`, which begins with a comma, on. Few commas stand behind it.
std::optional<std::string_view> from_last(std::string_view text, std::string_view mark) {
  for (std::size_t at = text.rfind(','); at != std::string_view::npos; at = text.rfind(',', at - 1)) {
    if (text.substr(at).starts_with(mark)) return text.substr(at);
    if (at == 0) break;
  }
  return std::nullopt;
}

std::string text_member(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool is_true(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_boolean() && found->get<bool>();
}

// As much of an event of another form as is looked for, in encode()'s form.
std::string rewritten_for_parts(const Json& event) {
  const auto identity = event.find("userIdentity");
  const std::string principal = identity == event.end() ? "" : text_member(*identity, "arn");
  std::string out(kStart);
  JsonObjectWriter who(out);
  if (!principal.empty()) who.text("arn", principal);
  if (principal.empty() && identity != event.end()) who.text("invokedBy", text_member(*identity, "invokedBy"));
  who.end();
  out += cat(kTimeMark, as_in_event(text_member(event, "eventTime")), kOperationMark,
             as_in_event(text_member(event, "eventName")), "\"");
  if (const std::string error = text_member(event, "errorCode"); !error.empty()) {
    out += cat(kErrorMark, as_in_event(error), "\"");
  }
  out += cat(kParametersMark, "null", kRequestMark, "\"", kIdMark, as_in_event(text_member(event, "eventID")), "\"",
             is_true(event, "readOnly") ? kReadOnlyMark : "", kResourcesMark);
  if (const auto resources = event.find("resources"); resources != event.end()) {
    for (const Json& resource : *resources) {
      out += cat(kResourceMark, as_in_event(text_member(resource, "ARN")), "\",");
    }
  }
  return out;
}

// as_in_event() of it is `part`.
std::string unescaped(std::string_view part) {
  if (part.find('\\') == std::string_view::npos) return std::string(part);
  const Json text = Json::parse(cat("\"", part, "\""), nullptr, /*allow_exceptions=*/false);
  return text.is_string() ? text.get<std::string>() : std::string(part);
}

}  // namespace

EventParts::EventParts(std::string_view text) {
  if (find_in(text)) return;
  rewritten_ = rewritten_for_parts(decode(text));
  (void)find_in(rewritten_);
}

bool EventParts::denied() const {
  return error_ == wire_name(ErrorCode::kAccessDenied);
}

bool EventParts::find_in(std::string_view text) {
  if (!text.starts_with(kStart)) return false;
  const std::size_t identity_end = text.find(kTimeMark, kStart.size());
  if (identity_end == std::string_view::npos) return false;
  const auto time = string_at(text, identity_end + kTimeMark.size());
  const auto operation = string_behind(text, kOperationMark, identity_end);
  const std::size_t parameters = text.find(kParametersMark, identity_end);
  const auto end = from_last(text, kRequestMark);
  if (!time || !operation || parameters == std::string_view::npos || !end) return false;
  time_ = *time;
  operation_ = *operation;
  principal_ = string_behind(text.substr(0, identity_end), kPrincipalMark).value_or("");
  if (principal_.empty()) invoked_by_ = string_behind(text.substr(0, identity_end), kInvokerMark).value_or("");
  error_ = string_behind(text.substr(0, parameters), kErrorMark, identity_end).value_or("");
  id_ = string_behind(*end, kIdMark).value_or("");
  read_only_ = end->find(kReadOnlyMark) != std::string_view::npos;
  find_resources(*end);
  return true;
}

void EventParts::find_resources(std::string_view end) {
  const std::size_t resources = end.find(kResourcesMark);
  if (resources == std::string_view::npos) return;
  for (auto arn = string_behind(end, kResourceMark, resources); arn;) {
    resources_.push_back(*arn);
    arn = string_behind(end, kResourceMark, static_cast<std::size_t>(arn->data() + arn->size() - end.data()));
  }
}

EventLine line_of(const EventParts& event) {
  EventLine line{unescaped(event.time()),
                 unescaped(event.operation()),
                 unescaped(event.principal().empty() ? event.invoked_by() : event.principal()),
                 event.failed() ? unescaped(event.error()) : "ok",
                 "",
                 unescaped(event.id())};
  if (!event.resources().empty()) line.resource = unescaped(event.resources().front());
  return line;
}

}  // namespace kms
