#include "cli/agent/frontend.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <atomic>
#include <future>

#include "cli/agent/libraries.h"
#include "cli/agent/protocol.h"
#include "core/base/encoding.h"
#include "core/ops/table.h"
#include "core/records/identities.h"
#include "core/records/vault.h"
#include "core/service/signers.h"
#include "tests/support/token_backend.h"
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
  bool known = false;
};

// A front end on a vault of its own, unlocked by kOwner.
struct Agent {
  Agent() {
    const SecretBytes key = test::raw_key('k');
    vault::create(world.path, {{SlotKind::kKeyfile, test::kRoot, &key}}, Time(), world.random, world.options,
                  [&](Transaction& transaction) {
                    put_first_records(transaction, {"111122223333", "us-east-1"}, world.random);
                  });
    keeper.unlock(test::keyfile('k'), test::proof_of_uid(kOwner));
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
    Answer answer{response.status, Json(), response.error_type, response.delay, response.known};
    if (!response.body.empty()) answer.body = Json::parse(response.body.begin(), response.body.end(), nullptr, false);
    return answer;
  }

  Answer call(std::uint32_t uid, std::string_view operation, const Json& body = Json::object(),
              std::string_view prefix = kKmsService.target_prefix) {
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

  // What unlocking with the keyfile of `fill` answers.
  std::string unlock(std::uint32_t uid, char fill) {
    Request request;
    request.method(http::verb::post);
    request.set("x-amz-target", "KmsctlAgent.Unlock");
    request.set(kCredentialHeader, "KEYFILE");
    request.body() = BodyText(32, fill);
    return send(request, {true, uid, "127.0.0.1"}).type;
  }

  void add_user(const char* name, char fill) {
    CHECK(call(kOwner, "CreatePrincipal", {{"Principal", name}}, kVaultService.target_prefix).status == 200);
    const auto lease = keeper.enter();
    const auto transaction = lease->context().store.begin(Access::kWrite);
    lease->context().slots.add(*transaction, SlotKind::kKeyfile, "arn:aws:iam::111122223333:" + std::string(name),
                               test::raw_key(fill), Time(), {});
    commit_now(*transaction);
  }

  std::vector<Json> events(std::string_view name) {
    const auto lease = keeper.enter();
    lease->context().store.flush();
    std::vector<Json> found;
    lease->context().store.begin(Access::kRead)->read_log("audit/111122223333/us-east-1", 0, [&](auto, auto text) {
      Json event = Json::parse(text);
      if (event.at("eventName") == name) found.push_back(std::move(event));
      return true;
    });
    return found;
  }

  test::VaultWorld world;
  SystemClock clock;
  Metrics metrics;
  testing::TokenBackend token;
  VaultKeeper keeper{world.path, operations(), clock, world.random, metrics, {{&token, nullptr}, nullptr}};
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

    CHECK(agent.call(kOwner, "CreatePrincipal", {{"Principal", "user/ci"}}, kVaultService.target_prefix).status == 200);
    CHECK(agent.call(kOwner, "MapUid", {{"Uid", kStranger}, {"Principal", "user/ci"}}, kVaultService.target_prefix)
              .status == 200);
    const Answer mapped = agent.call(kStranger, "GetCallerIdentity", Json::object(), kVaultService.target_prefix);
    CHECK(mapped.body.at("Arn") == "arn:aws:iam::111122223333:user/ci");
    CHECK(agent.call(kStranger, "ListKeys").type == "AccessDeniedException");

    SUBCASE("one made anew under the name is another") {
      CHECK(agent.call(kOwner, "DeletePrincipal", {{"Principal", "user/ci"}}, kVaultService.target_prefix).status ==
            200);
      CHECK(agent.call(kOwner, "CreatePrincipal", {{"Principal", "user/ci"}}, kVaultService.target_prefix).status ==
            200);
      const Answer other = agent.call(kStranger, "GetCallerIdentity", Json::object(), kVaultService.target_prefix);
      CHECK(other.type == "AccessDeniedException");
    }
  }

  TEST_CASE("a session that is over learns no more than that, and passes for nobody") {
    Agent agent;
    const auto manage = [&](std::string_view operation, const Json& body) {
      const Answer answer = agent.call(kOwner, operation, body, kVaultService.target_prefix);
      CHECK(answer.status == 200);
    };
    manage("CreatePrincipal", {{"Principal", "user/ci"}});
    manage("MapUid", {{"Uid", kStranger}, {"Principal", "user/ci"}});
    const std::string trust = R"({"Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"*"}}]})";
    manage("CreatePrincipal", {{"Principal", "role/r"}, {"TrustPolicy", trust}});
    const Answer session = agent.call(kStranger, "AssumeRole", {{"RoleArn", "role/r"}, {"RoleSessionName", "one"}},
                                      kVaultService.target_prefix);
    const auto ask = [&](std::string_view operation, const Json& body) {
      Request request;
      request.method(http::verb::post);
      request.target("/");
      request.set("x-amz-target", std::string(operation));
      request.set(kTokenHeader, session.body.at("Credentials").at("SessionToken").get<std::string>());
      const std::string text = body.dump();
      request.body().assign(text.data(), text.size());
      return agent.send(request, {true, kStranger, "127.0.0.1"});
    };
    const Json absent{{"KeyId", "0987dcba-09fe-87dc-65ba-ab0987654321"}};
    const Json malformed{{"KeyId", 5}};
    CHECK(ask("TrentService.DescribeKey", absent).type == "NotFoundException");
    CHECK(ask("TrentService.DescribeKey", malformed).type == "SerializationException");
    CHECK(ask("Kmsctl.GetCallerIdentity", Json::object()).known);
    manage("DeletePrincipal", {{"Principal", "role/r"}});
    for (const Answer& answer : {ask("TrentService.DescribeKey", absent), ask("TrentService.DescribeKey", malformed),
                                 ask("Kmsctl.GetCallerIdentity", Json::object())}) {
      CHECK(answer.type == "UnrecognizedClientException");
      CHECK_FALSE(answer.known);
    }
    CHECK(agent.events("GetCallerIdentity").size() == 2);
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
    const auto acts = agent.events("Unlock");
    REQUIRE(acts.size() == 3);  // the first is of the site
    CHECK(acts[1].at("userIdentity").at("type") == "Root");
    CHECK(acts[1].at("requestParameters").at("uid") == kOwner);
    CHECK(acts[2].at("errorCode") == "WrongPassphraseException");
    CHECK(acts[2].at("serviceEventDetails").at("attempts") == 4);
    CHECK(acts[2].at("serviceEventDetails").at("uid") == kOwner);
    CHECK(acts[2].at("serviceEventDetails").at("kind") == "KEYFILE");
    CHECK(acts[2].at("serviceEventDetails").at("slotsTried").size() == 1);
    CHECK(acts[1].at("requestParameters").at("kind") == "KEYFILE");
    CHECK(acts[1].at("requestParameters").at("slotId") == acts[2].at("serviceEventDetails").at("slotsTried")[0]);
    CHECK(agent.events("Lock").size() == 1);
  }

  TEST_CASE("the loopback endpoint has neither the agent's own paths nor other names") {
    Agent agent;
    const Peer loopback{false, 0, "127.0.0.1"};
    const Peer local{true, kOwner, "127.0.0.1"};
    CHECK(agent.get("/status", local).body.at("Principal") == test::kRoot);
    CHECK(agent.get("/status", local).body.at("Libraries") == Json(libraries()));
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
    CHECK(transaction->log_size("audit/111122223333/us-east-1") == 82);
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

  TEST_CASE("who runs the agent may stop it, and leaves an event; a stranger may not") {
    Agent agent;
    CHECK(agent.call(kStranger, "Stop", Json::object(), kAgentTarget).type == "AccessDeniedException");
    CHECK_FALSE(agent.stopped);
    CHECK(agent.call(geteuid(), "Stop", Json::object(), kAgentTarget).status == 200);
    CHECK(agent.stopped);
    REQUIRE(agent.events("Stop").size() == 1);
    CHECK(agent.events("Stop")[0].at("serviceEventDetails").at("uid") == geteuid());
  }

  TEST_CASE("policies say who manages the agent, not who unlocked it; the root of the home account takes it over") {
    Agent agent;
    agent.add_user("user/mallory", 'm');
    CHECK(agent.call(kOwner, "Lock", Json::object(), kAgentTarget).status == 200);
    CHECK(agent.unlock(kStranger, 'm').empty());
    const auto who = [&](std::uint32_t uid) {
      const Answer answer = agent.call(uid, "GetCallerIdentity", Json::object(), kVaultService.target_prefix);
      return answer.type.empty() ? answer.body.at("Arn").get<std::string>() : answer.type;
    };
    CHECK(who(kStranger) == "arn:aws:iam::111122223333:user/mallory");
    for (const char* act : {"Lock", "Stop", "Reload"}) {
      CHECK(agent.call(kStranger, act, Json::object(), kAgentTarget).type == "AccessDeniedException");
    }
    for (const char* operation : {"Maintain", "CheckVault", "GetVaultStatus", "GetMetrics"}) {
      CHECK(agent.call(kStranger, operation, Json::object(), kVaultService.target_prefix).type ==
            "AccessDeniedException");
    }
    CHECK(agent.get("/metrics", {true, kStranger, "127.0.0.1"}).type == "AccessDeniedException");
    CHECK(agent.get("/status", {true, 4712, "127.0.0.1"}).type == "AccessDeniedException");
    CHECK(agent.keeper.unlocked());
    CHECK(who(kOwner) == "AccessDeniedException");  // nobody, so far
    CHECK(agent.unlock(4712, 'm') == "ConflictException");
    CHECK(agent.unlock(kOwner, 'k').empty());
    CHECK(who(kOwner) == test::kRoot);
    CHECK(who(kStranger) == "arn:aws:iam::111122223333:user/mallory");
    CHECK(agent.events("Unlock").back().at("requestParameters").at("takenOver") == true);
    CHECK(agent.call(kOwner, "Maintain", Json::object(), kVaultService.target_prefix).status == 200);
    CHECK(agent.call(kOwner, "Lock", Json::object(), kAgentTarget).status == 200);
    CHECK_FALSE(agent.keeper.unlocked());
  }

  TEST_CASE("whatever way the vault is unlocked, there is an event before anybody is served, or it stays locked") {
    Agent agent;
    REQUIRE(agent.events("Unlock").size() == 1);  // the keeper's own, as `agent run --keyfile` does it
    const Json first = agent.events("Unlock")[0];
    CHECK(first.at("userIdentity").at("arn") == test::kRoot);
    CHECK(first.at("requestParameters").at("uid") == kOwner);
    CHECK(agent.call(kOwner, "Lock", Json::object(), kAgentTarget).status == 200);
    CHECK(agent.unlock(kStranger, 'x') == "WrongPassphraseException");
    {
      const test::NoRoomOnDisk full;
      CHECK(agent.unlock(kOwner, 'k') == "FileException");
      CHECK_FALSE(agent.keeper.unlocked());
    }
    CHECK(agent.unlock(kOwner, 'k').empty());
    const auto unlocks = agent.events("Unlock");
    CHECK(std::count_if(unlocks.begin(), unlocks.end(), [](const Json& each) {
            return each.value("errorCode", "") == "WrongPassphraseException";
          }) == 1);  // of a time when there was no trail to write it to
    CHECK(unlocks.size() == 3);
  }

  TEST_CASE("attempts to unlock that failed are told once, and kept where they cannot be written") {
    FailedUnlocks failed;
    failed.add(7, {Time(std::chrono::seconds(10)), ErrorCode::kWrongPassphrase, SlotKind::kKeyfile});
    const auto full = [](std::span<const AgentAct>) { throw Error(ErrorCode::kFile, "no room"); };
    CHECK_THROWS_AS(failed.report("Unlock", full), Error);
    failed.add(7, {Time(std::chrono::seconds(20)), ErrorCode::kWrongPassphrase, SlotKind::kKeyfile});
    failed.add(8, {Time(std::chrono::seconds(30)), ErrorCode::kWrongPassphrase, SlotKind::kKeyfile});
    std::vector<AgentAct> told;
    const auto keep = [&](std::span<const AgentAct> acts) { told.assign(acts.begin(), acts.end()); };
    CHECK_THROWS_AS(failed.report("Unlock", full), Error);
    failed.report("Unlock", keep);
    REQUIRE(told.size() == 2);
    CHECK(Json::parse(told[0].details).at("attempts") == 2);
    CHECK(Json::parse(told[0].details).at("first") == iso_seconds(Time(std::chrono::seconds(10))));
    CHECK(told[1].when == Time(std::chrono::seconds(30)));
    failed.report("Unlock", keep);
    CHECK(told.empty());
  }

  TEST_CASE("who unlocked is not another one of the same name later") {
    Agent agent;
    agent.add_user("user/mallory", 'm');
    CHECK(agent.call(kOwner, "Lock", Json::object(), kAgentTarget).status == 200);
    CHECK(agent.unlock(kStranger, 'm').empty());
    {
      const auto lease = agent.keeper.enter();
      const auto transaction = lease->context().store.begin(Access::kWrite);
      const auto name = parse_identity_name("111122223333", "user/mallory").value();
      put_identity(*transaction, {name, "AIDANEW", Time()});
      commit_now(*transaction);
    }
    CHECK(agent.call(kStranger, "GetCallerIdentity", Json::object(), kVaultService.target_prefix).type ==
          "AccessDeniedException");
  }

  TEST_CASE("the overflow uid, which stands for all that a user namespace does not map, is nobody") {
    Agent agent;
    const std::uint32_t overflow = overflow_uid();
    const auto refusal = agent.call(overflow, "ListKeys");
    CHECK(refusal.type == "AccessDeniedException");
    CHECK(refusal.body.at("message").get<std::string>().find("namespace") != std::string::npos);
    CHECK(agent.call(kOwner, "CreatePrincipal", {{"Principal", "user/ci"}}, kVaultService.target_prefix).status == 200);
    CHECK(
        agent.call(kOwner, "MapUid", {{"Uid", overflow}, {"Principal", "user/ci"}}, kVaultService.target_prefix).type ==
        "ValidationException");
    CHECK(agent.call(overflow, "Stop", Json::object(), kAgentTarget).type == "AccessDeniedException");
    CHECK(agent.call(kOwner, "Lock", Json::object(), kAgentTarget).status == 200);
    CHECK(agent.unlock(overflow, 'k') == "AccessDeniedException");
    CHECK_FALSE(agent.keeper.unlocked());
  }

  TEST_CASE("calls that are refused keep nothing unlocked, and calls that are allowed do") {
    Agent agent;
    const auto before = agent.frontend.last_use();
    Request unsigned_one;
    unsigned_one.method(http::verb::post);
    unsigned_one.target("/");
    unsigned_one.set(http::field::host, "localhost");
    unsigned_one.set("x-amz-target", "TrentService.ListKeys");
    CHECK(agent.send(unsigned_one, {false, 0, "127.0.0.1"}).type == "MissingAuthenticationTokenException");
    CHECK(agent.call(kStranger, "ListKeys").type == "AccessDeniedException");
    CHECK(agent.get("/status", {true, kOwner, "127.0.0.1"}).status == 200);
    CHECK(agent.frontend.last_use() == before);
    CHECK(agent.call(kOwner, "ListKeys").status == 200);
    CHECK(agent.frontend.last_use() > before);
  }

  TEST_CASE("an access key id is looked up only in its own form, and changes nothing of what is remembered") {
    Agent agent;
    CHECK(agent.call(kOwner, "CreatePrincipal", {{"Principal", "user/ci"}}, kVaultService.target_prefix).status == 200);
    const std::string id =
        agent.call(kOwner, "CreateAccessKey", {{"Principal", "user/ci"}}, kVaultService.target_prefix)
            .body.at("AccessKey")
            .at("AccessKeyId");
    const auto lease = agent.keeper.enter();
    const auto refused = [&](const std::string& wanted) {
      return test::failure_of([&] { (void)find_signer(lease->context(), wanted, ""); });
    };
    for (const std::string& wanted :
         std::vector<std::string>{"secret " + id, id + " ", "AKIA", "", "secret of an access key", id.substr(1)}) {
      CAPTURE(wanted);
      CHECK(refused(wanted) == ErrorCode::kUnrecognizedClient);
    }
    CHECK(find_signer(lease->context(), id, "").secret->size() == 40);
    for (const std::string& wanted : {"secret " + id, id + id}) CHECK(refused(wanted).has_value());
    CHECK(find_signer(lease->context(), id, "").secret->size() == 40);
  }

  TEST_CASE("who waits for a token holds up nobody, and is answered when it is done") {
    Agent agent;
    const Json store = agent
                           .call(kOwner, "CreateCustomKeyStore",
                                 {{"CustomKeyStoreName", "hsm"},
                                  {"CloudHsmClusterId", "cluster-abcdefghijk"},
                                  {"KeyStorePassword", "kmsPswd1"},
                                  {"TrustAnchorCertificate", "certificate"}})
                           .body;
    CHECK(agent.call(kOwner, "ConnectCustomKeyStore", store).status == 200);
    Json wanted = store;
    wanted["Origin"] = "AWS_CLOUDHSM";
    const Json made = agent.call(kOwner, "CreateKey", wanted).body;
    const Json request{{"KeyId", made.at("KeyMetadata").at("KeyId")}, {"Plaintext", "aGVsbG8="}};

    std::promise<void> reached;
    std::promise<void> released;
    std::atomic<bool> held{false};
    agent.token.before = [&](std::string_view what) {
      if (what != "seal" || held.exchange(true)) return;
      reached.set_value();
      released.get_future().wait();
    };
    const int deferred = agent.deferred;
    auto waiting = std::async(std::launch::async, [&] { return agent.call(kOwner, "Encrypt", request); });
    reached.get_future().wait();
    const Json other = agent.call(kOwner, "CreateKey").body;
    const Json sealed =
        agent.call(kOwner, "Encrypt", {{"KeyId", other.at("KeyMetadata").at("KeyId")}, {"Plaintext", "aGVsbG8="}}).body;
    CHECK(agent.call(kOwner, "Decrypt", {{"CiphertextBlob", sealed.at("CiphertextBlob")}}).status == 200);
    CHECK(agent.events("Encrypt").size() == 1);
    released.set_value();
    const Answer answer = waiting.get();
    CHECK(answer.status == 200);
    CHECK(agent.call(kOwner, "Decrypt", {{"CiphertextBlob", answer.body.at("CiphertextBlob")}}).body.at("Plaintext") ==
          "aGVsbG8=");
    CHECK(agent.events("Encrypt").size() == 2);
    CHECK(agent.deferred == deferred + 1);  // CreateKey; Encrypt is not for the threads of what takes long here
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
