// Whoever made an alert is told when it happens, and of nothing else.
#include "core/ops/vault/alerts.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/text.h"
#include "core/records/quotas.h"
#include "core/service/service_events.h"
#include "core/service/token_buckets.h"
#include "core/store/retry.h"
#include "core/upkeep/delivery.h"
#include "tests/support/fake_delivery.h"
#include "tests/support/world.h"
#include "tests/unit/core/ops/vault/log_answers.h"

using namespace kms;
using kms::testing::FakeDelivery;
using kms::testing::World;

namespace {

struct AlertWorld : World {
  AlertWorld() { context.delivery = &delivery; }

  void add(std::string_view name, std::string_view condition, const Json& more = Json::object()) {
    Json request{{"Name", name}, {"Condition", condition}, {"Channel", "file"}, {"Target", "/var/log/alerts"}};
    request.update(more);
    REQUIRE(call("CreateAlert", request) == Json::object());
  }
  // What arrives now.
  std::vector<std::string> arrives() {
    delivery.tried.clear();
    (void)deliver_due(context, std::chrono::seconds(60));
    return delivery.told();
  }
  // What is told when `what` is done, as one text.
  template <class What>
  std::string told_of(const What& what) {
    delivery.tried.clear();
    what();
    (void)deliver_due(context, std::chrono::seconds(60));
    std::string all;
    for (const std::string& text : delivery.told()) all += cat(text, "\n");
    return all;
  }
  std::string refusal(const Json& request) { return kms::testing::refusal_text(*this, "CreateAlert", request); }
  FakeDelivery delivery;
};

bool says(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

Json to_file(std::string_view condition) {
  return {{"Name", "a"}, {"Condition", condition}, {"Channel", "file"}, {"Target", "/var/log/alerts"}};
}

}  // namespace

TEST_SUITE("ops/alerts") {
  TEST_CASE("who uses a key that is pending deletion is told of, with the event, once a minute") {
    AlertWorld world;
    const std::string key = world.create_key();
    const std::string other = world.create_key();
    world.add("deleted-key-used", "use-of-key-pending-deletion");
    world.call("ScheduleKeyDeletion", {{"KeyId", key}, {"PendingWindowInDays", 7}});
    world.call("DisableKey", {{"KeyId", other}});
    CHECK(world.arrives().empty());
    for (int i = 0; i < 3; ++i) world.call("Encrypt", {{"KeyId", key}, {"Plaintext", "aGk="}});
    world.call("Encrypt", {{"KeyId", other}, {"Plaintext", "aGk="}});  // disabled, and nothing else
    const auto told = world.arrives();
    REQUIRE(told.size() == 1);
    CHECK(told[0] == cat("deleted-key-used: arn:aws:iam::111122223333:root was refused Encrypt of ", key,
                         ", which is pending deletion"));
    const Json& notice = world.delivery.tried[0].notice;
    CHECK(notice.at("version") == 1);
    CHECK(notice.at("condition") == "use-of-key-pending-deletion");
    CHECK(notice.at("account") == "111122223333");
    CHECK(notice.at("event").at("errorCode") == "KMSInvalidStateException");
    CHECK(notice.at("id") == notice.at("event").at("eventID"));
    CHECK_FALSE(notice.contains("test"));
    CHECK(world.delivery.tried[0].destination == AlertDestination{AlertChannel::kFile, "/var/log/alerts"});
    CHECK(world.arrives().empty());
    world.clock.advance(std::chrono::minutes(1));
    CHECK(world.told_of([&] { world.call("DescribeKey", {{"KeyId", key}}); }).empty());
    CHECK(says(world.told_of([&] {
      world.call("EnableKeyRotation", {{"KeyId", key}});
    }),
               "refused EnableKeyRotation of " + key));
  }

  TEST_CASE("an alert about one key or one principal says nothing of others") {
    AlertWorld world;
    const std::string key = world.create_key();
    const std::string other = world.create_key();
    world.add_identity("user/alice");
    world.add("of-key", "use-of-key-pending-deletion", {{"KeyId", key}});
    world.add("of-alice", "use-of-key-pending-deletion", {{"Principal", "user/alice"}});
    for (const std::string& each : {key, other}) world.call("ScheduleKeyDeletion", {{"KeyId", each}});
    CHECK(world.told_of([&] { world.call("Encrypt", {{"KeyId", other}, {"Plaintext", "aGk="}}); }).empty());
    CHECK(says(world.told_of([&] { world.call("Encrypt", {{"KeyId", key}, {"Plaintext", "aGk="}}); }), "of-key: "));
  }

  TEST_CASE("the root of the account is told of, and nobody else is taken for it") {
    AlertWorld world;
    world.add_identity("user/alice");
    world.add("root", "root-use");
    CHECK(says(world.told_of([&] { world.call("ListKeys", Json::object()); }), "root did ListKeys"));
    world.clock.advance(std::chrono::minutes(2));
    world.caller.principal = "arn:aws:iam::111122223333:user/alice";
    CHECK(world.told_of([&] { world.call("ListKeys", Json::object()); }).empty());
  }

  TEST_CASE("denials are told of when there are as many as was said within the time that was said") {
    AlertWorld world;
    const std::string key = world.create_key();
    world.add("denied", "access-denied", {{"Count", 3}, {"WithinSeconds", 60}});
    world.authorizer.denied.insert("kms:Encrypt");
    const auto try_it = [&] { world.call("Encrypt", {{"KeyId", key}, {"Plaintext", "aGk="}}); };
    try_it();
    world.clock.advance(std::chrono::seconds(40));
    try_it();
    CHECK(world.arrives().empty());
    world.clock.advance(std::chrono::seconds(40));  // the first is too old by now
    CHECK(world.told_of(try_it).empty());
    const std::string told = world.told_of(try_it);
    CHECK(says(told, "denied: 3 times within 60 seconds, the last: arn:aws:iam::111122223333:root was denied Encrypt"));
    CHECK(world.delivery.tried.at(0).notice.at("count") == 3);
    CHECK(world.told_of(try_it).empty());  // counted anew
  }

  TEST_CASE("the deletion of a key that was used lately is told of, and of one that was not, not") {
    AlertWorld world;
    const std::string used = world.create_key();
    const std::string idle = world.create_key();
    world.add("in-use", "deletion-of-used-key", {{"Days", 10}});
    for (const std::string& key : {used, idle}) world.call("Encrypt", {{"KeyId", key}, {"Plaintext", "aGk="}});
    world.clock.advance(std::chrono::hours(24) * 20);
    world.call("Encrypt", {{"KeyId", used}, {"Plaintext", "aGk="}});
    CHECK(world.told_of([&] { world.call("ScheduleKeyDeletion", {{"KeyId", idle}}); }).empty());
    CHECK(says(world.told_of([&] { world.call("ScheduleKeyDeletion", {{"KeyId", used}}); }), "last used at"));
  }

  TEST_CASE("a key that was destroyed, and a clock that went back, are told of") {
    AlertWorld world;
    const std::string key = world.create_key();
    world.add("gone", "key-destroyed");
    world.add("clock", "clock-went-back");
    world.call("ScheduleKeyDeletion", {{"KeyId", key}, {"PendingWindowInDays", 7}});
    world.clock.advance(std::chrono::hours(24) * 8);
    CHECK(world.told_of([&] { world.call("ListKeys", Json::object()); }).empty());
    CHECK(says(world.told_of([&] { world.call("Maintain", {{"ConfirmDestroy", true}}); }), "gone: " + key));
    world.clock.advance(-std::chrono::hours(48));
    CHECK(says(world.told_of([&] { world.call("ListKeys", Json::object()); }), "clock: the clock of this machine"));
  }

  TEST_CASE("who lets in everybody or another account is told of, and who lets in somebody of the account is not") {
    AlertWorld world;
    const std::string key = world.create_key();
    world.add_identity("user/alice");
    world.add("widened", "access-widened");
    const auto let_in = [&](const std::string& principal) {
      const Json owner{{"AWS", "arn:aws:iam::111122223333:root"}};
      const auto allow = [](const Json& whom) {
        return Json{{"Effect", "Allow"}, {"Principal", whom}, {"Action", "kms:*"}, {"Resource", "*"}};
      };
      const Json policy{{"Version", "2012-10-17"}, {"Statement", {allow(owner), allow({{"AWS", principal}})}}};
      return world.told_of([&] { world.call("PutKeyPolicy", {{"KeyId", key}, {"Policy", policy.dump()}}); });
    };
    CHECK(let_in("arn:aws:iam::111122223333:user/alice").empty());
    CHECK(says(let_in("arn:aws:iam::444455556666:root"), "let arn:aws:iam::444455556666:root in by"));
    world.clock.advance(std::chrono::minutes(2));
    CHECK(let_in("arn:aws:iam::444455556666:root").empty());  // as before
    CHECK(says(let_in("*"), "root let everybody in by PutKeyPolicy of " + key));
    world.clock.advance(std::chrono::minutes(2));
    CHECK(let_in("arn:aws:iam::444455556666:root").empty());  // less than before
    const auto grant = [&] {
      world.call(
          "CreateGrant",
          {{"KeyId", key}, {"GranteePrincipal", "arn:aws:iam::444455556666:user/bob"}, {"Operations", {"Decrypt"}}});
    };
    CHECK(says(world.told_of(grant), "user/bob in by CreateGrant"));
  }

  TEST_CASE("attempts to unlock that fail are told of") {
    AlertWorld world;
    world.add("unlock", "failed-unlock");
    const AgentAct failed{"Unlock", world.clock.time, "{}", ErrorCode::kWrongPassphrase};
    const AgentAct done{"Unlock", world.clock.time, "{}"};
    CHECK(world.told_of([&] { record_acts(world.context, std::array{done}); }).empty());
    CHECK(says(world.told_of([&] { record_acts(world.context, std::array{failed}); }), "unlock: an attempt to unlock"));
  }

  TEST_CASE("what leaves the trail, or is no longer recorded, is told of") {
    AlertWorld world;
    world.add("gap", "audit-gap");
    CHECK(says(world.told_of([&] {
      world.call("PutAuditSettings", {{"RecordReads", false}});
    }),
               "ended the recording"));
    CHECK(world.told_of([&] { world.call("PutAuditSettings", {{"RecordReads", false}}); }).empty());
    CHECK(world.told_of([&] { world.call("PutAuditSettings", {{"RecordReads", true}}); }).empty());
    const auto keep = [&](int days) {
      world.clock.advance(std::chrono::minutes(2));
      return world.told_of([&] { world.call("PutAuditSettings", {{"KeepDays", days}}); });
    };
    CHECK(says(keep(400), "has the trail keep no more than 400 days"));
    CHECK(keep(500).empty());
    CHECK(says(keep(30), "no more than 30 days"));
    const auto prune = [&] {
      transact(world.store, [&](Transaction& transaction) {
        append_vault_event(world.context, transaction, world.caller.home, VaultEvent::kPruneAuditTrail,
                           world.clock.time, Json::object());
      });
    };
    CHECK(says(world.told_of(prune), "erased old events"));
  }

  TEST_CASE("what a check finds wrong is told of, and that it found nothing is not") {
    AlertWorld world;
    world.create_key();
    world.add("gap", "audit-gap");
    const auto check = [&] { world.call("CheckVault", Json::object()); };
    CHECK(world.told_of(check).empty());
    transact(world.store,
             [](Transaction& transaction) { transaction.erase("key-count", "111122223333/eu-central-1"); });
    CHECK(says(world.told_of(check), "CheckVault found problems: 1"));
  }

  TEST_CASE("a principal that meets its quota is told of, and so are refusals that were too many for the trail") {
    AlertWorld world;
    TokenBuckets buckets;
    world.add("quota", "quota-reached", {{"Count", 2}, {"WithinSeconds", 60}});
    world.add("gap", "audit-gap");
    world.call("PutQuota", {{"RequestsPerSecond", 1}, {"RequestClass", "ListKeys"}});
    world.context.limiter = &buckets;
    const auto list = [&] { world.call("ListKeys", Json::object()); };
    CHECK(world.told_of(list).empty());
    CHECK(world.told_of(list).empty());  // the first that is refused
    CHECK(says(world.told_of(list), "quota: 2 times within 60 seconds, the last: "));
    for (int i = 0; i < 1500; ++i) list();  // a thousand at once leave events
    world.clock.advance(std::chrono::minutes(10));
    list();
    CHECK(says(world.told_of(list),
               "refusals of arn:aws:iam::111122223333:root that were too many to be in the trail: "));
  }

  TEST_CASE("an alert is told of what was done under it alone, and of nothing once it is removed") {
    AlertWorld world;
    world.call("ListKeys", Json::object());
    world.add("root", "root-use");
    CHECK(world.arrives().size() == 1);  // that it was made
    world.call("ListAliases", Json::object());
    world.call("DeleteAlert", {{"Name", "root"}});
    CHECK(world.arrives().empty());
    CHECK(world.call("DeleteAlert", {{"Name", "root"}}).at("__type") == "NotFoundException");
    CHECK(world.call("DescribeAlert", {{"Name", "root"}}).at("__type") == "NotFoundException");
  }

  TEST_CASE("what a call did not do is not told of: one that failed in the end, one that was rolled back") {
    AlertWorld world;
    world.add("root", "root-use");
    (void)world.arrives();
    world.store.failing_commits = 1;
    CHECK(world.call("CreateKey", Json::object()).at("__type") == "KMSInternalException");
    std::string all;
    for (const std::string& text : world.arrives()) all += text;
    CHECK(says(all, "was refused CreateKey"));
    CHECK_FALSE(says(all, "did CreateKey"));
  }

  TEST_CASE("alerts are listed, shown and replaced, and a name that is taken is refused") {
    AlertWorld world;
    const std::string key = world.create_key();
    world.add("b", "material-expiring", {{"Days", 30}, {"KeyId", key}});
    world.add("a", "root-use", {{"Channel", "webhook"}, {"Target", "https://hooks.example.org/token?x=1"}});
    CHECK(world.refusal(to_file("root-use")) == "There is an alert of the name a already.");
    Json listed = world.call("ListAlerts", Json::object()).at("Alerts");
    REQUIRE(listed.size() == 2);
    CHECK(listed[0].at("Name") == "a");
    CHECK(listed[0].at("Target") == "https://hooks.example.org/...");
    CHECK(listed[1].at("Days") == 30);
    CHECK(listed[1].at("KeyArn") == key);
    world.add("a", "key-destroyed", {{"Replace", true}});
    CHECK(world.call("DescribeAlert", {{"Name", "a"}}).at("Alert").at("Condition") == "key-destroyed");
  }

  TEST_CASE("the URL of a webhook, which may hold a token, is in no event") {
    AlertWorld world;
    world.add("a", "root-use", {{"Channel", "webhook"}, {"Target", "https://hooks.example.org/T0KEN?x=1"}});
    for (const Json& event : world.audited()) CHECK_FALSE(says(event.dump(), "T0KEN"));
    CHECK(world.audited().back().at("additionalEventData").at("target") == "https://hooks.example.org/...");
  }

  TEST_CASE("what an alert cannot have is refused, with what is wrong") {
    AlertWorld world;
    CHECK(
        says(world.refusal({{"Name", "a b"}, {"Condition", "root-use"}, {"Channel", "syslog"}}), "^[a-zA-Z0-9._-]+$"));
    Json request = to_file("root-use");
    request["Count"] = 3;
    CHECK(world.refusal(request) ==
          "the condition root-use counts nothing: leave out how often, and within which time");
    request = to_file("clock-went-back");
    request["Principal"] = "root";
    CHECK(says(world.refusal(request), "is about no principal"));
    request = to_file("clock-went-back");
    request["Days"] = 3;
    CHECK(says(world.refusal(request), "is not about days"));
    request = to_file("root-use");
    request["Principal"] = "alice";
    CHECK(says(world.refusal(request), "'alice' names no principal"));
    request = to_file("root-use");
    request["Target"] = "/refused";
    CHECK(world.refusal(request) == "nothing can be delivered to this file: it is refused");
    request = to_file("root-use");
    request["Arguments"] = {"x"};
    CHECK(says(world.refusal(request), "Arguments are a program's"));
    request = to_file("root-use");
    request.erase("Target");
    CHECK(world.refusal(request) == "the channel file needs a Target");
    CHECK(world.call("ListAlerts", Json::object()).at("Alerts").empty());
  }

  TEST_CASE("a program or a file of the machine is named by the root alone, and over no network") {
    AlertWorld world;
    world.add_identity("user/alice");
    Json program = to_file("root-use");
    program["Channel"] = "program";
    for (const Json& request : {to_file("root-use"), program}) {
      world.caller.principal = "arn:aws:iam::111122223333:user/alice";
      world.caller.listener = "";
      CHECK(world.call("CreateAlert", request).at("__type") == "AccessDeniedException");
      world.caller.principal = "arn:aws:iam::111122223333:root";
      world.caller.listener = "loopback";
      CHECK(world.call("CreateAlert", request).at("__type") == "AccessDeniedException");
      world.caller.listener = "unix";
      CHECK(world.call("CreateAlert", request) == Json::object());
      world.call("DeleteAlert", {{"Name", "a"}});
    }
  }

  TEST_CASE("an account has a hundred alerts at most") {
    AlertWorld world;
    for (int i = 0; i < 100; ++i) world.add(cat("a", std::to_string(i)), "clock-went-back");
    Json one_more = to_file("clock-went-back");
    CHECK(world.call("CreateAlert", one_more).at("__type") == "LimitExceededException");
    one_more["Name"] = "a7";
    one_more["Replace"] = true;
    CHECK(world.call("CreateAlert", one_more) == Json::object());
  }

  TEST_CASE("a test is delivered at once, says that it is one, and says when it does not arrive") {
    AlertWorld world;
    world.add("a", "key-destroyed");
    CHECK(world.call("TestAlert", {{"Name", "a"}}) == Json{{"Delivered", true}});
    REQUIRE(world.delivery.tried.size() == 1);
    CHECK(world.delivery.tried[0].notice.at("test") == true);
    world.delivery.failure = "exit code 3";
    CHECK(world.call("TestAlert", {{"Name", "a"}}) == Json{{"Delivered", false}, {"Failure", "exit code 3"}});
    CHECK(world.call("TestAlert", {{"Name", "b"}}).at("__type") == "NotFoundException");
    world.context.delivery = nullptr;
    CHECK(world.call("TestAlert", {{"Name", "a"}}).at("__type") == "UnsupportedOperationException");
  }
}
