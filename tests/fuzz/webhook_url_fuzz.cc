// A URL of a webhook is refused, or its parts make a URL again that means the same; without TLS it is of this machine.
#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>

#include "cli/delivery/webhook_url.h"
#include "core/base/bytes.h"
#include "core/base/text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = kms::as_text({data, size});
  const auto parsed = kms::delivery::parse_url(text);
  if (parsed.url.has_value() != parsed.wrong.empty()) std::abort();
  if (!parsed.url) return 0;
  const auto& url = *parsed.url;
  const auto visible = [](char c) { return c > ' ' && c < '\x7f'; };
  if (text.size() > kms::delivery::kLongestUrl || url.port == 0 || url.host.empty()) std::abort();
  if (!url.target.starts_with('/') || !std::ranges::all_of(url.target, visible)) std::abort();
  if (!std::ranges::all_of(url.host_field(), visible)) std::abort();
  if (!url.tls && url.host != "localhost" && !url.is_address) std::abort();
  const std::string again = kms::cat(url.tls ? "https://" : "http://", url.host_field(), url.target);
  if (again.size() > kms::delivery::kLongestUrl) return 0;  // a slash more
  const auto second = kms::delivery::parse_url(again);
  if (!second.url || second.url->host != url.host || second.url->port != url.port || second.url->tls != url.tls ||
      second.url->is_address != url.is_address || second.url->target != url.target) {
    std::abort();
  }
  return 0;
}
