// That the index of what falls due says what the keys say: after random histories of keys and clocks; and that `vault
// check` tells where it does not.
#include "core/upkeep/due_check.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "core/base/encoding.h"
#include "core/base/text.h"
#include "tests/support/effort.h"
#include "tests/support/key_import.h"
#include "tests/support/key_sets.h"

using namespace kms;
using namespace kms::testing;
using std::chrono::hours;

namespace {

// Keys of all kinds in one vault, changed at random by calls, some of which are refused, while a clock runs and errs.
class DueHistory {
 public:
  explicit DueHistory(unsigned seed) : chance_(seed) {
    for (const Json& request : {Json::object(), Json{{"MultiRegion", true}}, Json{{"Origin", "EXTERNAL"}}}) {
      for (int i = 0; i < 2; ++i) keys_.push_back(world_.create_key(request));
    }
    world_.call("AddRegion", {{"Region", "us-west-2"}});
  }

  // What was done.
  std::string step() {
    const std::string& key = keys_[static_cast<std::size_t>(up_to(static_cast<int>(keys_.size()) - 1))];
    const int drawn = up_to(static_cast<int>(kCalls.size()) + 3);
    if (drawn == 0) world_.clock.advance(hours(1 + up_to(24 * 40)));
    if (drawn == 1) world_.clock.time += hours(24) * (up_to(800) - 400);  // a clock that somebody set
    if (drawn == 2) import(key);
    if (drawn == 3) keys_.push_back(world_.create_key());
    if (drawn <= 3) return cat("step ", std::to_string(drawn));
    const auto& [operation, more] = kCalls.at(static_cast<std::size_t>(drawn - 4));
    Json request = Json::parse(more);
    const bool of_vault = std::string_view(operation) == "Maintain" || std::string_view(operation) == "AcceptClock";
    if (!of_vault) request["KeyId"] = key;
    world_.call(operation, request);
    return operation;
  }

  World& world() { return world_; }

 private:
  int up_to(int most) { return std::uniform_int_distribution<int>(0, most)(chance_); }

  void import(const std::string& key) {
    // Of one key always the same material: it may have no other.
    const SecretBytes material = SecretBytes::copy_of(Bytes(32, static_cast<std::uint8_t>(1 + up_to(1))));
    import_in(world_, "eu-central-1", key, material, false, world_.clock.time + hours(1 + up_to(24 * 60)));
  }

  static constexpr std::array<std::pair<const char*, const char*>, 12> kCalls = {
      {{"EnableKeyRotation", R"({"RotationPeriodInDays":90})"},
       {"EnableKeyRotation", R"({"RotationPeriodInDays":365})"},
       {"DisableKeyRotation", "{}"},
       {"RotateKeyOnDemand", "{}"},
       {"DisableKey", "{}"},
       {"EnableKey", "{}"},
       {"ScheduleKeyDeletion", R"({"PendingWindowInDays":7})"},
       {"CancelKeyDeletion", "{}"},
       {"DeleteImportedKeyMaterial", "{}"},
       {"ReplicateKey", R"({"ReplicaRegion":"us-west-2"})"},
       {"Maintain", "{}"},
       {"AcceptClock", "{}"}}};
  World world_;
  std::mt19937 chance_;
  std::vector<std::string> keys_;
};

// The one record of a key's date.
auto entry_in(World& world, std::string_view kind) {
  auto& values = world.store.records.values;
  return std::find_if(values.begin(), values.end(),
                      [&](const auto& record) { return record.first.first.starts_with(cat("due-at/", kind)); });
}

std::string rotating_key(World& world) {
  world.store.manner = Manner::kPlain;  // its records are changed behind its back
  const std::string key = world.create_key();
  world.call("EnableKeyRotation", {{"KeyId", key}, {"RotationPeriodInDays", 90}});
  CHECK(violations(world).empty());
  return key;
}

bool tells(World& world, std::string_view what) {
  return violations(world).find(what) != std::string::npos;
}

}  // namespace

TEST_SUITE("upkeep/due check") {
  TEST_CASE("the index of what falls due fits the keys through all that happens to them and to the clock") {
    for (int seed = 0; seed < repetitions(40); ++seed) {
      DueHistory history(static_cast<unsigned>(seed));
      for (int i = 0; i < 60; ++i) {
        const std::string done = history.step();
        CAPTURE(seed);
        CAPTURE(done);
        REQUIRE(violations(history.world()) == "");
      }
    }
  }

  TEST_CASE("a date that is not in the index is told, with what brings it back") {
    World world;
    const std::string key = rotating_key(world);
    world.store.records.values.erase(entry_in(world, "rotation"));
    CHECK(tells(world, cat(key, " has its rotation at ")));
    CHECK(tells(world, "disable its rotation and enable it again"));
    world.call("DisableKeyRotation", {{"KeyId", key}});
    world.call("EnableKeyRotation", {{"KeyId", key}, {"RotationPeriodInDays", 90}});
    CHECK(violations(world).empty());
  }

  TEST_CASE("an entry that no key has is told, and gone once its time has come") {
    World world;
    const std::string key = rotating_key(world);
    auto& values = world.store.records.values;
    const auto kept = values;
    world.call("DisableKeyRotation", {{"KeyId", key}});
    for (const auto& [name, value] : kept) {
      if (name.first.starts_with("due-")) values[name] = value;
    }
    CHECK(tells(world, cat("what falls due lists a rotation of ", key)));
    world.clock.advance(kDay * 91);
    CHECK(world.call("Maintain", Json::object())["Rotated"] == 0);
    CHECK(violations(world).empty());
  }

  TEST_CASE("a number of keys that is not that of the keys is told") {
    World world;
    const std::string key = rotating_key(world);
    world.call("ScheduleKeyDeletion", {{"KeyId", key}, {"PendingWindowInDays", 7}});
    CHECK(violations(world).empty());
    world.store.records.values[{"key-count", "111122223333/eu-central-1"}] = R"({"keys":1,"pending":0})";
    CHECK(tells(world, "has 1 keys in eu-central-1, 1 of them pending deletion, and counts 1 and 0"));
  }
}
