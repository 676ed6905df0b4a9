#include "core/model/key_set.h"

#include <doctest/doctest.h>

#include "core/base/error.h"
#include "core/base/text.h"

using namespace kms;

namespace {

constexpr Time kNow = Time(std::chrono::seconds(1'700'000'000));
constexpr auto kDay = std::chrono::hours(24);
const std::string kFirst(64, 'a');
const std::string kSecond(64, 'b');
const std::string kThird(64, 'c');

Key primary() {
  Key key{{"111122223333", "eu-central-1"}, *KeyId::parse("mrk-0123456789abcdef0123456789abcdef")};
  key.origin = Origin::kExternal;
  key.state = KeyState::kPendingImport;
  key.primary_region = key.home.region;
  key.regions = {key.home.region};
  return key;
}

Key in(const Key& key, const char* region) {
  Key other = key;
  other.home.region = region;
  return other;
}

// A primary and a replica, both with the first material.
KeySet set_of_two() {
  KeySet set({primary()}, kNow);
  set.import_new(kFirst, {});
  set.replicate(in(set.leader(), "us-west-2"));
  set.import_existing("us-west-2", kFirst, {});
  return set;
}

std::string text(const std::vector<std::string>& lines) {
  std::string out;
  for (const std::string& line : lines) out += cat(line, "\n");
  return out;
}

}  // namespace

TEST_SUITE("model/key_set") {
  TEST_CASE("a set that only its methods changed has no violations") {
    KeySet set = set_of_two();
    CHECK(text(set.violations()).empty());
    set.import_new(kSecond, {kNow + kDay, "second"});
    set.import_existing("us-west-2", kSecond, {});
    set.rotate_to_pending(RotationType::kOnDemand);
    set.delete_material("us-west-2", kFirst);
    CHECK(set.in("us-west-2").state == KeyState::kPendingImport);
    set.withdraw_material("eu-central-1", kSecond, {kNow, {}, "boot"});
    CHECK(set.leader().state == KeyState::kPendingImport);
    set.restore_material("eu-central-1", kSecond);
    CHECK(set.leader().state == KeyState::kEnabled);
    CHECK(set.leader().find_material(kSecond)->description == "second");
    set.schedule_deletion("eu-central-1", 7);
    CHECK(set.leader().state == KeyState::kPendingReplicaDeletion);
    CHECK(text(set.violations()).empty());
    set.leave("us-west-2");
    CHECK(set.leader().deletion_date == kNow + kDay * 7);
    CHECK(text(set.violations()).empty());
  }

  TEST_CASE("a replica that cannot become current by a rotation is what the rotation waits for") {
    KeySet set = set_of_two();
    set.import_new(kSecond, {});
    CHECK_THROWS_AS(set.rotate_to_pending(RotationType::kOnDemand), Error);
    set.import_existing("us-west-2", kSecond, {});
    set.rotate_to_pending(RotationType::kOnDemand);
    for (const Key& member : set.members()) CHECK(member.material_id() == kSecond);
  }

  TEST_CASE("material that leaves the set is named as dropped wherever it is stored") {
    KeySet set = set_of_two();
    set.import_new(kSecond, {});
    set.import_existing("us-west-2", kSecond, {});
    set.delete_material("eu-central-1", kSecond);
    CHECK(set.dropped().size() == 2);
    CHECK(set.take_dropped().size() == 2);
    CHECK(set.dropped().empty());
  }

  TEST_CASE("each kind of violation is named, and mended without losing material") {
    const KeySet sound = set_of_two();
    const auto tampered = [&](auto change) {
      std::vector<Key> members = sound.members();
      change(members[0], members[1]);
      KeySet set(members, kNow);
      CHECK_FALSE(set.violations().empty());
      set.mend();
      CHECK(text(set.violations()).empty());
      CHECK(set.dropped().empty());
      return set;
    };
    tampered([](Key&, Key& replica) { replica.state = KeyState::kPendingImport; });
    tampered([](Key&, Key& replica) { replica.materials.clear(); });
    tampered([](Key&, Key& replica) { replica.regions.clear(); });
    tampered([](Key& key, Key&) { key.rotation.on_demand_count = 3; });
    const KeySet known = tampered([](Key&, Key& replica) {
      replica.materials.insert(replica.materials.begin(), {kThird, MaterialState::kNonCurrent});
    });
    CHECK(known.leader().find_material(kThird) != nullptr);
    CHECK(known.leader().state == KeyState::kPendingImport);
    const KeySet two = tampered([](Key& key, Key& replica) {
      key.materials = {{kFirst, MaterialState::kNonCurrent}, {kSecond, MaterialState::kCurrent}};
      replica.materials = {{kFirst, MaterialState::kCurrent}, {kSecond, MaterialState::kCurrent}};
    });
    CHECK(two.in("us-west-2").material_id() == kSecond);
  }

  TEST_CASE("an orphan that is pending in a replica alone is dropped") {
    std::vector<Key> members = set_of_two().members();
    members[1].materials.push_back({kSecond, MaterialState::kPendingRotation});
    KeySet set(members, kNow);
    set.mend();
    CHECK(text(set.violations()).empty());
    REQUIRE(set.dropped().size() == 1);
    CHECK(set.dropped()[0].region == "us-west-2");
  }

  TEST_CASE("the number of the last state goes on in whichever Region the primary is") {
    KeySet set = set_of_two();
    CHECK(set.next_sequence() == 1);
    CHECK(set.next_sequence() == 2);
    set.promote("us-west-2");
    CHECK(set.next_sequence() == 3);
    set.promote("eu-central-1");
    CHECK(set.next_sequence() == 4);
  }
}
