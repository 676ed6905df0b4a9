#include "cli/agent/client.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <functional>
#include <nlohmann/json.hpp>
#include <thread>

#include "cli/agent/endpoint.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "tests/unit/vault/vault_world.h"

using namespace kms;
using namespace kms::agent;

namespace {

constexpr uid_t kOther = 4711;

// Becomes another user while it lives, where this process may.
class As {
 public:
  explicit As(uid_t uid) { done_ = seteuid(uid) == 0; }
  ~As() { (void)!seteuid(getuid()); }
  As(const As&) = delete;
  As& operator=(const As&) = delete;
  As(As&&) = delete;
  As& operator=(As&&) = delete;
  explicit operator bool() const { return done_; }

 private:
  bool done_ = false;
};

// A process that answers whatever comes with `answer`, and keeps what came.
class FakeAgent {
 public:
  explicit FakeAgent(UniqueFd listening, std::string answer = {})
      : listening_(std::move(listening)), thread_([this, answer = std::move(answer)] { serve(answer); }) {}
  ~FakeAgent() { thread_.join(); }
  FakeAgent(const FakeAgent&) = delete;
  FakeAgent& operator=(const FakeAgent&) = delete;
  FakeAgent(FakeAgent&&) = delete;
  FakeAgent& operator=(FakeAgent&&) = delete;

  std::string received() {  // once the client has hung up
    thread_.join();
    thread_ = std::thread([] {});
    return received_;
  }

 private:
  void serve(const std::string& answer) {
    timeval patience{20, 0};
    setsockopt(listening_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    fcntl(listening_.get(), F_SETFL, 0);
    const UniqueFd client(accept(listening_.get(), nullptr, nullptr));
    std::array<char, 4096> piece{};
    while (true) {
      const ssize_t count = read(client.get(), piece.data(), piece.size());
      if (count <= 0) return;
      received_.append(piece.data(), static_cast<std::size_t>(count));
      if (answer.empty() || received_.find("\r\n\r\n") == std::string::npos) continue;
      write_all(client.get(), as_bytes(answer), "client");
      return;
    }
  }

  UniqueFd listening_;
  std::string received_;
  std::thread thread_;
};

ErrorCode failure_of(const std::function<void()>& act, std::string* message = nullptr) {
  try {
    act();
  } catch (const Error& error) {
    if (message != nullptr) *message = error.what();
    return error.code();
  }
  return ErrorCode::kInternal;
}

std::string http(unsigned status, const std::string& type, const std::string& body) {
  return cat("HTTP/1.1 ", std::to_string(status), " X\r\nContent-Type: ", type,
             "\r\nContent-Length: ", std::to_string(body.size()), "\r\n\r\n", body);
}

struct Place {
  test::VaultWorld world;  // for its directory
  std::string directory = world.path + "-run";
  std::string socket = directory + "/agent.sock";
  ~Place() {
    unlink(socket.c_str());
    rmdir(directory.c_str());
  }
};

// How a call ends when the agent answers so.
ErrorCode answered(const std::string& answer, std::string* message = nullptr) {
  const Place place;
  FakeAgent fake(listen_at(place.socket, 0600), answer);
  return failure_of([&] { Client::connect(place.socket, {})->get("/status", {}); }, message);
}

}  // namespace

TEST_SUITE("agent client") {
  TEST_CASE("an error is reported whatever form it comes in") {
    const std::string json = R"({"__type":"AccessDeniedException","message":"nobody"})";
    CHECK(answered(http(400, "application/x-amz-json-1.1", json)) == ErrorCode::kAccessDenied);
    std::string message;
    const std::string xml =
        "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code>"
        "<Message>the user &lt;65534&gt; is nobody &amp;amp; stays it</Message></Error></ErrorResponse>";
    CHECK(answered(http(400, "text/xml", xml), &message) == ErrorCode::kAccessDenied);
    CHECK(message == "the user <65534> is nobody &amp; stays it");
    CHECK(answered(http(400, "text/xml", "<Code>VaultLockedException</Code>")) == ErrorCode::kVaultLocked);
    CHECK(answered(http(403, "text/plain", "no")) == ErrorCode::kAccessDenied);
    CHECK(answered(http(429, "text/plain", "")) == ErrorCode::kThrottling);
    CHECK(answered(http(500, "text/html", "<html>"), &message) == ErrorCode::kInternal);
    CHECK(message == "the agent answered HTTP 500 without saying why");
    CHECK(answered(http(400, "application/json", R"({"message":"no type"})"), &message) == ErrorCode::kInternal);
    CHECK(message == "the agent answered HTTP 400 without saying why");
  }

  TEST_CASE("an agent of the user, of root, of the vault's owner or of a user that was named is talked to") {
    const Place place;
    if (getuid() != 0) {
      MESSAGE("needs root for a second user");
      return;
    }
    REQUIRE(mkdir(place.directory.c_str(), 0755) == 0);
    REQUIRE(chmod(place.world.path.substr(0, place.world.path.rfind('/')).c_str(), 0711) == 0);
    REQUIRE(chown(place.directory.c_str(), kOther, kOther) == 0);
    const auto fake = [&] {
      const As other(kOther);
      return listen_at(place.socket, 0666);
    };
    std::string message;
    {
      FakeAgent agent(fake());
      CHECK(failure_of([&] { Client::connect(place.socket, {}); }, &message) == ErrorCode::kAccessDenied);
      CHECK(message.find("--agent-uid 4711") != std::string::npos);
      CHECK(agent.received().empty());
      CHECK(failure_of([&] { Client::connect(place.socket, {kOther + 1, kOther + 2}); }) == ErrorCode::kAccessDenied);
    }
    {
      FakeAgent agent(fake());
      CHECK(Client::connect(place.socket, {kOther, std::nullopt}) != nullptr);
    }
    {
      FakeAgent agent(fake());
      CHECK(Client::connect(place.socket, {std::nullopt, kOther}) != nullptr);
    }
    REQUIRE(chown(place.directory.c_str(), 0, 0) == 0);
    FakeAgent agent(listen_at(place.socket, 0666));
    const As user(kOther);  // root's is everybody's
    CHECK(Client::connect(place.socket, {}) != nullptr);
  }

  TEST_CASE("the overflow uid is nobody, even when it was named") {
    const Place place;
    if (getuid() != 0) return;
    REQUIRE(mkdir(place.directory.c_str(), 0755) == 0);
    REQUIRE(chmod(place.world.path.substr(0, place.world.path.rfind('/')).c_str(), 0711) == 0);
    REQUIRE(chown(place.directory.c_str(), 65534, 65534) == 0);
    UniqueFd listening = [&] {
      const As nobody(65534);
      return listen_at(place.socket, 0666);
    }();
    FakeAgent agent(std::move(listening));
    CHECK(failure_of([&] { Client::connect(place.socket, {65534, 65534}); }) == ErrorCode::kAccessDenied);
    CHECK(agent.received().empty());
  }

  TEST_CASE("nothing is told through a directory in which others can put another socket") {
    const Place place;
    std::string message;
    {
      FakeAgent agent(listen_at(place.socket, 0600));
      for (const mode_t mode : {0777U, 01777U, 0770U}) {
        REQUIRE(chmod(place.directory.c_str(), mode) == 0);
        CHECK(failure_of([&] { Client::connect(place.socket, {}); }, &message) == ErrorCode::kAccessDenied);
        CHECK(message.find("chmod go-w") != std::string::npos);
      }
      CHECK(agent.received().empty());
    }
    REQUIRE(chmod(place.directory.c_str(), 0755) == 0);
    if (getuid() != 0) return;
    FakeAgent agent(listen_at(place.socket, 0600));
    REQUIRE(chown(place.directory.c_str(), kOther, kOther) == 0);
    CHECK(failure_of([&] { Client::connect(place.socket, {}); }, &message) == ErrorCode::kAccessDenied);
    CHECK(message.find("belongs to the user 4711") != std::string::npos);
    CHECK(agent.received().empty());
  }

  TEST_CASE("no socket is made where others can write, or in the directory of another user") {
    const Place place;
    REQUIRE(mkdir(place.directory.c_str(), 0700) == 0);
    for (const mode_t mode : {0777U, 01777U, 0720U, 0702U}) {
      REQUIRE(chmod(place.directory.c_str(), mode) == 0);
      CHECK(failure_of([&] { listen_at(place.socket, 0600); }) == ErrorCode::kFile);
      CHECK(access(place.socket.c_str(), F_OK) != 0);
    }
    REQUIRE(chmod(place.directory.c_str(), 0755) == 0);
    if (getuid() == 0) {
      REQUIRE(chown(place.directory.c_str(), kOther, kOther) == 0);
      CHECK(failure_of([&] { listen_at(place.socket, 0600); }) == ErrorCode::kFile);
      CHECK(access(place.socket.c_str(), F_OK) != 0);
      REQUIRE(chown(place.directory.c_str(), 0, 0) == 0);
    }
    CHECK(listen_at(place.socket, 0600));
  }

  TEST_CASE("a user is named by name or number") {
    CHECK(user_id("root") == 0);
    CHECK(user_id("4711") == 4711);
    CHECK(failure_of([] { user_id("no such user"); }) == ErrorCode::kUsage);
    CHECK(failure_of([] { user_id("-1"); }) == ErrorCode::kUsage);
    CHECK(failure_of([] { user_id("99999999999"); }) == ErrorCode::kUsage);
  }
}
