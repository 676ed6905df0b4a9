#pragma once
// URLs of webhooks (RFC 3986): https, or http to this machine alone. They may hold a token: what is said of them never
// repeats a part of them but the host.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kms::delivery {

inline constexpr std::size_t kLongestUrl = 2048;  // characters

struct WebhookUrl {
  bool tls = true;
  std::string host;  // a name in lower case, or an address, of IPv6 without brackets
  bool is_address = false;
  std::uint16_t port = 0;
  std::string target;  // path and query, "/" at least

  std::string host_field() const;  // of the request: with the port where it is not that of the scheme
};

// Either the parts of a URL, or what is wrong with it, in half a sentence.
struct ParsedUrl {
  std::optional<WebhookUrl> url = {};
  std::string wrong = {};
};
ParsedUrl parse_url(std::string_view text);

std::optional<std::string> unfit_url(std::string_view text);

}  // namespace kms::delivery
