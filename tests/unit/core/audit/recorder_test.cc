// Who observes the trail is told of each event that became a fact, once, and of nothing else.
#include "core/audit/recorder.h"

#include <doctest/doctest.h>

#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <stdexcept>

#include "core/base/text.h"
#include "core/service/dispatch.h"
#include "core/service/service_events.h"
#include "tests/support/effort.h"
#include "tests/support/world.h"
#include "tests/unit/vault/vault_world.h"

using namespace kms;
using kms::testing::Manner;
using kms::testing::World;

namespace {

struct Counter final : AuditObserver {
  void became_durable(const DurableEvent& event) override {
    ++total;
    for (const std::string& log : event.logs) ++told[{log, std::string(event.text)}];
  }
  std::map<std::pair<std::string, std::string>, int> told;
  int total = 0;
};

struct OfFailures final : AuditObserver {
  bool is_of_failures() const override { return true; }
  void became_durable(const DurableEvent& event) override { told.emplace_back(event.text); }
  std::vector<std::string> told;
};

struct Failing final : AuditObserver {
  void became_durable(const DurableEvent& /*event*/) override {
    ++called;
    if (called % 2 == 0) throw std::runtime_error("the observer is broken");
    throw 7;
  }
  std::uint64_t called = 0;
};

struct ObservedWorld : World {
  ObservedWorld() {
    audit.add_observer(failing);
    audit.add_observer(counter);
  }
  // The entries of all logs.
  std::map<std::pair<std::string, std::string>, int> facts() const {
    std::map<std::pair<std::string, std::string>, int> out;
    for (const auto& [log, entries] : store.records.logs) {
      for (const std::string& text : entries) ++out[{log, text}];
    }
    return out;
  }
  Failing failing;
  Counter counter;
};

}  // namespace

TEST_SUITE("audit/recorder") {
  TEST_CASE("who observes is told of calls that change, that read and that fail, and of what the vault does itself") {
    ObservedWorld world;
    const std::string key = world.create_key();
    world.call("Encrypt", {{"KeyId", key}, {"Plaintext", "aGk="}});
    world.call("DescribeKey", {{"KeyId", "alias/absent"}});
    world.call("RotateKeyOnDemand", {{"KeyId", key}});
    world.call("EnableKeyRotation", {{"KeyId", key}});
    world.clock.advance(std::chrono::hours(24) * 366);
    world.call("ListKeys", Json::object());
    record_acts(world.context, std::array{AgentAct{"Lock", world.clock.time, "{}"}});
    CHECK(world.counter.told == world.facts());
    CHECK(world.counter.total == 10);  // two RotateKey among them, and that the slot still has the vault open
  }

  TEST_CASE("who observes failures alone is told of each, and of nothing else") {
    World world;
    OfFailures failures;
    world.audit.add_observer(failures);
    const std::string key = world.create_key();
    world.call("DescribeKey", {{"KeyId", key}});
    world.call("DescribeKey", {{"KeyId", "alias/absent"}});
    world.call("ScheduleKeyDeletion", {{"KeyId", key}, {"PendingWindowInDays", 3}});
    const AgentAct failed{"Unlock", world.clock.time, "{}", ErrorCode::kAccessDenied};
    record_acts(world.context, std::array{failed, AgentAct{"Lock", world.clock.time, "{}"}});
    REQUIRE(failures.told.size() == 3);
    CHECK(failures.told[0].find("NotFoundException") != std::string::npos);
    CHECK(failures.told[1].find("ScheduleKeyDeletion") != std::string::npos);
    CHECK(failures.told[2].find("Unlock") != std::string::npos);
  }

  TEST_CASE("an observer that throws harms neither the call nor another observer") {
    ObservedWorld world;
    const std::string key = world.create_key();
    CHECK(world.call("Encrypt", {{"KeyId", key}, {"Plaintext", "aGk="}}).contains("CiphertextBlob"));
    CHECK(world.counter.total == 2);
    CHECK(world.failing.called == 2);
    CHECK(world.audit.failures() == 2);
  }

  TEST_CASE("an event that stands in two logs is told once, with both") {
    ObservedWorld world;
    const auto transaction = world.store.begin(Access::kWrite);
    world.audit.append(*transaction, AuditRecord{{"one", "two"}, "appended"});
    CHECK(transaction->commit() == Commit::kDone);
    CHECK(world.audit.append_durably(world.store, {{{"one", "two"}, "left"}}, {}, {}) == Commit::kDone);
    CHECK(world.counter.total == 2);
    CHECK(world.counter.told == world.facts());
  }

  TEST_CASE("what no commit made is told to nobody: a full disk, a transaction that is rolled back") {
    ObservedWorld world;
    const std::string key = world.create_key();
    world.store.failing_commits = 2;
    CHECK(world.call("DisableKey", {{"KeyId", key}})["__type"] == "KMSInternalException");
    {
      const auto transaction = world.store.begin(Access::kWrite);
      append_vault_event(world.context, *transaction, world.caller.home, VaultEvent::kClockWentBack, world.clock.time,
                         Json::object());
    }
    CHECK(world.call("ListKeys", Json::object()).contains("Keys"));
    CHECK(world.counter.told == world.facts());
  }

  TEST_CASE("whatever a store answers, conflict, stale or unknown, each event that it has is told once") {
    ObservedWorld world;
    world.store.manner = Manner::kShared;
    std::mt19937 chance(11);
    const std::string key = world.create_key();
    const auto call = [&](const char* operation, const Json& request) {
      (void)dispatch(world.context, world.proof(), operation, request);
    };
    for (int i = 0; i < repetitions(300); ++i) {
      CAPTURE(i);
      const int what = std::uniform_int_distribution<int>(0, 9)(chance);
      if (what == 0) world.store.unknown_commits = std::uniform_int_distribution<int>(1, 4)(chance);
      if (what == 1) world.store.failing_commits = std::uniform_int_distribution<int>(1, 3)(chance);
      if (what == 2) world.clock.advance(std::chrono::hours(24) * 100);
      if (what < 5) call("RotateKeyOnDemand", {{"KeyId", key}});
      if (what == 5) call("CreateKey", Json::object());
      if (what == 6) call("EnableKeyRotation", {{"KeyId", key}, {"RotationPeriodInDays", 90}});
      if (what > 6) call("Encrypt", {{"KeyId", key}, {"Plaintext", "aGk="}});
      if (world.store.failing_commits > 0 || world.store.unknown_commits > 0) continue;
      call("ListKeys", Json::object());  // settles what was left in doubt
      if (i % 10 == 0) REQUIRE(world.counter.told == world.facts());
    }
    world.store.failing_commits = world.store.unknown_commits = 0;
    call("ListKeys", Json::object());
    CHECK(world.counter.told == world.facts());
    CHECK(world.store.conflicts > 10);
  }

  TEST_CASE("the events of many calls that become durable at once are told one by one") {
    ObservedWorld world;
    world.store.manner = Manner::kPlain;
    const std::string key = world.create_key();
    for (const int unknown : {0, 1, 2}) {
      CAPTURE(unknown);
      std::vector<Outcome> outcomes;
      std::vector<Outcome*> pointers;
      for (int i = 0; i < 5; ++i)
        outcomes.push_back(perform(world.context, world.proof(), "DescribeKey", {{"KeyId", key}}));
      for (Outcome& each : outcomes) pointers.push_back(&each);
      world.store.unknown_commits = unknown;
      make_durable(world.context, pointers);
      for (Outcome& each : outcomes) CHECK(each.take_answer().contains("KeyMetadata"));
      CHECK(world.counter.told == world.facts());
    }
    CHECK(world.counter.total == 16);
  }

  TEST_CASE("what goes through a journal is told when it is durable, and not again when it is folded") {
    test::VaultWorld world;
    world.create([](Transaction& records) { records.put_secret("secrets", "one", test::raw_key('s')); });
    world.options.remember = true;
    Counter counter;
    AuditRecorder recorder;
    recorder.add_observer(counter);
    const auto vault = world.open();
    REQUIRE(vault->journals());
    CHECK(recorder.append_durably(*vault, {{{"log"}, "left"}}, {{"notes", "last", "n"}}, {}) == Commit::kDone);
    CHECK(counter.total == 1);
    const auto transaction = vault->begin(Access::kWrite);  // with what is in the journal
    recorder.append(*transaction, AuditRecord{{"log"}, "appended"});
    CHECK(counter.total == 1);
    CHECK(transaction->commit() == Commit::kDone);
    CHECK(counter.total == 2);
    CHECK(counter.told ==
          std::map<std::pair<std::string, std::string>, int>{{{"log", "left"}, 1}, {{"log", "appended"}, 1}});
  }
}
