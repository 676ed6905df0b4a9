#include <doctest/doctest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "tests/unit/vault/vault_world.h"

using namespace kms;
using namespace kms::test;

namespace {

constexpr Memo<std::string> kBoth{"both"};
constexpr Memo<std::string> kValue{"value"};
constexpr Memo<int> kNumber{"value"};

}  // namespace

TEST_SUITE("vault/threads") {
  TEST_CASE("readers, writers and one that wants the files for itself take turns, and lose nothing") {
    VaultWorld world;
    world.create();
    world.options.remember = true;
    const auto vault = world.open();
    constexpr int kThreads = 4;
    constexpr int kRounds = 25;
    std::atomic<int> torn = 0;
    const auto work = [&](int number) {
      for (int round = 0; round < kRounds; ++round) {
        {
          const auto writing = vault->begin(Access::kWrite);
          writing->put("pair", "a", std::to_string(number * 1000 + round));
          writing->put("pair", "b", std::to_string(number * 1000 + round));
          writing->append("log", "event");
          if (round % 10 == 8) writing->put_secret("secrets", std::to_string(number), secret_of("secret"));
          if (round % 10 == 9) writing->destroy("secrets", std::to_string(number));
          if (writing->commit() == Commit::kConflict) {  // others came between it and the files for itself
            --round;
            continue;
          }
        }
        const auto reading = vault->begin(Access::kRead);
        const auto both = reading->remembered(
            kBoth, {}, [&] { return reading->get("pair", "a").value() + "=" + reading->get("pair", "b").value(); });
        if (reading->get("pair", "a") != reading->get("pair", "b")) ++torn;
        if (*both != reading->get("pair", "a").value() + "=" + reading->get("pair", "b").value()) ++torn;
      }
    };
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) threads.emplace_back(work, i);
    for (std::thread& each : threads) each.join();
    CHECK(torn == 0);
    CHECK(vault->begin(Access::kRead)->log_size("log") == kThreads * kRounds);
    CHECK(vault->check().problems.empty());
  }

  TEST_CASE("what is remembered outlives side records, and no change") {
    VaultWorld world;
    world.create();
    world.options.remember = true;
    const auto vault = world.open();
    int made = 0;
    const auto remembered = [&](const Transaction& transaction) {
      return *transaction.remembered(kValue, {}, [&] {
        ++made;
        return transaction.get("records", "one").value_or("none");
      });
    };
    CHECK(remembered(*vault->begin(Access::kRead)) == "none");
    CHECK(remembered(*vault->begin(Access::kRead)) == "none");
    CHECK(made == 1);
    const auto old = vault->begin(Access::kRead);
    {
      const auto writing = vault->begin(Access::kWrite);
      writing->put_unremembered("records", "noted", "x");
      writing->append("log", "event");
      CHECK(remembered(*writing) == "none");
      commit_now(*writing);
    }
    CHECK(remembered(*vault->begin(Access::kRead)) == "none");
    CHECK(made == 1);
    {
      const auto writing = vault->begin(Access::kWrite);
      writing->put("records", "one", "1");
      CHECK(remembered(*writing) == "1");  // its own change, remembered by nobody
      commit_now(*writing);
    }
    CHECK(remembered(*vault->begin(Access::kRead)) == "1");
    CHECK(remembered(*vault->begin(Access::kRead)) == "1");
    CHECK(made == 3);
    CHECK(remembered(*old) == "none");  // its snapshot is what it was
    {
      const auto alone = [&] {
        const auto writing = vault->begin(Access::kWrite);
        writing->erase("records", "one");
        commit_now(*writing);
      };
      std::thread(alone).join();
    }
    CHECK(remembered(*vault->begin(Access::kRead)) == "none");
  }

  TEST_CASE("a name in the words of another kind of thing, or run together from two, is a thing of its own") {
    VaultWorld world;
    world.create();
    world.options.remember = true;
    const auto vault = world.open();
    const auto transaction = vault->begin(Access::kRead);
    const auto text = [&](std::initializer_list<std::string_view> parts, const std::string& value) {
      return *transaction->remembered(kValue, parts, [&] { return value; });
    };
    CHECK(text({"a", "bc"}, "first") == "first");
    CHECK(text({"ab", "c"}, "second") == "second");
    CHECK(text({"abc"}, "third") == "third");
    CHECK(text({"a", "bc"}, "unused") == "first");
    CHECK(*transaction->remembered(kNumber, {"abc"}, [] { return 4; }) == 4);
    CHECK(text({"abc"}, "unused") == "third");
  }

  TEST_CASE("what is not there is not remembered") {
    VaultWorld world;
    world.create();
    world.options.remember = true;
    const auto vault = world.open();
    int made = 0;
    const auto absent = [&] { return ++made > 1 ? std::optional<std::string>("there") : std::nullopt; };
    CHECK(vault->begin(Access::kRead)->remembered(kValue, {"x"}, absent) == nullptr);
    CHECK(*vault->begin(Access::kRead)->remembered(kValue, {"x"}, absent) == "there");
    CHECK(*vault->begin(Access::kRead)->remembered(kValue, {"x"}, absent) == "there");
    CHECK(made == 2);
  }

  TEST_CASE("a thread that would wait for itself is told so") {
    VaultWorld world;
    world.create();
    const auto vault = world.open();
    const auto reading = vault->begin(Access::kRead);
    const auto writing = vault->begin(Access::kWrite);
    CHECK(failure_of([&] { (void)vault->begin(Access::kWrite); }) == ErrorCode::kInternal);
    writing->put_secret("secrets", "one", secret_of("secret"));
    writing->destroy("secrets", "one");  // its commit would wait for the one that reads
    CHECK(failure_of([&] { (void)writing->commit(); }) == ErrorCode::kInternal);
  }
}
