// Which URLs a webhook may have, and that nothing is told of the part of one that may be a secret.
#include "cli/delivery/webhook_url.h"

#include <doctest/doctest.h>

#include "core/base/text.h"

using namespace kms;
using namespace kms::delivery;

namespace {

WebhookUrl parts(std::string_view text) {
  const ParsedUrl parsed = parse_url(text);
  CAPTURE(parsed.wrong);
  REQUIRE(parsed.url);
  return *parsed.url;
}

bool is_refused(std::string_view text, std::string_view part) {
  const auto wrong = unfit_url(text);
  CAPTURE(text);
  CAPTURE(wrong.value_or("nothing"));
  if (wrong) CHECK(wrong->find("T0KEN") == std::string::npos);
  return wrong && wrong->find(part) != std::string::npos;
}

}  // namespace

TEST_SUITE("delivery/webhook_url") {
  TEST_CASE("a URL has its host, port and target") {
    const WebhookUrl url = parts("https://Hooks.Example.com/services/T0?a=b@c:d/e");
    CHECK(url.tls);
    CHECK(url.host == "hooks.example.com");
    CHECK_FALSE(url.is_address);
    CHECK(url.port == 443);
    CHECK(url.target == "/services/T0?a=b@c:d/e");
    CHECK(url.host_field() == "hooks.example.com");
    CHECK(parts("https://h").target == "/");
    CHECK(parts("https://h?x=1").target == "/?x=1");
    CHECK(parts("https://h:8443/").host_field() == "h:8443");
    CHECK(parts("https://h:443/").host_field() == "h");
  }

  TEST_CASE("a host may be an address") {
    CHECK(parts("https://10.1.2.3/").is_address);
    const WebhookUrl url = parts("https://[2001:db8::1]:8443/x");
    CHECK(url.is_address);
    CHECK(url.host == "2001:db8::1");
    CHECK(url.port == 8443);
    CHECK(url.host_field() == "[2001:db8::1]:8443");
    CHECK(parts("https://[2001:db8::1]/x").port == 443);
  }

  TEST_CASE("without TLS a webhook is on this machine") {
    CHECK(parts("http://127.0.0.1/x").port == 80);
    CHECK_FALSE(parts("http://127.9.9.9:8080/x").tls);
    CHECK(parts("http://[::1]:8080/x").host_field() == "[::1]:8080");
    CHECK(parts("http://localhost/x").host == "localhost");
    for (const std::string_view host : {"example.com", "10.0.0.1", "126.255.255.255", "128.0.0.1", "[::2]", "[::]",
                                        "0.0.0.0", "localhost.example.com", "127.0.0.1.example.com"}) {
      CHECK(is_refused(cat("http://", host, "/T0KEN"), "use https://"));
    }
  }

  TEST_CASE("an address in a form that only a resolver knows is refused: it could be one of this machine") {
    for (const std::string_view host :
         {"127.1", "2130706433", "0x7f000001", "0x7f.1", "127.0.0.256", "1.2.3.4.5", "example.1"}) {
      CHECK(is_refused(cat("https://", host, "/T0KEN"), "no IPv4 address of four numbers"));
    }
  }

  TEST_CASE("what a URL of a webhook cannot hold is refused by its name") {
    CHECK(is_refused("", "begins with https://"));
    CHECK(is_refused("ftp://h/T0KEN", "begins with https://"));
    CHECK(is_refused("h/T0KEN", "begins with https://"));
    CHECK(is_refused("https://", "names no host"));
    CHECK(is_refused("https:///T0KEN", "names no host"));
    CHECK(is_refused("https://:443/T0KEN", "names no host"));
    CHECK(is_refused("https://user:T0KEN@h/", "user's name or password"));
    CHECK(is_refused("https://h/T0KEN#part", "fragment"));
    CHECK(is_refused("https://h/T0 KEN", "a space, a control character"));
    CHECK(is_refused("https://h/T0KEN\r\nX-Y: z", "a space, a control character"));
    CHECK(is_refused(std::string_view("https://h/\0", 11), "a space, a control character"));
    CHECK(is_refused("https://h/\x7f", "a space, a control character"));
    CHECK(is_refused("https://bücher.example/T0KEN", "beyond ASCII"));
    CHECK(is_refused("https://a..b/T0KEN", "no name of a host"));
    CHECK(is_refused("https://a\\b/T0KEN", "no name of a host"));
    CHECK(is_refused(cat("https://", std::string(64, 'a'), "/T0KEN"), "no name of a host"));
    CHECK(is_refused("https://[::1/T0KEN", "'[' without ']'"));
    CHECK(is_refused("https://[fe80::1%25eth0]/T0KEN", "no IPv6 address"));
    CHECK(is_refused("https://[127.0.0.1]/T0KEN", "no IPv6 address"));
    for (const std::string_view port : {"", "0", "65536", "-1", "+1", "8x", "443:443"}) {
      CHECK(is_refused(cat("https://h:", port, "/T0KEN"), "no number from 1 to 65535"));
    }
    CHECK(unfit_url(cat("https://h/", std::string(kLongestUrl - 10, 'x'))) == std::nullopt);
    CHECK(is_refused(cat("https://h/", std::string(kLongestUrl - 9, 'x')), "more than 2048 characters"));
  }
}
