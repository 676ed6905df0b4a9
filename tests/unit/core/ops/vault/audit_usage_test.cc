// GetAuditUsage: counts over the trail, with indexes and without.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "core/audit/event_text.h"
#include "core/audit/recorder.h"
#include "core/audit/stretch_index.h"
#include "core/base/text.h"
#include "tests/support/commit.h"
#include "tests/support/world.h"

using namespace kms;
using kms::testing::Manner;
using kms::testing::World;

namespace {

// Events of a day before the world's time on, a second apart, without calls: by user/u0 to u3, about `keys` keys, each
// tenth failed, each twentieth was denied.
void add_uses(World& world, int count, int keys = 5) {
  const auto transaction = world.store.begin(Access::kWrite);
  AuditRecorder recorder;
  for (int i = 0; i < count; ++i) {
    AuditEvent event(world.clock.time - kms::testing::kDay + std::chrono::seconds(i), "id", "request");
    event.author = EventAuthor{world.caller.home, AuthorKind::kUser,
                               cat("arn:aws:iam::111122223333:user/u", std::to_string(i % 4)), "AIDA"};
    event.operation = i % 2 == 0 ? "Encrypt" : "DescribeKey";
    event.resources = {world.caller.home.arn(cat("key/", std::to_string(i % keys))),
                       world.caller.home.arn("alias/app")};
    if (i % 10 == 9) event.failure = EventFailure{i % 20 == 9 ? ErrorCode::kAccessDenied : ErrorCode::kNotFound};
    recorder.append(*transaction, event);
  }
  commit_now(*transaction);
}

const Json& group_of(const Json& answer, std::string_view name) {
  for (const Json& group : answer.at("Groups")) {
    if (group.at("Name") == name) return group;
  }
  throw std::runtime_error(cat("no group is named ", name));
}

std::int64_t sum_of(const Json& counts) {
  std::int64_t sum = 0;
  for (const Json& count : counts) sum += count.get<std::int64_t>();
  return sum;
}

}  // namespace

TEST_SUITE("ops/audit_usage") {
  TEST_CASE("each group has its count, its errors, its last time and its days, the most frequent first") {
    World world;
    add_uses(world, 1000);
    const double day_ago = epoch_seconds(world.clock.time - kms::testing::kDay);
    const Json by_key = world.call("GetAuditUsage", Json::object());
    CHECK(by_key["Count"] == 1000);
    CHECK(by_key["Errors"] == 100);
    CHECK(by_key["Unread"] == 0);
    CHECK(by_key["Groups"].size() == 5);  // the alias is no key
    const Json& key = group_of(by_key, world.caller.home.arn("key/4"));
    CHECK(key["Count"] == 200);
    CHECK(key["Errors"] == 100);
    CHECK(key["LastTime"] == day_ago + 999);
    CHECK(key["DailyCounts"].size() == 90);
    CHECK(key["DailyCounts"][88] == 200);
    CHECK(sum_of(key["DailyCounts"]) == 200);

    const Json by_operation = world.call("GetAuditUsage", {{"By", "operation"}});
    CHECK(by_operation["Groups"][0]["Count"] == 500);
    CHECK(group_of(by_operation, "DescribeKey")["Errors"] == 100);
    CHECK(group_of(by_operation, "GetAuditUsage")["Count"] == 1);
    const Json by_error = world.call("GetAuditUsage", {{"By", "error"}});
    CHECK(group_of(by_error, "AccessDeniedException")["Count"] == 50);
    CHECK(group_of(by_error, "NotFoundException")["Count"] == 50);
    const Json by_principal = world.call("GetAuditUsage", {{"By", "principal"}});
    CHECK(group_of(by_principal, "arn:aws:iam::111122223333:user/u3")["Count"] == 250);
    CHECK(group_of(by_principal, world.caller.principal)["Count"] == 3);
    const Json by_day = world.call("GetAuditUsage", {{"By", "day"}});
    REQUIRE(by_day["Groups"].size() == 2);
    CHECK(by_day["Groups"][0]["Name"] == "2023-11-13");
    CHECK(by_day["Groups"][0]["Count"] == 1000);
    CHECK(by_day["Groups"][1]["Name"] == "2023-11-14");
  }

  TEST_CASE("a key, times and uses alone are asked for as in a list") {
    World world;
    const std::string key = world.create_key();
    for (int i = 0; i < 3; ++i) world.call("Encrypt", {{"KeyId", key}, {"Plaintext", "aGk="}});
    world.call("DescribeKey", {{"KeyId", key}});
    const Json all = world.call("GetAuditUsage", {{"KeyId", key}, {"By", "operation"}});
    CHECK(all["Count"] == 5);
    const Json uses = world.call("GetAuditUsage", {{"KeyId", key}, {"By", "operation"}, {"UsesOnly", true}});
    CHECK(uses["Count"] == 3);
    CHECK(uses["Groups"].size() == 1);
    const std::string now = iso_seconds(world.clock.time);
    CHECK(world.call("GetAuditUsage", {{"EndTime", now}})["Count"] == 0);
    const Json today = world.call("GetAuditUsage", {{"StartTime", now}});
    CHECK(today["FirstDay"] == now.substr(0, 10));
    CHECK(today["Groups"][0]["DailyCounts"].size() == 1);
    CHECK(world.call("GetAuditUsage", {{"StartTime", "2020-01-01"}})["Groups"][0]["DailyCounts"].size() == 90);
  }

  TEST_CASE("what is no time, no kind, and a time before the start are refused, and who may not know is not told") {
    World world;
    CHECK(world.call("GetAuditUsage", {{"StartTime", "yesterday"}})["__type"] == "ValidationException");
    CHECK(world.call("GetAuditUsage", {{"By", "user"}})["__type"] == "ValidationException");
    CHECK(world.call("GetAuditUsage", {{"StartTime", "2026-02-01"}, {"EndTime", "2026-01-01"}})["__type"] ==
          "ValidationException");
    world.caller.principal = "arn:aws:iam::111122223333:user/x";
    CHECK(world.call("GetAuditUsage", Json::object())["__type"] == "AccessDeniedException");
  }

  TEST_CASE("of indexed stretches no event is opened, and the counts are the same") {
    World world;
    world.store.manner = Manner::kPlain;
    add_uses(world, 20 * static_cast<int>(kStretch) + 10, 7);
    const auto ask = [&](std::uint64_t& opened) {
      const std::uint64_t before = world.store.opened;
      Json answer = world.call("GetAuditUsage", {{"EndTime", iso_seconds(world.clock.time)}});
      opened = world.store.opened - before;
      return answer;
    };
    std::uint64_t first = 0;
    std::uint64_t second = 0;
    const Json read = ask(first);
    const Json counted = ask(second);
    CHECK(read == counted);
    CHECK(read["Count"] == 20 * kStretch + 10);
    CHECK(first > 20 * kStretch);
    CHECK(second < 20 + 10 + 40);
  }

  TEST_CASE("one call opens so many events and no more; the same call goes on until all are counted") {
    World world;
    constexpr std::uint64_t kEvents = 130 * kStretch;
    add_uses(world, static_cast<int>(kEvents));
    const Json part = world.call("GetAuditUsage", Json::object());
    CHECK(part["Unread"] == 2 * kStretch);
    CHECK(part["Count"] == kEvents - 2 * kStretch);
    const Json whole = world.call("GetAuditUsage", Json::object());
    CHECK(whole["Unread"] == 0);
    CHECK(whole["Count"] == kEvents + 1);
  }

  TEST_CASE("a thousand groups are told, and the others together") {
    World world;
    add_uses(world, 2500, 1203);
    const Json answer = world.call("GetAuditUsage", Json::object());
    CHECK(answer["Groups"].size() == 1000);
    CHECK(answer["Groups"][0]["Count"] == 3);
    CHECK(answer["Others"]["Name"] == "203 others");
    std::int64_t told = answer["Others"]["Count"];
    for (const Json& group : answer["Groups"]) told += group["Count"].get<std::int64_t>();
    CHECK(told == 2500);
    CHECK(sum_of(answer["Others"]["DailyCounts"]) == answer["Others"]["Count"]);
  }
}
