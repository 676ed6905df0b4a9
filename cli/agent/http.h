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

#include "core/base/json_text.h"

namespace kms::agent {

namespace http = boost::beast::http;
using Buffer = boost::beast::basic_flat_buffer<WipingAllocator<char>>;
using Body = http::basic_string_body<char, std::char_traits<char>, WipingAllocator<char>>;
using BodyText = Body::value_type;
using Request = http::request<Body>;
using RequestParser = http::request_parser<Body>;

inline constexpr std::uint32_t kHeaderLimit = 1U << 14U;
inline constexpr std::uint64_t kBodyLimit = std::uint64_t{1} << 20U;

inline std::string_view view_of(boost::beast::string_view text) {
  return {text.data(), text.size()};
}
inline std::string_view view_of(const BodyText& text) {
  return {text.data(), text.size()};
}

struct Response {
  unsigned status = 200;
  std::string content_type = "application/x-amz-json-1.1";
  std::string request_id;
  std::string error_type;              // x-amzn-ErrorType; empty when the request succeeded
  unsigned retry_after = 0;            // seconds; 0: not said
  std::chrono::milliseconds delay{0};  // before it is sent
  BodyText body;
};

}  // namespace kms::agent
