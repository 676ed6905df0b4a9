// Notices as datagrams to a socket as /dev/log.
#include "cli/delivery/syslog.h"

#include <doctest/doctest.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstring>
#include <nlohmann/json.hpp>

#include "core/base/file.h"
#include "core/base/time_text.h"
#include "tests/unit/cli/delivery/script.h"
#include "tests/unit/cli/time_zone.h"

using namespace kms;
using namespace kms::delivery;
using namespace kms::test;
using std::chrono::milliseconds;

namespace {

UniqueFd bound_socket(const std::string& path, int type = SOCK_DGRAM) {
  UniqueFd fd(socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  REQUIRE(bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  return fd;
}

std::string received(const UniqueFd& fd) {
  std::string message(1U << 16U, '\0');
  const ssize_t size = recv(fd.get(), message.data(), message.size(), 0);
  message.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
  return message;
}

const Time kThen = parse_time("2026-11-07T21:39:05.999Z").value();

}  // namespace

TEST_SUITE("delivery/syslog") {
  TEST_CASE("a message has the form of syslog(3), in the time of the zone") {
    {
      const TimeZone zone("UTC");
      CHECK(syslog_message("night", "{\"a\":1}", kThen, 42) ==
            "<84>Nov  7 21:39:05 kmsctl[42]: alert night: {\"a\":1}");
    }
    const TimeZone zone("Europe/Berlin");
    CHECK(syslog_message("night", "{}", kThen, 42) == "<84>Nov  7 22:39:05 kmsctl[42]: alert night: {}");
  }

  TEST_CASE("a notice of more than 8 KiB goes without its event, and says the rest in its order") {
    const std::string event = cat("{\"x\":\"", std::string(9000, 'x'), "\"}");
    const auto message =
        syslog_message("night", cat("{\"version\":1,\"id\":\"i\",\"event\":", event, ",\"text\":\"t\"}"), kThen, 42);
    REQUIRE(message);
    CHECK(message->ends_with("alert night: {\"version\":1,\"id\":\"i\",\"text\":\"t\"}"));
  }

  TEST_CASE("a message has 8192 bytes at most, whatever is left out") {
    const std::size_t head = syslog_message("night", "", kThen, 42)->size();
    const std::string fitting(kSyslogLimit - head, 'x');
    CHECK(syslog_message("night", fitting, kThen, 42)->size() == kSyslogLimit);
    CHECK(syslog_message("night", fitting + "x", kThen, 42) == std::nullopt);
    CHECK(syslog_message("night", cat("{\"text\":\"", fitting, "\",\"event\":{}}"), kThen, 42) == std::nullopt);
  }

  TEST_CASE("who listens gets the message as one datagram") {
    const Folder folder;
    const UniqueFd listener = bound_socket("log");
    CHECK(tell_syslog("log", "<84>one", Deadline(milliseconds(20000))) == std::nullopt);
    CHECK(tell_syslog("log", "<84>two", Deadline(milliseconds(20000))) == std::nullopt);
    CHECK(received(listener) == "<84>one");
    CHECK(received(listener) == "<84>two");
    CHECK(received(listener).empty());
  }

  TEST_CASE("where nobody listens, that is said") {
    const Folder folder;
    CHECK(tell_syslog("log", "m", Deadline(milliseconds(200))) == "no syslog listens at log");
    { const UniqueFd gone = bound_socket("log"); }
    CHECK(tell_syslog("log", "m", Deadline(milliseconds(200))) == "no syslog listens at log");
    const UniqueFd stream = bound_socket("stream", SOCK_STREAM);
    CHECK(tell_syslog("stream", "m", Deadline(milliseconds(200))) ==
          "syslog at stream: Protocol wrong type for socket");
    CHECK(tell_syslog(std::string(200, 'x'), "m", Deadline(milliseconds(200))).has_value());
  }

  TEST_CASE("a listener that reads nothing is waited for until the time is over, and heard of once it reads") {
    const Folder folder;
    const UniqueFd listener = bound_socket("log");
    std::optional<std::string> failure;
    for (int i = 0; i < 100000 && !failure; ++i) failure = tell_syslog("log", "m", Deadline(milliseconds(200)));
    CHECK(failure == "syslog at log took nothing for 200 ms");
    while (!received(listener).empty()) {}
    CHECK(tell_syslog("log", "again", Deadline(milliseconds(20000))) == std::nullopt);
  }

  TEST_CASE("a message that no datagram holds is refused") {
    const Folder folder;
    const UniqueFd listener = bound_socket("log");
    CHECK(tell_syslog("log", std::string(16U << 20U, 'x'), Deadline(milliseconds(200))) ==
          "syslog at log: Message too long");
  }
}
