#include "cli/agent/answers.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "cli/agent/protocol.h"
#include "core/base/encoding.h"
#include "core/base/text.h"

namespace kms::agent {
namespace {

constexpr unsigned kNotFoundStatus = 404;
constexpr std::string_view kStsNamespace = "https://sts.amazonaws.com/doc/2011-06-15/";

// STS has names of its own for some failures.
std::string sts_code(std::string_view wire) {
  if (wire == "UnrecognizedClientException") return "InvalidClientTokenId";
  if (wire == "InvalidSignatureException") return "SignatureDoesNotMatch";
  if (wire == "ValidationException") return "ValidationError";
  if (wire.ends_with("Exception")) wire.remove_suffix(std::string_view("Exception").size());
  return std::string(wire);
}

void append_escaped(BodyText& out, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '&':
        out += "&amp;";
        break;
      default:
        out += static_cast<unsigned char>(c) < 0x20U ? ' ' : c;
    }
  }
}

void append(BodyText& out, std::string_view text) {
  out.append(text.data(), text.size());
}

void append_members(BodyText& out, const Json& object) {
  for (const auto& [name, value] : object.items()) {
    append(out, cat("<", name, ">"));
    if (value.is_object()) {
      append_members(out, value);
    } else if (value.is_string()) {
      append_escaped(out, value.get_ref<const std::string&>());
    } else {
      append(out, value.dump());
    }
    append(out, cat("</", name, ">"));
  }
}

Response query_answer(std::string_view operation, const Json& answer, const std::string& request_id) {
  Response response;
  response.content_type = "text/xml";
  append(response.body, cat("<", operation, "Response xmlns=\"", kStsNamespace, "\"><", operation, "Result>"));
  append_members(response.body, answer);
  append(response.body, cat("</", operation, "Result><ResponseMetadata><RequestId>", request_id,
                            "</RequestId></ResponseMetadata></", operation, "Response>\n"));
  return response;
}

Response query_failure(std::string_view type, std::string_view message, unsigned status,
                       const std::string& request_id) {
  Response response;
  response.content_type = "text/xml";
  // STS answers a refusal with 403, where KMS says 400.
  const std::string code = sts_code(type);
  const bool refused = code != "ValidationError" && status == 400;
  response.status = refused ? 403 : status;
  append(response.body, cat("<ErrorResponse xmlns=\"", kStsNamespace, "\"><Error><Type>",
                            status < 500 ? "Sender" : "Receiver", "</Type><Code>", code, "</Code><Message>"));
  append_escaped(response.body, message);
  append(response.body, cat("</Message></Error><RequestId>", request_id, "</RequestId></ErrorResponse>\n"));
  return response;
}

Response cbor_failure(std::string_view type, std::string_view message, unsigned status) {
  Response response;
  response.status = status;
  response.content_type = kCborType;
  std::vector<std::uint8_t> bytes;
  Json::to_cbor(Json{{"__type", type}, {"message", message}}, bytes);
  response.body.assign(bytes.begin(), bytes.end());
  return response;
}

Response failure(Wire wire, std::string_view type, std::string_view message, std::string request_id) {
  const auto code = error_code(type);
  const unsigned status = code ? static_cast<unsigned>(http_status(*code)) : 500U;
  Response response;
  if (wire == Wire::kQuery) {
    response = query_failure(type, message, status, request_id);
  } else if (wire == Wire::kCbor) {
    response = cbor_failure(type, message, code == ErrorCode::kUnknownOperation ? kNotFoundStatus : status);
  } else {
    Json body{{"__type", type}};
    if (!message.empty()) body["message"] = message;
    append_json(response.body, body);
    response.status = status;
  }
  response.error_type = type;
  response.request_id = std::move(request_id);
  if (code == ErrorCode::kThrottling || code == ErrorCode::kVaultLocked) response.retry_after = 1;
  return response;
}

[[noreturn]] void malformed(const std::string& what) {
  throw Error(ErrorCode::kValidation, cat("The form of the request is malformed: ", what));
}

std::string form_decoded(std::string_view text) {
  for (std::size_t at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 1)) {
    if (text.size() < at + 3 || !decode_hex(text.substr(at + 1, 2))) malformed("a percent sign begins no byte");
  }
  std::string spaced(text);
  std::replace(spaced.begin(), spaced.end(), '+', ' ');
  return percent_decoded(spaced);
}

}  // namespace

Response answer_of(Wire wire, std::string_view operation, Json& answer, std::string request_id) {
  if (const auto type = answer.find("__type"); type != answer.end()) {
    return failure(wire, type->get_ref<const std::string&>(), answer.at("message").get_ref<const std::string&>(),
                   std::move(request_id));
  }
  Response response;
  if (wire == Wire::kQuery) {
    response = query_answer(operation, answer, request_id);
  } else if (!answer.empty()) {  // what answers nothing has no body
    append_json(response.body, answer);
  }
  wipe(answer);
  response.request_id = std::move(request_id);
  return response;
}

Response failure_of(Wire wire, const Error& error, std::string request_id) {
  return failure(wire, wire_name(error.code()), error.what(), std::move(request_id));
}

Response refusal_of(Wire wire, const Refusal& refusal, std::string request_id) {
  Response response = failure_of(wire, Error(refusal.code, refusal.message), std::move(request_id));
  response.status = refusal.status;
  response.allow = refusal.allow;
  return response;
}

Wire wire_of(const Request& request, bool unix_socket) {
  if (request["smithy-protocol"] == "rpc-v2-cbor") return Wire::kCbor;
  if (request.count(kTargetHeader) != 0) return Wire::kJson;
  if (reads_only(request)) return view_of(request.target()).starts_with("/?") ? Wire::kQuery : Wire::kJson;
  const auto type = request[http::field::content_type];
  constexpr std::string_view kForm = "application/x-www-form-urlencoded";
  if (lower_ascii(view_of(type)).starts_with(kForm)) return Wire::kQuery;
  return unix_socket || !type.empty() ? Wire::kJson : Wire::kQuery;
}

std::string_view form_of(const Request& request) {
  if (!reads_only(request)) return view_of(request.body());
  const std::string_view target = view_of(request.target());
  return target.substr(std::min(target.find('?'), target.size() - 1) + 1);
}

std::string read_query_request(std::string_view form, Json& request) {
  std::string action;
  std::set<std::string> names;
  request = Json::object();
  while (!form.empty()) {
    const std::string_view part = form.substr(0, form.find('&'));
    form.remove_prefix(std::min(part.size() + 1, form.size()));
    const std::size_t equals = part.find('=');
    const std::string name = form_decoded(part.substr(0, equals));
    std::string value = equals == std::string_view::npos ? std::string() : form_decoded(part.substr(equals + 1));
    if (!names.insert(name).second) malformed("a name stands in it more than once");
    if (name == "Action") {
      action = std::move(value);
    } else if (name == "DurationSeconds") {
      const Json number = Json::parse(value, nullptr, false);
      request[name] = number.is_number_integer() ? number : Json(value);
    } else if (name != "Version" && !name.starts_with("X-Amz-")) {
      request[name] = std::move(value);
    }
  }
  return action;
}

void throw_locked() {
  throw Error(ErrorCode::kVaultLocked, "the agent is locked: kmsctl unlock");
}

}  // namespace kms::agent
