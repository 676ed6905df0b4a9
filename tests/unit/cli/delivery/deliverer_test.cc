// Notices by their channel.
#include "cli/delivery/deliverer.h"

#include <doctest/doctest.h>

#include <vector>

#include "tests/unit/cli/delivery/script.h"

using namespace kms;
using namespace kms::delivery;
using namespace kms::test;
using std::chrono::milliseconds;

namespace {

struct DeliverySite {
  Folder folder;
  std::vector<std::string> log;
  Deliverer deliverer{[this](std::string_view line) { log.emplace_back(line); }, {.syslog_socket = "none"}};

  std::optional<std::string> tell(const AlertDestination& destination, milliseconds patience = milliseconds(20000)) {
    return deliverer.deliver(destination, "night", "{\"a\":1}", patience);
  }
};

}  // namespace

TEST_SUITE("delivery/deliverer") {
  TEST_CASE("a notice reaches a program, a file, and what each of them says is logged for the alert") {
    DeliverySite site;
    const std::string told = absolute("told");
    CHECK(site.tell({AlertChannel::kProgram, script("cat >$1; echo done; printf '\\033[2J\\n'"), {told}}) ==
          std::nullopt);
    CHECK(Folder::read("told") == "{\"a\":1}\n");
    CHECK(site.log == std::vector<std::string>{"alert night: done", "alert night: \\u001b[2J"});
    CHECK(site.tell({AlertChannel::kFile, absolute("log")}) == std::nullopt);
    CHECK(Folder::read("log") == "{\"a\":1}\n");
    CHECK(site.tell({AlertChannel::kSyslog}) == "no syslog listens at none");
    CHECK(site.log.size() == 2);
  }

  TEST_CASE("what a program says when it fails is logged, and the last of it is the reason") {
    DeliverySite site;
    CHECK(site.tell({AlertChannel::kProgram, script("echo one; echo two; exit 4")}) == "exit code 4: two");
    CHECK(site.log == std::vector<std::string>{"alert night: one", "alert night: two"});
  }

  TEST_CASE("a program that others can change by now is not started") {
    DeliverySite site;
    const std::string path = script(cat("touch ", absolute("started")));
    REQUIRE(site.deliverer.unfit({AlertChannel::kProgram, path}) == std::nullopt);
    std::filesystem::permissions("program", std::filesystem::perms::all);
    CHECK(site.deliverer.unfit({AlertChannel::kProgram, path}).has_value());
    CHECK(site.tell({AlertChannel::kProgram, path}) == site.deliverer.unfit({AlertChannel::kProgram, path}));
    CHECK_FALSE(Folder::has("started"));
  }

  TEST_CASE("what can never be delivered is known beforehand, for each channel") {
    DeliverySite site;
    const auto unfit = [&](AlertDestination destination) { return site.deliverer.unfit(destination); };
    CHECK(unfit({AlertChannel::kSyslog}) == std::nullopt);
    CHECK(unfit({AlertChannel::kFile, absolute("log")}) == std::nullopt);
    CHECK(unfit({AlertChannel::kFile, "log"}).has_value());
    CHECK(unfit({AlertChannel::kProgram, "/bin/sh", {"-c", "exit"}}) == std::nullopt);
    CHECK(unfit({AlertChannel::kProgram, "/bin/sh", {std::string(1, '\0')}}) == "an argument has a zero byte");
    CHECK(unfit({AlertChannel::kWebhook, "https://hooks.example.com/T0/x"}) == std::nullopt);
    CHECK(unfit({AlertChannel::kWebhook, "http://hooks.example.com/T0/x"}).has_value());
  }

  TEST_CASE("what the system throws is a reason, too") {
    DeliverySite site;
    CHECK(site.tell({AlertChannel::kWebhook, "http://hooks.example.com/T0/x"}).has_value());
    Deliverer broken([](std::string_view) {}, {.trusted_certificates = absolute("none.pem")});
    const auto failure =
        broken.deliver({AlertChannel::kWebhook, "https://127.0.0.1/T0/x"}, "night", "{}", milliseconds(200));
    REQUIRE(failure);
    CHECK(failure->find("T0") == std::string::npos);
  }
}
