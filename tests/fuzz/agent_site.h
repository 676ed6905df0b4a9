#pragma once
// An agent in process on a vault in memory, where everything repeats: time and randomness are the test's.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <mutex>
#include <nlohmann/json.hpp>
#include <random>
#include <string>

#include "cli/agent/frontend.h"
#include "core/ops/table.h"
#include "core/records/vault.h"
#include "tests/support/world.h"
#include "tests/unit/vault/vault_world.h"

namespace kms::testing {

class RepeatingRandom final : public Random {
 public:
  void fill(MutableBytes out) override {
    const std::lock_guard lock(mutex_);
    for (std::uint8_t& byte : out) byte = static_cast<std::uint8_t>(numbers_());
  }

 private:
  std::mutex mutex_;
  std::mt19937_64 numbers_{1};
};

// Its directory goes with it. On a file system in memory where there is one.
class ScratchDirectory {
 public:
  ScratchDirectory() {
    const std::filesystem::path memory = "/dev/shm";
    const auto parent = std::filesystem::is_directory(memory) ? memory : std::filesystem::temp_directory_path();
    std::string pattern = (parent / "kmsctl-fuzz-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) std::abort();
    path = pattern;
  }
  ~ScratchDirectory() { std::filesystem::remove_all(path); }
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;
  ScratchDirectory(ScratchDirectory&&) = delete;
  ScratchDirectory& operator=(ScratchDirectory&&) = delete;
  std::filesystem::path path;
};

struct Reply {
  unsigned status = 0;
  std::string type;  // of an error; empty when the request succeeded
  bool known = false;
  std::string text;
  Json json;  // null for what is none

  // What stands between <NAME> and </NAME>, of STS's XML; or the member of that name.
  std::string field(const std::string& name) const {
    if (json.is_object()) return json.value(name, "");
    const std::string start = "<" + name + ">";
    const std::size_t at = text.find(start);
    if (at == std::string::npos) return {};
    return text.substr(at + start.size(), text.find("</" + name + ">", at) - at - start.size());
  }
};

struct AgentSite {
  explicit AgentSite(const std::string& path) : keeper(path, operations(), clock, random, metrics) {}

  Reply send(agent::Request request, const agent::Peer& peer) {
    if (!peer.unix_socket) {
      agent::Request header = request;
      header.body().clear();
      auto early = frontend.before_body(header, peer);
      if (auto* refusal = std::get_if<agent::Response>(&early)) return reply_of(*std::move(refusal));
    }
    std::promise<agent::Response> promise;
    frontend.handle(
        request, peer,
        {[&](agent::Response response) { promise.set_value(std::move(response)); },
         [](const std::function<void()>& work) { work(); }, [](const std::function<void()>& work) { work(); }});
    frontend.commit();
    return reply_of(promise.get_future().get());
  }

  FakeClock clock;
  RepeatingRandom random;
  agent::Metrics metrics;
  agent::VaultKeeper keeper;
  agent::Frontend frontend{keeper, metrics, clock, random, {"localhost"}, {[] {}, [] {}, [](const std::string&) {}}};

 private:
  static Reply reply_of(agent::Response response) {
    Reply reply{response.status, response.error_type, response.known, std::string(agent::view_of(response.body)),
                Json()};
    reply.json = Json::parse(reply.text, nullptr, false);
    if (reply.json.is_discarded()) reply.json = Json();
    return reply;
  }
};

}  // namespace kms::testing
