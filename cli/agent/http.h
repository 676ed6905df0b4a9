#pragma once
// The messages of HTTP/1.1 (RFC 9112) as the agent reads and writes them. Whatever held them is wiped: they carry
// plaintext.
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <chrono>
#include <string>
#include <string_view>

#include "core/base/error.h"
#include "core/base/json_text.h"

namespace kms::agent {

namespace http = boost::beast::http;
using Buffer = boost::beast::basic_flat_buffer<WipingAllocator<char>>;
using Body = http::basic_string_body<char, std::char_traits<char>, WipingAllocator<char>>;
using BodyText = Body::value_type;
using Request = http::request<Body>;
using RequestParser = http::request_parser<Body>;

inline constexpr std::uint32_t kHeaderLimit = 1U << 14U;
inline constexpr std::uint64_t kBodyLimit = std::uint64_t{1} << 20U;       // of any request
inline constexpr std::uint64_t kSmallBodyLimit = std::uint64_t{1} << 16U;  // over TCP, where nothing asks for more
inline constexpr std::string_view kCborType = "application/cbor";

inline std::string_view view_of(boost::beast::string_view text) {
  return {text.data(), text.size()};
}
inline std::string_view view_of(const BodyText& text) {
  return {text.data(), text.size()};
}
inline bool reads_only(const Request& request) {
  return request.method() == http::verb::get || request.method() == http::verb::head;
}

struct Response {
  unsigned status = 200;
  std::string_view content_type = "application/x-amz-json-1.1";  // a constant
  std::string request_id;
  std::string error_type;              // x-amzn-ErrorType; empty when the request succeeded
  std::string_view allow;              // the methods that the target has, where that is what the client got wrong
  unsigned retry_after = 0;            // seconds; 0: not said
  bool known = false;                  // whether it was made for a caller whose proof holds
  std::chrono::milliseconds delay{0};  // before it is sent
  BodyText body;
};

// A request that HTTP itself forbids, or that nobody listens to.
struct Refusal {
  unsigned status = 400;
  ErrorCode code = ErrorCode::kSerialization;
  std::string message;
  std::string_view allow = {};  // a constant
};

}  // namespace kms::agent
