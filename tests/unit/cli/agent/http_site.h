#pragma once
// A front end with connections to it over pairs of sockets, for tests.
#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "cli/agent/body_budget.h"
#include "cli/agent/http_connection.h"
#include "core/base/text.h"
#include "core/base/time_text.h"
#include "core/ops/table.h"

namespace kms::test {

using namespace agent;  // NOLINT(google-global-names-in-headers): of a namespace for tests
using LocalSocket =
    boost::asio::basic_stream_socket<boost::asio::local::stream_protocol, boost::asio::io_context::executor_type>;

inline const Peer kTcp{false, 0, "127.0.0.1"};
inline const Peer kUnix{true, 1000, "127.0.0.1"};

struct FixedClock final : Clock {
  explicit FixedClock(std::string_view text) : time(parse_time(text).value()) {}
  Time now() const override { return time; }
  BootTime boot_time() const override { return {}; }
  Time time;
};

// Nothing runs but in Client. The vault of one that is made without a path is locked, and needs no files.
struct Site {
  explicit Site(const std::string& path = "/nonexistent", std::string_view now = "1994-11-06T08:49:37.250Z")
      : clock(now), keeper(path, operations(), clock, random, metrics) {}
  FixedClock clock;
  SystemRandom random;
  Metrics metrics;
  VaultKeeper keeper;
  Frontend frontend{keeper, metrics, clock, random, {"localhost"}, {[] {}, [] {}, [](const std::string&) {}}};
  boost::asio::io_context io{1};
  DateField date{clock};
  BodyBudget bodies{std::size_t{1} << 20U};
  ConnectionServices services{frontend, bodies, date, [](const std::function<void()>& work) { work(); }};
};

class Client {
 public:
  explicit Client(Site& site, Peer peer = kTcp) : site_(site) {
    std::array<int, 2> pair{};
    REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair.data()) == 0);
    fd_ = pair[0];
    LocalSocket stream(site.io.get_executor(), boost::asio::local::stream_protocol(), pair[1]);
    stream.non_blocking(true);
    connection = std::make_shared<HttpConnection<LocalSocket>>(std::move(stream), std::move(peer), site.services,
                                                               [this](const auto&) { closed = true; });
    connection->start();
    run();
  }
  ~Client() {
    ::close(fd_);
    run();
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  Client(Client&&) = delete;
  Client& operator=(Client&&) = delete;

  void run() {
    site_.io.restart();
    while (site_.io.poll() > 0) {}
  }

  // What comes back, as far as it does without more being sent.
  std::string send(std::string_view bytes) {
    std::string out;
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent > 0) bytes.remove_prefix(static_cast<std::size_t>(sent));
      out += receive();
      if (sent <= 0 && closed) break;
    }
    return out + receive();
  }

  std::string receive() {
    std::string out;
    std::array<char, 4096> piece{};
    for (ssize_t size = 1; size > 0;) {
      run();
      size = read(fd_, piece.data(), piece.size());
      if (size > 0) out.append(piece.data(), static_cast<std::size_t>(size));
      ended = ended || size == 0;
    }
    return out;
  }

  std::shared_ptr<Connection> connection;
  bool closed = false;  // by the agent, both ways
  bool ended = false;   // the agent sends no more

 private:
  Site& site_;
  int fd_ = -1;
};

inline std::string status_of(const std::string& answer) {
  return answer.starts_with("HTTP/1.1 ") ? answer.substr(9, 3) : answer;
}

inline std::string field(const std::string& answer, std::string_view name) {
  const std::string start = cat("\r\n", name, ": ");
  const std::size_t at = answer.find(start);
  if (at == std::string::npos) return {};
  return answer.substr(at + start.size(), answer.find('\r', at + start.size()) - at - start.size());
}

inline std::string body_of(const std::string& answer) {
  return answer.substr(std::min(answer.find("\r\n\r\n"), answer.size() - 4) + 4);
}

}  // namespace kms::test
