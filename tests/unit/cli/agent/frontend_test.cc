#include "cli/agent/frontend.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <future>

#include "cli/agent/protocol.h"
#include "core/base/encoding.h"
#include "core/ops/table.h"
#include "core/service/vault_records.h"
#include "tests/unit/vault/vault_world.h"

using namespace kms;
using namespace kms::agent;

namespace {

constexpr std::uint32_t kOwner = 1000;
constexpr std::uint32_t kStranger = 4711;

struct Answer {
  unsigned status = 0;
  Json body;
  std::string type;
  std::chrono::milliseconds delay{0};
};

// A front end on a vault of its own, unlocked by kOwner.
struct Agent {
  Agent() {
    const SecretBytes key = test::raw_key('k');
    vault::create(world.path, {{SlotKind::kKeyfile, test::kRoot, &key}}, Time(), world.random, world.options,
                  [&](Transaction& transaction) {
                    put_first_records(transaction, {"111122223333", "us-east-1"}, world.random);
                  });
    keeper.unlock(test::keyfile('k'), kOwner);
  }

  Answer send(Request& request, const Peer& peer) {
    std::promise<Response> promise;
    frontend.handle(request, peer,
                    {[&](Response response) { promise.set_value(std::move(response)); },
                     [](const std::function<void()>& work) { work(); },
                     [this](const std::function<void()>& work) {
                       ++deferred;
                       work();
                     }});
    frontend.commit();
    Response response = promise.get_future().get();
    Answer answer{response.status, Json(), response.error_type, response.delay};
    if (!response.body.empty()) answer.body = Json::parse(response.body.begin(), response.body.end(), nullptr, false);
    return answer;
  }

  Answer call(std::uint32_t uid, std::string_view operation, const Json& body = Json::object(),
              std::string_view prefix = kKmsTarget) {
    Request request;
    request.method(http::verb::post);
    request.target("/");
    request.set("x-amz-target", std::string(prefix) + std::string(operation));
    const std::string text = body.dump();
    request.body().assign(text.data(), text.size());
    return send(request, {true, uid, "127.0.0.1"});
  }

  Answer get(const std::string& path, const Peer& peer, const std::string& host = "localhost") {
    Request request;
    request.method(http::verb::get);
    request.target(path);
    request.set(http::field::host, host);
    return send(request, peer);
  }

  test::VaultWorld world;
  SystemClock clock;
  Metrics metrics;
  VaultKeeper keeper{world.path, operations(), clock, world.random, metrics};
  bool stopped = false;
  int deferred = 0;  // to a thread for what may take long
  Frontend frontend{keeper,       metrics,       clock,
                    world.random, {"localhost"}, {[this] { stopped = true; }, [] {}, [](const std::string&) {}}};
};

}  // namespace

TEST_SUITE("agent/frontend") {
  TEST_CASE("the kernel says who calls: the one who unlocked, one who is mapped, or nobody") {
    Agent agent;
    CHECK(agent.call(kOwner, "ListKeys").status == 200);
    const Answer nobody = agent.call(kStranger, "ListKeys");
    CHECK(nobody.type == "AccessDeniedException");
    CHECK(nobody.body.at("message").get<std::string>().find("map-uid 4711") != std::string::npos);

    CHECK(agent.call(kOwner, "CreatePrincipal", {{"Principal", "user/ci"}}, kAdministrationTarget).status == 200);
    CHECK(agent.call(kOwner, "MapUid", {{"Uid", kStranger}, {"Principal", "user/ci"}}, kAdministrationTarget).status ==
          200);
    const Answer mapped = agent.call(kStranger, "GetCallerIdentity", Json::object(), kAdministrationTarget);
    CHECK(mapped.body.at("Arn") == "arn:aws:iam::111122223333:user/ci");
    CHECK(agent.call(kStranger, "ListKeys").type == "AccessDeniedException");

    SUBCASE("one made anew under the name is another") {
      CHECK(agent.call(kOwner, "DeletePrincipal", {{"Principal", "user/ci"}}, kAdministrationTarget).status == 200);
      CHECK(agent.call(kOwner, "CreatePrincipal", {{"Principal", "user/ci"}}, kAdministrationTarget).status == 200);
      const Answer other = agent.call(kStranger, "GetCallerIdentity", Json::object(), kAdministrationTarget);
      CHECK(other.type == "AccessDeniedException");
    }
  }

  TEST_CASE("answers are those of AWS: no body where there is nothing to say, and typed errors") {
    Agent agent;
    const Answer created = agent.call(kOwner, "CreateKey");
    const std::string id = created.body.at("KeyMetadata").at("KeyId");
    CHECK(agent.call(kOwner, "DisableKey", {{"KeyId", id}}).body.is_null());
    const Answer disabled = agent.call(kOwner, "Encrypt", {{"KeyId", id}, {"Plaintext", "aGk="}});
    CHECK(disabled.status == 400);
    CHECK(disabled.body.at("__type") == "DisabledException");
    CHECK(agent.call(kOwner, "NoSuchThing").type == "UnknownOperationException");
    CHECK(agent.call(kOwner, "AddSlot").type == "UnknownOperationException");  // is no operation of KMS
    Request request;
    request.method(http::verb::post);
    request.set("x-amz-target", "TrentService.ListKeys");
    request.body() = "{";
    CHECK(agent.send(request, {true, kOwner, "127.0.0.1"}).type == "SerializationException");
  }

  TEST_CASE("a locked agent answers that it is, and a wrong credential does not unlock it") {
    Agent agent;
    CHECK(agent.call(kStranger, "Lock", Json::object(), kAgentTarget).type == "AccessDeniedException");
    CHECK(agent.keeper.unlocked());
    CHECK(agent.call(kOwner, "Lock", Json::object(), kAgentTarget).status == 200);
    const Answer locked = agent.call(kOwner, "ListKeys");
    CHECK(locked.type == "VaultLockedException");
    CHECK(locked.status == 503);
    const auto unlock = [&](char fill) {
      Request request;
      request.method(http::verb::post);
      request.set("x-amz-target", "KmsctlAgent.Unlock");
      request.set(kCredentialHeader, "KEYFILE");
      request.body() = BodyText(32, fill);
      const Answer answer = agent.send(request, {true, kOwner, "127.0.0.1"});
      CHECK(request.body().empty());
      return answer.type;
    };
    for (int i = 0; i < 4; ++i) CHECK(unlock('x') == "WrongPassphraseException");
    CHECK(unlock('k') == "ThrottlingException");  // too soon after so many
    std::this_thread::sleep_for(std::chrono::milliseconds(1100));
    CHECK(unlock('k').empty());
    CHECK(agent.call(kOwner, "ListKeys").status == 200);
    CHECK(unlock('k') == "ConflictException");
  }

  TEST_CASE("the loopback endpoint has neither the agent's own paths nor other names") {
    Agent agent;
    const Peer loopback{false, 0, "127.0.0.1"};
    const Peer local{true, kOwner, "127.0.0.1"};
    CHECK(agent.get("/status", local).body.at("Principal") == test::kRoot);
    CHECK(agent.get("/metrics", local).status == 200);
    CHECK(agent.get("/status", loopback).type == "UnknownOperationException");
    CHECK(agent.get("/metrics", loopback).type == "UnknownOperationException");
    for (const std::string host : {"localhost", "LOCALHOST:8080", "localhost:1"}) {
      CHECK(agent.get("/status", loopback, host).type == "UnknownOperationException");
    }
    for (const std::string host : {"example.com", "localhost.example.com", "", "127.0.0.1.nip.io:80"}) {
      CHECK(agent.get("/status", loopback, host).type == "AccessDeniedException");
    }
    Request request;
    request.method(http::verb::post);
    request.target("/");
    request.set(http::field::host, "localhost");
    request.set("x-amz-target", "TrentService.ListKeys");
    CHECK(agent.send(request, loopback).type == "MissingAuthenticationTokenException");
    request.set(http::field::origin, "http://localhost");
    CHECK(agent.send(request, loopback).type == "AccessDeniedException");
    request.set("x-amz-target", "KmsctlAgent.Lock");
    request.erase(http::field::origin);
    CHECK(agent.send(request, loopback).type == "UnknownOperationException");
  }

  TEST_CASE("every answer has its event in the trail, and what is remembered is never old") {
    Agent agent;
    const std::string id = agent.call(kOwner, "CreateKey").body.at("KeyMetadata").at("KeyId");
    for (int i = 0; i < 20; ++i) {
      CHECK(agent.call(kOwner, "Encrypt", {{"KeyId", id}, {"Plaintext", "aGk="}}).status == 200);
      CHECK(agent.call(kOwner, "DisableKey", {{"KeyId", id}}).status == 200);
      CHECK(agent.call(kOwner, "Encrypt", {{"KeyId", id}, {"Plaintext", "aGk="}}).type == "DisabledException");
      CHECK(agent.call(kOwner, "EnableKey", {{"KeyId", id}}).status == 200);
    }
    const auto lease = agent.keeper.enter();
    const auto transaction = lease->context().store.begin(Access::kRead);
    CHECK(transaction->log_size("audit/111122223333/us-east-1") == 81);
  }

  TEST_CASE("what may take long is not done among the connections' handlers") {
    Agent agent;
    const auto deferred_by = [&](const std::function<Answer()>& step) {
      const int before = agent.deferred;
      CHECK(step().status == 200);
      return agent.deferred - before;
    };
    const std::string id = agent.call(kOwner, "CreateKey").body.at("KeyMetadata").at("KeyId");
    CHECK(deferred_by([&] { return agent.call(kOwner, "CreateKey"); }) == 1);
    CHECK(deferred_by([&] { return agent.call(kOwner, "ListKeys"); }) == 1);
    CHECK(deferred_by([&] { return agent.get("/status", {true, kOwner, "127.0.0.1"}); }) == 1);
    CHECK(deferred_by([&] { return agent.call(kOwner, "DescribeKey", {{"KeyId", id}}); }) == 0);
    CHECK(deferred_by([&] { return agent.call(kOwner, "Encrypt", {{"KeyId", id}, {"Plaintext", "aGk="}}); }) == 0);
  }

  TEST_CASE("a credential of any size does not fill the secure heap") {
    Agent agent;
    CHECK(agent.call(kOwner, "Lock", Json::object(), kAgentTarget).status == 200);
    Request request;
    request.method(http::verb::post);
    request.set("x-amz-target", "KmsctlAgent.Unlock");
    request.set(kCredentialHeader, "PASSPHRASE");
    request.body() = BodyText(4097, 'x');
    CHECK(agent.send(request, {true, kStranger, "127.0.0.1"}).type == "ValidationException");
    CHECK(request.body().empty());
  }

  TEST_CASE("a manager is the one who unlocked, root, or whoever runs the agent") {
    Agent agent;
    CHECK(agent.call(kStranger, "Stop", Json::object(), kAgentTarget).type == "AccessDeniedException");
    CHECK_FALSE(agent.stopped);
    CHECK(agent.call(geteuid(), "Stop", Json::object(), kAgentTarget).status == 200);
    CHECK(agent.stopped);
  }

  TEST_CASE("a request for another vault is turned away") {
    Agent agent;
    Request request;
    request.method(http::verb::post);
    request.set("x-amz-target", "TrentService.ListKeys");
    request.set(kVaultHeader, "1:2");
    CHECK(agent.send(request, {true, kOwner, "127.0.0.1"}).status == kOtherVaultStatus);
    request.set(kVaultHeader, directory_identity(agent.world.path));
    CHECK(agent.send(request, {true, kOwner, "127.0.0.1"}).status == 200);
  }
}
