#pragma once
// What HTTP/1.1 asks of a server about requests (RFC 9110, RFC 9112), apart from reading and writing. Pure functions
// over untrusted bytes.
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "cli/agent/http.h"
#include "core/base/clock.h"

namespace kms::agent {

// Looks for the end of a header at the front of `bytes`, which grow from call to call.
class HeaderScanner {
 public:
  // The size of the header with the empty line that ends it; nothing while that is not there. A refusal comes as soon
  // as it is sure: the parser never sees a header with line ends, folded lines or control characters that another
  // reader would take for something else (RFC 9112 sections 2.2 and 5.2), or one that is too long.
  std::optional<std::size_t> scan(std::string_view bytes, std::optional<Refusal>& refusal);

 private:
  std::size_t seen_ = 0;
};

// A minor version that is not known is read as HTTP/1.1 (RFC 9110 section 2.5): overwrites it in the request line at
// the front of `header`.
std::optional<Refusal> check_version(char* header, std::size_t size);

// All that can be told without the body. Makes the target of `request` a path and its Host that of an absolute target
// (RFC 9112 section 3.2.2).
std::optional<Refusal> check_header(Request& request);

bool has_body(const Request& request);          // after check_header()
bool expects_continue(const Request& request);  // RFC 9110 section 10.1.1

// Of what needs neither vault nor caller: OPTIONS, and whether the agent is up, which says nothing else.
std::optional<Response> plain_answer(const Request& request);

// As the Date header has it (RFC 9110 section 5.6.7): Sun, 06 Nov 1994 08:49:37 GMT.
std::string http_date(Time time);

// The present date, rendered once a second. For one thread.
class DateField {
 public:
  explicit DateField(const Clock& clock) : clock_(clock) {}  // which outlives it
  const std::string& text();

 private:
  const Clock& clock_;
  std::chrono::sys_seconds second_{};
  std::string text_;
};

// The head of a response, with the empty line that ends it.
std::string response_head(const Response& response, bool keep_alive, std::string_view date);

}  // namespace kms::agent
