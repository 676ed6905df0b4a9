// What the door does where a store that others share asks for another run.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "core/service/token_buckets.h"
#include "tests/support/world.h"

using namespace kms;
using kms::testing::Manner;
using kms::testing::World;

namespace {

int events(const World& world, std::string_view name) {
  int count = 0;
  for (const Json& event : world.audited()) count += event["eventName"] == name && !event.contains("errorCode") ? 1 : 0;
  return count;
}

}  // namespace

TEST_SUITE("service/rerun") {
  TEST_CASE("a call that conflicts is run again, has one event, and counts once for its quota") {
    World world;
    world.store.manner = Manner::kShared;
    TokenBuckets buckets;
    world.context.limiter = &buckets;
    constexpr int kCalls = 40;
    world.call("PutQuota", {{"Principal", "*"}, {"RequestClass", "*"}, {"RequestsPerSecond", 1}, {"Burst", kCalls}});
    const int before = world.store.conflicts;
    for (int i = 0; i < kCalls; ++i) CHECK_FALSE(world.call("CreateKey", Json::object()).contains("__type"));
    CHECK(world.store.conflicts > before);
    CHECK(events(world, "CreateKey") == kCalls);
    CHECK(world.call("CreateKey", Json::object())["__type"] == "ThrottlingException");
  }

  TEST_CASE("a call that read what is out of date by the time of its event is run again") {
    World world;
    world.store.manner = Manner::kShared;
    const std::string key = world.create_key();
    const int before = world.store.conflicts;
    for (int i = 0; i < 40; ++i) {
      const Json sealed = world.call("Encrypt", {{"KeyId", key}, {"Plaintext", "aGVsbG8="}});
      CHECK(world.call("Decrypt", {{"CiphertextBlob", sealed["CiphertextBlob"]}})["Plaintext"] == "aGVsbG8=");
    }
    CHECK(world.store.conflicts > before);
    CHECK(events(world, "Encrypt") == 40);
    CHECK(events(world, "Decrypt") == 40);
  }

  TEST_CASE("a commit of unknown end is looked up: what was made is answered, what was not is made, each once") {
    for (const int unknown : {1, 2, 3}) {
      CAPTURE(unknown);
      World world;
      world.store.unknown_commits = unknown;
      const Json answer = world.call("CreateKey", {{"Description", "one"}});
      REQUIRE(answer.contains("KeyMetadata"));
      CHECK(world.call("ListKeys", Json::object())["Keys"].size() == 1);
      CHECK(events(world, "CreateKey") == 1);
      world.store.unknown_commits = unknown;
      const std::string key = answer["KeyMetadata"]["Arn"];
      CHECK(world.call("Encrypt", {{"KeyId", key}, {"Plaintext", "aGVsbG8="}}).contains("CiphertextBlob"));
      CHECK(events(world, "Encrypt") == 1);
    }
  }

  TEST_CASE("who never wins is told so, and nothing is left") {
    World world;
    world.store.unlucky_always = true;
    const auto before = world.data();
    CHECK(world.call("CreateKey", Json::object())["__type"] == "ThrottlingException");
    CHECK(world.data() == before);
  }
}
