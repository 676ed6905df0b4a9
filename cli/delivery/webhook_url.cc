#include "cli/delivery/webhook_url.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>

#include "core/base/text.h"

namespace kms::delivery {
namespace {

constexpr std::uint16_t kHttpsPort = 443;
constexpr std::uint16_t kHttpPort = 80;
constexpr std::size_t kLongestHost = 253;  // RFC 1035, as text
constexpr std::size_t kLongestLabel = 63;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_visible_ascii(char c) {
  return c > ' ' && c < '\x7f';
}

bool is_host_label(std::string_view label) {
  const auto fits = [](char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || c == '-' || c == '_'; };
  return !label.empty() && label.size() <= kLongestLabel && std::ranges::all_of(label, fits);
}

// What a resolver would take for an address in one of the forms of inet_aton(3) ends in a number.
bool looks_numeric(std::string_view host) {
  const std::string_view last = split(host, '.').back();
  return std::ranges::all_of(last, is_digit) || last.starts_with("0x");
}

bool is_ipv4(const std::string& host, bool& loopback) {
  constexpr std::uint32_t kLoopbackNetwork = 127;
  in_addr address{};
  if (inet_pton(AF_INET, host.c_str(), &address) != 1) return false;
  loopback = ntohl(address.s_addr) >> 24U == kLoopbackNetwork;
  return true;
}

bool is_ipv6(const std::string& host, bool& loopback) {
  in6_addr address{};
  if (inet_pton(AF_INET6, host.c_str(), &address) != 1) return false;
  loopback = IN6_IS_ADDR_LOOPBACK(&address) != 0;
  return true;
}

// What is wrong with the host; empty: nothing, and it is in `url`.
std::string read_host(std::string_view text, WebhookUrl& url) {
  bool loopback = false;
  if (text.starts_with('[')) {
    if (!text.ends_with(']')) return "its host has '[' without ']'";
    url.host = text.substr(1, text.size() - 2);
    url.is_address = true;
    if (!is_ipv6(url.host, loopback)) return "what its host has in brackets is no IPv6 address";
  } else {
    url.host = lower_ascii(text);
    if (url.host.empty()) return "it names no host";
    const std::vector<std::string_view> labels = split(std::string_view(url.host), '.');
    if (url.host.size() > kLongestHost || !std::ranges::all_of(labels, is_host_label)) {
      return "its host is no name of a host (write one in other letters as xn--...)";
    }
    url.is_address = is_ipv4(url.host, loopback);
    if (!url.is_address && looks_numeric(url.host)) return "its host is no IPv4 address of four numbers";
    loopback = loopback || url.host == "localhost";
  }
  if (!url.tls && !loopback) return "http:// is for this machine alone (127.0.0.1, [::1], localhost): use https://";
  return {};
}

std::string read_port(std::string_view text, WebhookUrl& url) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), url.port);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole && url.port != 0 ? std::string() : "its port is no number from 1 to 65535";
}

std::string read_authority(std::string_view text, WebhookUrl& url) {
  if (text.find('@') != std::string_view::npos) {
    return "it holds a user's name or password, which is sent to no webhook";
  }
  const std::size_t colon =
      text.starts_with('[') ? text.find(':', std::min(text.find(']'), text.size())) : text.find(':');
  url.port = url.tls ? kHttpsPort : kHttpPort;
  if (colon != std::string_view::npos) {
    if (std::string wrong = read_port(text.substr(colon + 1), url); !wrong.empty()) return wrong;
  }
  return read_host(text.substr(0, colon), url);
}

std::string read_url(std::string_view text, WebhookUrl& url) {
  constexpr std::string_view kHttps = "https://";
  constexpr std::string_view kHttp = "http://";
  if (text.size() > kLongestUrl) return cat("it has more than ", std::to_string(kLongestUrl), " characters");
  if (!std::ranges::all_of(text, is_visible_ascii)) {
    return "it has a space, a control character or one beyond ASCII (write those as %XX)";
  }
  if (text.find('#') != std::string_view::npos) return "it has a fragment, which no server sees: leave out '#...'";
  if (!text.starts_with(kHttps) && !text.starts_with(kHttp)) return "the URL of a webhook begins with https://";
  url.tls = text.starts_with(kHttps);
  text.remove_prefix((url.tls ? kHttps : kHttp).size());
  const std::size_t end = std::min(text.find_first_of("/?"), text.size());
  const std::string_view rest = text.substr(end);
  url.target = rest.starts_with('/') ? std::string(rest) : cat("/", rest);
  return read_authority(text.substr(0, end), url);
}

}  // namespace

std::string WebhookUrl::host_field() const {
  const bool brackets = host.find(':') != std::string::npos;
  std::string out = brackets ? cat("[", host, "]") : host;
  if (port != (tls ? kHttpsPort : kHttpPort)) out += cat(":", std::to_string(port));
  return out;
}

ParsedUrl parse_url(std::string_view text) {
  WebhookUrl url;
  std::string wrong = read_url(text, url);
  if (!wrong.empty()) return {.wrong = std::move(wrong)};
  return {.url = std::move(url)};
}

std::optional<std::string> unfit_url(std::string_view text) {
  ParsedUrl parsed = parse_url(text);
  if (parsed.url) return std::nullopt;
  return std::move(parsed.wrong);
}

}  // namespace kms::delivery
