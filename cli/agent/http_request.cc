#include "cli/agent/http_request.h"

#include <algorithm>
#include <array>
#include <boost/beast/http/status.hpp>
#include <cstdio>

#include "cli/agent/protocol.h"
#include "core/base/text.h"

namespace kms::agent {
namespace {

constexpr std::size_t kLineLimit = 8192;  // of the request line: RFC 9112 section 3 asks for 8000 bytes
constexpr std::size_t kMostFields = 100;
constexpr std::string_view kContinue = "100-continue";
constexpr std::string_view kEnd = "\r\n\r\n";
constexpr std::string_view kAllOfRoot = "GET, HEAD, OPTIONS, POST";
constexpr std::string_view kReading = "GET, HEAD, OPTIONS";
constexpr std::string_view kPosting = "POST";

Refusal bad(std::string message) {
  return {400, ErrorCode::kSerialization, std::move(message)};
}

bool is_token_char(char c) {  // RFC 9110 section 5.6.2
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// What a byte adds to a sum over a header, which has less than 2^15 of them: its ends of lines, and whether it has
// control characters.
constexpr std::uint32_t kReturn = 1;
constexpr std::uint32_t kFeed = 1U << 15U;
constexpr std::uint64_t kControl = 1ULL << 30U;
constexpr std::array<std::uint64_t, 256> kWeights = [] {
  std::array<std::uint64_t, 256> weights{};
  for (std::size_t c = 0; c < 0x20; ++c) weights[c] = kControl;
  weights[0x7f] = kControl;
  weights['\t'] = 0;
  weights['\r'] = kReturn;
  weights['\n'] = kFeed;
  return weights;
}();

// The bytes of a whole header.
bool has_strange_bytes(std::string_view header) {
  std::uint64_t sum = 0;
  for (const char c : header) sum += kWeights[static_cast<unsigned char>(c)];
  // Each line feed follows a carriage return; so each of these is followed by one, when there are as many.
  return sum >= kControl || sum % kFeed != sum / kFeed;
}

std::optional<Refusal> too_long(std::string_view bytes) {
  if (std::min(bytes.find('\n'), bytes.size()) > kLineLimit) {
    return Refusal{414, ErrorCode::kSerialization, "the request line has more than 8192 bytes"};
  }
  if (bytes.size() >= kHeaderLimit) {
    return Refusal{431, ErrorCode::kSerialization, "the header of the request has more than 16384 bytes"};
  }
  return std::nullopt;
}

// The fields that are looked at here, found in one pass: how often each stands there, and the last value.
struct Named {
  std::size_t count = 0;
  std::string_view value;
};
struct Fields {
  explicit Fields(const Request& request) {
    for (const auto& field : request) {
      ++all;
      Named* const named = place(field.name());
      if (named == nullptr) continue;
      ++named->count;
      named->value = view_of(field.value());
    }
  }
  Named* place(http::field name) {
    switch (name) {
      case http::field::host:
        return &host;
      case http::field::content_length:
        return &length;
      case http::field::transfer_encoding:
        return &transfer_coding;
      case http::field::content_encoding:
        return &content_coding;
      case http::field::expect:
        return &expectation;
      default:
        return nullptr;
    }
  }
  std::size_t all = 0;
  Named host;
  Named length;
  Named transfer_coding;
  Named content_coding;
  Named expectation;
};

std::optional<Refusal> check_framing(const Fields& fields, unsigned version) {
  const Named& length = fields.length;
  const bool number = !length.value.empty() && std::all_of(length.value.begin(), length.value.end(), is_digit);
  if (length.count > 1 || (length.count == 1 && !number)) {
    return bad("Content-Length stands once, and is a number");
  }
  const Named& coding = fields.transfer_coding;
  if (coding.count == 0) return std::nullopt;
  // What another reader takes for the length of the body decides where the next request begins.
  if (length.count > 0) return bad("a request has a Content-Length or a Transfer-Encoding");
  if (version < 11) return bad("HTTP/1.0 has no Transfer-Encoding");
  const std::string name = lower_ascii(coding.value);
  if (coding.count == 1 && name == "chunked") return std::nullopt;
  if (coding.count > 1 || !name.ends_with("chunked")) return bad("where the body ends is not said");
  return Refusal{501, ErrorCode::kSerialization, "of the transfer codings, only chunked is known"};
}

std::optional<Refusal> check_host(const Named& host, unsigned version) {
  if (host.count > 1 || (host.count == 0 && version >= 11)) return bad("a request has one Host");
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:[]-._~!$&'()*+,;=%";  // RFC 3986 section 3.2
  if (host.value.find_first_not_of(kPlain) == std::string_view::npos) return std::nullopt;
  return bad("the Host is none");
}

// Leaves a path, or the asterisk of OPTIONS.
std::optional<Refusal> check_target(Request& request) {
  if (request.target() == "/") return std::nullopt;
  std::string target(view_of(request.target()));
  const std::string lower = lower_ascii(std::string_view(target).substr(0, std::string_view("https://").size()));
  const std::size_t scheme = lower.starts_with("http://") ? 7U : lower.starts_with("https://") ? 8U : 0U;
  if (scheme > 0) {
    const std::size_t path = std::min(target.find_first_of("/?", scheme), target.size());
    const std::string host = target.substr(scheme, path - scheme);
    if (host.empty() || host.find('@') != std::string::npos) return bad("the target of the request names no host");
    request.set(http::field::host, host);
    target.erase(0, path);
    if (!target.starts_with('/')) target.insert(0, "/");
    request.target(target);
  }
  if (target.find('#') != std::string::npos) return bad("the target of a request has no fragment");
  if (target.starts_with('/') || (target == "*" && request.method() == http::verb::options)) return std::nullopt;
  return bad("the target of a request is a path");
}

std::optional<Refusal> check_method(const Request& request) {
  const std::string_view target = view_of(request.target());
  const bool root = target.substr(0, target.find('?')) == "/";
  const auto not_allowed = [&](std::string_view allow) {
    return Refusal{405, ErrorCode::kUnknownOperation, "the target does not have this method", allow};
  };
  switch (request.method()) {
    case http::verb::unknown:
      return Refusal{501, ErrorCode::kUnknownOperation, "the method is not known"};
    case http::verb::get:
    case http::verb::head:
      if (request.count(kTargetHeader) != 0) return not_allowed(kPosting);
      return std::nullopt;
    case http::verb::options:
      return std::nullopt;
    case http::verb::post:
      if (root) return std::nullopt;
      // Nothing else has POST; what stands where Smithy's other protocols have operations is no path of ours.
      if (target == kHealthPath || target == kPingPath || target == kStatusPath || target == kMetricsPath) {
        return not_allowed(kReading);
      }
      return Refusal{404, ErrorCode::kUnknownOperation, "operations are called at / in AWS JSON 1.1"};
    default:
      return not_allowed(root || target == "*" ? kAllOfRoot : kReading);
  }
}

// Of a POST, the body says what is asked for: members in its query would be signed, and not obeyed.
std::optional<Refusal> check_query(const Request& request) {
  const std::string_view target = view_of(request.target());
  const std::size_t mark = target.find('?');
  if (request.method() != http::verb::post || mark == std::string_view::npos || mark + 1 == target.size()) {
    return std::nullopt;
  }
  for (const std::string_view part : split(target.substr(mark + 1), '&')) {
    if (!part.starts_with("X-Amz-")) return bad("the query of a POST holds its signature at most");
  }
  return std::nullopt;
}

std::optional<Refusal> check_content(const Fields& fields, unsigned version) {
  const Named& coding = fields.content_coding;
  if (coding.count > 1 || (coding.count == 1 && lower_ascii(coding.value) != "identity")) {
    return Refusal{415, ErrorCode::kSerialization, "the body of a request is not encoded"};
  }
  const Named& expected = fields.expectation;
  if (version < 11 || expected.count == 0) return std::nullopt;
  if (expected.count == 1 && lower_ascii(expected.value) == kContinue) return std::nullopt;
  return Refusal{417, ErrorCode::kSerialization, "of the expectations, only 100-continue is met"};
}

}  // namespace

std::optional<std::size_t> HeaderScanner::scan(std::string_view bytes, std::optional<Refusal>& refusal) {
  if (!bytes.empty() && !is_token_char(bytes.front())) {
    refusal = bad("this is no request of HTTP");
    return std::nullopt;
  }
  for (std::size_t at = bytes.find('\n', seen_); at != std::string_view::npos; at = bytes.find('\n', at + 1)) {
    if (at == 0 || bytes[at - 1] != '\r') refusal = bad("a line ends with CR and LF");
    if (!refusal && at >= 3 && bytes.substr(at - 3, kEnd.size()) == kEnd) {
      refusal = too_long(bytes.substr(0, at));
      if (!refusal && has_strange_bytes(bytes.substr(0, at + 1))) refusal = bad("the header has control characters");
      return refusal ? std::nullopt : std::optional(at + 1);
    }
    const bool folded = at + 1 < bytes.size() && (bytes[at + 1] == ' ' || bytes[at + 1] == '\t');
    if (!refusal && folded) refusal = bad("a line of the header is folded, or begins with a blank");
    if (refusal) return std::nullopt;
    seen_ = at;  // once more: what follows the line may not have come yet
  }
  refusal = too_long(bytes);
  return std::nullopt;
}

std::optional<Refusal> check_version(char* header, std::size_t size) {
  const std::string_view bytes(header, size);
  const std::string_view line = bytes.substr(0, bytes.find('\r'));
  constexpr std::string_view kName = " HTTP/";
  constexpr std::size_t kSize = kName.size() + 3;
  const std::string_view version = line.size() < kSize ? std::string_view() : line.substr(line.size() - kSize);
  const bool has_one = version.starts_with(kName) && is_digit(version[kName.size()]) &&
                       version[kName.size() + 1] == '.' && is_digit(version.back());
  if (!has_one) return bad("the request line has no version of HTTP");
  if (version[kName.size()] != '1') {
    return Refusal{505, ErrorCode::kSerialization, "the agent speaks HTTP/1.1"};
  }
  if (version.back() > '1') header[line.size() - 1] = '1';
  return std::nullopt;
}

std::optional<Refusal> check_header(Request& request) {
  const Fields fields(request);
  const unsigned version = request.version();
  if (fields.all > kMostFields) {
    return Refusal{431, ErrorCode::kSerialization, "the header of the request has more than 100 fields"};
  }
  if (auto refusal = check_framing(fields, version)) return refusal;
  if (auto refusal = check_host(fields.host, version)) return refusal;
  if (request.method() == http::verb::connect) {
    return Refusal{405, ErrorCode::kUnknownOperation, "the agent is no proxy", kAllOfRoot};
  }
  if (auto refusal = check_content(fields, version)) return refusal;  // before the fields change
  if (auto refusal = check_target(request)) return refusal;
  if (auto refusal = check_method(request)) return refusal;
  return check_query(request);
}

bool has_body(const Request& request) {
  const auto length = request[http::field::content_length];
  return request.count(http::field::transfer_encoding) != 0 ||
         std::any_of(length.begin(), length.end(), [](char c) { return c != '0'; });
}

bool expects_continue(const Request& request) {
  return request.version() >= 11 && request.count(http::field::expect) == 1 &&
         lower_ascii(view_of(request[http::field::expect])) == kContinue;
}

std::optional<Response> plain_answer(const Request& request) {
  Response response;
  if (request.method() == http::verb::options) {
    const std::string_view target = view_of(request.target());
    response.allow = target == "*" || target == "/" ? kAllOfRoot : kReading;
    return response;
  }
  const std::string_view target = view_of(request.target());
  const std::string_view path = target.substr(0, target.find('?'));
  const bool asks = path == kHealthPath || path == kPingPath || target == "/";
  return reads_only(request) && asks ? std::optional(std::move(response)) : std::nullopt;
}

std::string http_date(Time time) {
  constexpr std::array<const char*, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss<std::chrono::seconds> clock(std::chrono::floor<std::chrono::seconds>(time - day));
  std::array<char, 64> text{};
  (void)std::snprintf(text.data(), text.size(), "%s, %02u %s %04d %02ld:%02ld:%02ld GMT",
                      kDays.at(std::chrono::weekday(day).c_encoding()), static_cast<unsigned>(date.day()),
                      kMonths.at(static_cast<unsigned>(date.month()) - 1), static_cast<int>(date.year()),
                      static_cast<long>(clock.hours().count()), static_cast<long>(clock.minutes().count()),
                      static_cast<long>(clock.seconds().count()));
  return text.data();
}

const std::string& DateField::text() {
  const Time now = clock_.now();
  const auto second = std::chrono::floor<std::chrono::seconds>(now);
  if (second != second_ || text_.empty()) {
    second_ = second;
    text_ = http_date(now);
  }
  return text_;
}

std::string response_head(const Response& response, bool keep_alive, std::string_view date) {
  const auto reason = http::obsolete_reason(http::int_to_status(response.status));
  std::string head = cat("HTTP/1.1 ", std::to_string(response.status), " ", view_of(reason), "\r\nDate: ", date,
                         "\r\nConnection: ", keep_alive ? "keep-alive" : "close", "\r\n");
  if (!response.request_id.empty()) head += cat("x-amzn-RequestId: ", response.request_id, "\r\n");
  if (!response.error_type.empty()) head += cat("x-amzn-ErrorType: ", response.error_type, "\r\n");
  if (!response.allow.empty()) head += cat("Allow: ", response.allow, "\r\n");
  if (response.status == 415) head += "Accept-Encoding: identity\r\n";
  if (response.retry_after > 0) head += cat("Retry-After: ", std::to_string(response.retry_after), "\r\n");
  if (response.content_type == kCborType) head += "smithy-protocol: rpc-v2-cbor\r\n";
  if (!response.body.empty()) head += cat("Content-Type: ", response.content_type, "\r\n");
  return cat(head, "Cache-Control: no-store\r\nContent-Length: ", std::to_string(response.body.size()), "\r\n\r\n");
}

}  // namespace kms::agent
