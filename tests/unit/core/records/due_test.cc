#include "core/records/due.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "core/records/keys.h"
#include "tests/support/commit.h"
#include "tests/support/world.h"

using namespace kms;
using kms::testing::World;

namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

using Entries = std::set<std::pair<DueKind, std::string>>;

Entries due_by(World& world, Time now) {
  Entries entries;
  for (const DueKind kind : kDueKinds) {
    scan_due(*world.store.begin(Access::kRead), kind, now, [&](const Due& due) {
      CHECK(due.when <= now);
      CHECK(entries.emplace(kind, due.key.str()).second);
      return true;
    });
  }
  return entries;
}

std::set<std::string> waiting_in(World& world) {
  std::set<std::string> ids;
  scan_waiting(*world.store.begin(Access::kRead),
               [&](const AccountRegion&, const KeyId& id) { CHECK(ids.insert(id.str()).second); });
  return ids;
}

// As a look at every key finds it.
struct Looked {
  Entries due;
  std::set<std::string> waiting;
  std::map<DueKind, Time> next;
};

Looked look_at(const std::map<std::string, Key>& keys, Time now) {
  Looked found;
  for (const auto& [id, key] : keys) {
    if (waits_for_sight(key)) found.waiting.insert(id);
    for (const DueKind kind : kDueKinds) {
      const auto due = due_time(key, kind);
      if (due && *due <= now) found.due.emplace(kind, id);
      if (!due || *due <= now) continue;
      const auto [next, is_first] = found.next.emplace(kind, *due);
      if (!is_first) next->second = std::min(next->second, *due);
    }
  }
  return found;
}

void put(World& world, const Key& key) {
  const auto transaction = world.store.begin(Access::kWrite);
  put_key(*transaction, key);
  commit_now(*transaction);
}

Key new_key(World& world) {
  Key key{world.caller.home, KeyId::generate(world.random, false)};
  key.creation_date = world.clock.time;
  key.materials.push_back({std::string(64, 'a')});
  return key;
}

}  // namespace

TEST_SUITE("records/due") {
  TEST_CASE("the index finds what a look at every key finds, through all changes") {
    World world;
    std::mt19937 chance(7);
    const auto up_to = [&](int most) { return std::uniform_int_distribution<int>(0, most)(chance); };
    std::map<std::string, Key> keys;
    for (int step = 0; step < 400; ++step) {
      if (keys.empty() || up_to(3) == 0) {
        const Key fresh = new_key(world);
        keys.emplace(fresh.id.str(), fresh);
      }
      Key& key = std::next(keys.begin(), up_to(static_cast<int>(keys.size()) - 1))->second;
      key.rotation = {up_to(2) > 0, 90, world.clock.time + milliseconds(up_to(200'000'000))};
      key.state = up_to(2) > 0 ? KeyState::kEnabled : KeyState::kPendingDeletion;
      key.deletion_date.reset();
      key.due_sight.reset();
      if (key.state == KeyState::kPendingDeletion) key.deletion_date = world.clock.time + hours(up_to(60));
      if (key.deletion_date && up_to(3) == 0) key.due_sight = DueSight{world.clock.time, milliseconds(0), "boot"};
      key.materials.front().valid_to.reset();
      if (up_to(2) == 0) key.materials.front().valid_to = world.clock.time + milliseconds(up_to(200'000'000));
      put(world, key);
      const Time now = world.clock.time + milliseconds(up_to(200'000'000));
      if (step % 10 != 0) continue;
      const Looked expected = look_at(keys, now);
      CHECK(due_by(world, now) == expected.due);
      CHECK(waiting_in(world) == expected.waiting);
      for (const DueKind kind : kDueKinds) {
        const auto next = expected.next.find(kind);
        const auto wanted = next == expected.next.end() ? std::nullopt : std::optional(next->second);
        CHECK(find_due_after(*world.store.begin(Access::kRead), kind, now) == wanted);
      }
    }
    for (const auto& [id, key] : keys) {
      const auto transaction = world.store.begin(Access::kWrite);
      erase_key(*transaction, key);
      commit_now(*transaction);
    }
    for (const auto& [name, value] : world.store.records.values) CHECK_FALSE(name.first.starts_with("due-"));
    CHECK(count_keys(*world.store.begin(Access::kRead), world.caller.home) == KeyCounts());
  }
}
