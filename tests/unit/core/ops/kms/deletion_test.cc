#include "core/ops/kms/deletion.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "core/upkeep/upkeep.h"
#include "tests/support/world.h"

using namespace kms;
using kms::testing::kDay;
using kms::testing::World;
using std::chrono::hours;

namespace {

std::string state_of(World& world, const std::string& key) {
  const Json answer = world.call("DescribeKey", {{"KeyId", key}});
  return answer.contains("__type") ? answer["__type"] : answer["KeyMetadata"]["KeyState"];
}

// A key with an alias and a grant, whose deletion is scheduled.
std::string doomed_key(World& world, int days = 7) {
  std::string key = world.create_key();
  world.call("CreateAlias", {{"AliasName", "alias/doomed"}, {"TargetKeyId", key}});
  world.call("CreateGrant", {{"KeyId", key},
                             {"GranteePrincipal", "arn:aws:iam::111122223333:user/x"},
                             {"RetiringPrincipal", "arn:aws:iam::111122223333:user/x"},
                             {"Operations", {"Encrypt"}}});
  world.call("ScheduleKeyDeletion", {{"KeyId", key}, {"PendingWindowInDays", days}});
  return key;
}

std::size_t secrets(const World& world) {
  return world.store.records.secrets.size();
}

std::size_t events(const World& world, const char* name) {
  std::size_t count = 0;
  for (const Json& event : world.audited()) count += event["eventName"] == name ? 1 : 0;
  return count;
}

Json last_scheduled(const World& world) {
  Json last;
  for (const Json& event : world.audited()) {
    if (event["eventName"] == "ScheduleKeyDeletion") last = event;
  }
  return last;
}

}  // namespace

TEST_SUITE("ops/deletion") {
  TEST_CASE("the answer says when, and the key can be kept until then; it stays disabled") {
    World world;
    const std::string key = world.create_key();
    const Json answer = world.call("ScheduleKeyDeletion", {{"KeyId", key}});
    CHECK(answer["KeyId"] == key);
    CHECK(answer["KeyState"] == "PendingDeletion");
    CHECK(answer["PendingWindowInDays"] == 30);
    CHECK(answer["DeletionDate"] == epoch_seconds(world.clock.time + kDay * 30));
    CHECK(world.call("DescribeKey", {{"KeyId", key}})["KeyMetadata"]["DeletionDate"] == answer["DeletionDate"]);
    world.clock.advance(kDay * 30 - std::chrono::seconds(1));
    CHECK(world.call("CancelKeyDeletion", {{"KeyId", key}}) == Json{{"KeyId", key}});
    CHECK(state_of(world, key) == "Disabled");
    world.clock.advance(kDay * 60);
    CHECK(state_of(world, key) == "Disabled");
  }

  TEST_CASE("the event says when the key was last used, where it was") {
    World world;
    const std::string key = world.create_key();
    world.call("ScheduleKeyDeletion", {{"KeyId", key}});
    CHECK_FALSE(last_scheduled(world).contains("additionalEventData"));
    world.call("CancelKeyDeletion", {{"KeyId", key}});
    world.call("EnableKey", {{"KeyId", key}});
    world.call("Encrypt", {{"KeyId", key}, {"Plaintext", "aGVsbG8="}});
    const Time used = world.clock.time;
    world.clock.advance(hours(3));
    world.call("ScheduleKeyDeletion", {{"KeyId", key}});
    CHECK(last_scheduled(world).at("additionalEventData") == Json{{"lastUsage", iso_seconds(used)}});
  }

  TEST_CASE("windows of fewer than 7 or more than 30 days are refused") {
    World world;
    const std::string key = world.create_key();
    for (const int days : {6, 31, 366, 0}) {
      CHECK(world.call("ScheduleKeyDeletion", {{"KeyId", key}, {"PendingWindowInDays", days}})["__type"] ==
            "ValidationException");
    }
    CHECK(state_of(world, key) == "Enabled");
  }

  TEST_CASE("past its date a key is not there; a day after that was first seen it is destroyed with all it had") {
    World world;
    const std::size_t before = secrets(world);
    const std::string key = doomed_key(world);
    world.clock.advance(kDay * 7);
    CHECK(state_of(world, key) == "NotFoundException");
    CHECK(world.call("CancelKeyDeletion", {{"KeyId", key}})["__type"] == "NotFoundException");
    CHECK(world.call("ListKeys", Json::object())["Keys"].empty());
    CHECK(secrets(world) == before + 1);
    world.clock.advance(hours(23));
    state_of(world, key);
    CHECK(secrets(world) == before + 1);
    world.clock.advance(hours(2));
    state_of(world, key);
    CHECK(secrets(world) == before);
    CHECK(world.call("ListAliases", Json::object())["Aliases"].empty());
    CHECK(events(world, "DeleteKey") == 1);
    for (const auto& [name, value] : world.data().values) {
      CHECK(name.first.find("grant") == std::string::npos);
      CHECK(name.first.find("retirable") == std::string::npos);
    }
  }

  TEST_CASE("a clock that was far ahead for a while destroys nothing, also when it errs again") {
    World world;
    const std::string key = doomed_key(world);
    const Time right = world.clock.time;
    for (int i = 0; i < 3; ++i) {
      world.clock.time = right + kDay * 4000;
      CHECK(state_of(world, key) == "NotFoundException");
      world.clock.time = right + hours(i);
      CHECK(state_of(world, key) == "PendingDeletion");
      world.clock.since_boot += kDay * 2;
    }
    CHECK(world.call("CancelKeyDeletion", {{"KeyId", key}}) == Json{{"KeyId", key}});
    CHECK(events(world, "ClockWentBack") >= 1);
  }

  TEST_CASE("while the clock is behind a time that it has shown, nothing is destroyed") {
    World world;
    const std::string key = doomed_key(world);
    const std::size_t before = secrets(world);
    const Time right = world.clock.time;
    world.clock.time = right + kDay * 4000;
    state_of(world, key);
    world.clock.time = right + kDay * 8;
    for (int i = 0; i < 5; ++i) {
      state_of(world, key);
      world.clock.advance(kDay);
    }
    CHECK(keep_up(world.context, UpkeepMode::kConfirmDestroy).clock_went_back);
    CHECK(secrets(world) == before);
    CHECK(world.call("AcceptClock", Json::object()) == Json::object());
    CHECK(keep_up(world.context, UpkeepMode::kConfirmDestroy).destroyed == 1);
    CHECK(secrets(world) == before - 1);
  }

  TEST_CASE("upkeep destroys at the first sight when it is told to, and only what is due") {
    World world;
    doomed_key(world, 7);
    const std::string other = world.create_key();
    world.call("ScheduleKeyDeletion", {{"KeyId", other}, {"PendingWindowInDays", 20}});
    world.clock.advance(kDay * 8);
    CHECK(keep_up(world.context, UpkeepMode::kNow).waiting == 1);
    const UpkeepReport report = keep_up(world.context, UpkeepMode::kConfirmDestroy);
    CHECK(report.destroyed == 1);
    CHECK(state_of(world, other) == "PendingDeletion");
  }

  TEST_CASE("upkeep on request needs permission, another one to destroy at the first sight, and names who asked") {
    World world;
    (void)doomed_key(world);
    world.call(
        "PutPrincipalPolicy",
        {{"Principal", "user/x"},
         {"PolicyName", "p"},
         {"Policy",
          R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kmsctl:Maintain","Resource":"*"}]})"}});
    world.clock.advance(kDay * 8);
    const Json now{{"ConfirmDestroy", true}};
    for (const char* name : {"user/y", "user/x"}) {
      CAPTURE(std::string(name));
      world.caller.principal = std::string("arn:aws:iam::111122223333:") + name;
      CHECK(world.call("Maintain", now)["__type"] == "AccessDeniedException");
      CHECK(events(world, "DeleteKey") == 0);
    }
    world.caller.principal = "arn:aws:iam::111122223333:root";
    CHECK(world.call("Maintain", now)["Destroyed"] == 1);
    for (const Json& event : world.audited()) {
      if (event["eventName"] != "DeleteKey") continue;
      CHECK(event["serviceEventDetails"]["requestedBy"] == world.caller.principal);
      CHECK(event["userIdentity"]["principalId"] == "upkeep.kmsctl.local");
    }
    CHECK(events(world, "Maintain") == 3);
    CHECK(world.audited().back()["eventName"] == "Maintain");
    CHECK(world.audited().back()["readOnly"] == false);
  }

  TEST_CASE("a call of nobody is no reason for upkeep") {
    World world;
    const std::string key = world.create_key();
    world.call("EnableKeyRotation", {{"KeyId", key}});
    world.clock.advance(kDay * 366);
    const auto before = world.store.records;
    world.caller.principal = "arn:aws:iam::111122223333:user/nobody";
    for (const char* operation : {"ListKeys", "CreateKey", "Maintain"}) {
      CHECK(world.call(operation, Json::object())["__type"] == "AccessDeniedException");
    }
    CHECK(world.store.records == before);
    world.caller.principal = "arn:aws:iam::111122223333:root";
    CHECK(world.call("ListKeys", Json::object()).contains("Keys"));
    CHECK(events(world, "RotateKey") == 1);
  }

  TEST_CASE("an attempt to use a key that waits for deletion is refused and audited") {
    World world;
    const std::string key = doomed_key(world);
    CHECK(world.call("Encrypt", {{"KeyId", key}, {"Plaintext", "AAEC"}})["__type"] == "KMSInvalidStateException");
    const Json event = world.audited().back();
    CHECK(event["eventName"] == "Encrypt");
    CHECK(event["errorCode"] == "KMSInvalidStateException");
    CHECK(event["resources"][0]["ARN"] == key);
  }

  TEST_CASE("past its date a key is gone for everything that names it, and its alias is free at once") {
    World world;
    const std::string key = doomed_key(world);
    world.call("ScheduleKeyDeletion", {{"KeyId", world.create_key()}, {"PendingWindowInDays", 30}});
    const std::string other = world.create_key();
    const auto alias_of = [&](const std::string& target) {
      return Json{{"AliasName", "alias/doomed"}, {"TargetKeyId", target}};
    };
    CHECK(world.call("CreateAlias", alias_of(other))["__type"] == "AlreadyExistsException");
    CHECK(world.call("GetMetrics", Json::object())["Keys"] == 3);
    world.clock.advance(kDay * 7);
    CHECK(world.call("ListAliases", Json::object())["Aliases"].empty());
    CHECK(state_of(world, "alias/doomed") == "NotFoundException");
    CHECK(world.call("GetMetrics", Json::object())["Keys"] == 2);
    CHECK(world.call("CreateAlias", alias_of(other)) == Json::object());
    CHECK(state_of(world, "alias/doomed") == "Enabled");
    CHECK(world.call("ListAliases", Json::object())["Aliases"].size() == 1);
    CHECK(keep_up(world.context, UpkeepMode::kConfirmDestroy).destroyed == 1);
    CHECK(state_of(world, "alias/doomed") == "Enabled");  // it does not go with the key that had it before
    CHECK(state_of(world, key) == "NotFoundException");
  }

  TEST_CASE("the alias of a key past its date can be moved, also to a key of another kind, and deleted") {
    World world;
    doomed_key(world);
    const std::string other = world.create_key({{"KeySpec", "HMAC_256"}, {"KeyUsage", "GENERATE_VERIFY_MAC"}});
    world.clock.advance(kDay * 7);
    CHECK(world.call("UpdateAlias", {{"AliasName", "alias/doomed"}, {"TargetKeyId", other}}) == Json::object());
    CHECK(state_of(world, "alias/doomed") == "Enabled");
    World second;
    doomed_key(second);
    second.clock.advance(kDay * 7);
    CHECK(second.call("DeleteAlias", {{"AliasName", "alias/doomed"}}) == Json::object());
    CHECK(second.call("DeleteAlias", {{"AliasName", "alias/doomed"}})["__type"] == "NotFoundException");
  }

  TEST_CASE("a key that comes back after the clock was wrong has its aliases, but for those that were taken") {
    World world;
    const std::string key = doomed_key(world);
    world.call("CancelKeyDeletion", {{"KeyId", key}});
    world.call("CreateAlias", {{"AliasName", "alias/kept"}, {"TargetKeyId", key}});
    world.call("ScheduleKeyDeletion", {{"KeyId", key}, {"PendingWindowInDays", 7}});
    const std::string other = world.create_key();
    const Time right = world.clock.time;
    world.clock.time = right + kDay * 3650;
    CHECK(world.call("CreateAlias", {{"AliasName", "alias/doomed"}, {"TargetKeyId", other}}) == Json::object());
    world.clock.time = right;
    CHECK(world.call("DescribeKey", {{"KeyId", "alias/kept"}})["KeyMetadata"]["Arn"] == key);
    CHECK(world.call("DescribeKey", {{"KeyId", "alias/doomed"}})["KeyMetadata"]["Arn"] == other);
    CHECK(world.call("ListAliases", {{"KeyId", key}})["Aliases"].size() == 1);
    CHECK(world.call("ListAliases", {{"KeyId", other}})["Aliases"].size() == 1);
  }
}
