#include "cli/agent/http_connection.h"

#include <boost/beast/http/status.hpp>

namespace kms::agent {

std::string response_head(const Response& response, bool keep_alive) {
  const auto reason = http::obsolete_reason(http::int_to_status(response.status));
  std::string head = cat("HTTP/1.1 ", std::to_string(response.status), " ", view_of(reason), "\r\n");
  if (!response.request_id.empty()) head += cat("x-amzn-RequestId: ", response.request_id, "\r\n");
  if (!response.error_type.empty()) head += cat("x-amzn-ErrorType: ", response.error_type, "\r\n");
  if (response.retry_after > 0) head += cat("Retry-After: ", std::to_string(response.retry_after), "\r\n");
  if (!response.body.empty()) head += cat("Content-Type: ", response.content_type, "\r\n");
  if (!keep_alive) head += "Connection: close\r\n";
  return cat(head, "Cache-Control: no-store\r\nContent-Length: ", std::to_string(response.body.size()), "\r\n\r\n");
}

}  // namespace kms::agent
