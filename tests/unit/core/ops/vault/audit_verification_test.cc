// The trail against its tree, where it lies: over a store whose tree is kept, and not made anew of the events.
#include "core/ops/vault/audit_verification.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "core/audit/trail_check.h"
#include "core/base/text.h"
#include "core/store/retry.h"
#include "tests/support/world.h"
#include "tests/unit/core/ops/vault/log_answers.h"
#include "vault/engine/memory_engine.h"
#include "vault/sealed/sealed_store.h"

using namespace kms;
using kms::testing::World;

namespace {

constexpr std::string_view kCheckedLog = "audit/log";

struct SealedLog {
  SystemRandom random;
  vault::MemoryEngine engine;
  vault::SealedStore store{engine,
                           [this] {
                             auto keys = std::make_shared<vault::Keys>(vault::VaultId{}, 1, random.secret(32),
                                                                       random.secret(32));
                             keys->new_material(random);
                             return keys;
                           }(),
                           random};
  explicit SealedLog(int entries) {
    transact(store, [&](Transaction& transaction) {
      for (int i = 0; i < entries; ++i) transaction.append(kCheckedLog, cat("event ", std::to_string(i)));
    });
  }
  void put(const std::string& item, const std::string& value) {
    transact(store, [&](Transaction& transaction) { transaction.put(cat("tiles/", kCheckedLog), item, value); });
  }
  std::string tile(const std::string& item) {
    return store.begin(Access::kRead)->get(cat("tiles/", kCheckedLog), item).value();
  }
  TrailCheck check(std::uint64_t from = 0, std::uint64_t most = 1 << 20) {
    return check_trail(*store.begin(Access::kRead), kCheckedLog, from, most);
  }
};

}  // namespace

TEST_SUITE("ops/audit_verification") {
  TEST_CASE("a trail that is as its tree says has no problems, in one part or several") {
    SealedLog log(256 * 5 + 17);
    CHECK(log.check().problems.empty());
    CHECK(log.check().checked == 256 * 5 + 17);
    const TrailCheck part = log.check(256, 300);
    CHECK(part.problems.empty());
    CHECK(part.checked == 256 * 3);
  }

  TEST_CASE("an event, tile or root that is another one is named") {
    SealedLog log(256 * 3 + 5);
    std::string tile = log.tile("0/1");
    const std::string sound = tile;
    tile[32 * 7] = static_cast<char>(tile[32 * 7] ^ 1);
    log.put("0/1", tile);
    auto problems = log.check().problems;
    REQUIRE(problems.size() >= 1);
    CHECK(problems[0] == "event 263 is not the one that the tree has");
    log.put("0/1", sound);
    CHECK(log.check().problems.empty());
    std::string above = log.tile("1/0");
    above[2] = static_cast<char>(above[2] ^ 1);
    log.put("1/0", above);
    problems = log.check().problems;
    REQUIRE(problems.size() == 2);
    CHECK(problems[0] == "tile 0 of level 0 is not the one that the tree has");
    CHECK(problems[1] == "the tiles of the tree do not lead to its root");
  }

  TEST_CASE("each bit of the frontier counts") {
    SealedLog log(300);
    auto frontier = log.store.begin(Access::kRead)->get("trees", kCheckedLog).value();
    for (const std::size_t at : {std::size_t{9}, frontier.size() - 1}) {
      std::string changed = frontier;
      changed[at] = static_cast<char>(changed[at] ^ 1);
      transact(log.store, [&](Transaction& transaction) { transaction.put("trees", kCheckedLog, changed); });
      CHECK(log.check().problems.size() == 1);
    }
  }

  TEST_CASE("the operation goes on by markers of its own, and says how far it is") {
    World world;
    for (int i = 0; i < 3; ++i) world.create_key();
    const Json answer = world.call("VerifyAuditTrail", Json::object());
    CHECK(answer.at("Problems").empty());
    CHECK(answer.at("Truncated") == false);
    CHECK(answer.at("Checked") == answer.at("Size"));
    CHECK_FALSE(kms::testing::refusal_text(world, "VerifyAuditTrail", {{"Marker", "bm9uZQ=="}}).empty());
  }
}
