// Who asked to be told of a commit is told what became of it, where anything may have.
#include <doctest/doctest.h>

#include <memory>
#include <stdexcept>
#include <vector>

#include "tests/support/memory_store.h"

using namespace kms;
using kms::testing::Manner;
using kms::testing::MemoryStore;

namespace {

struct Told {
  std::unique_ptr<Transaction> begin(MemoryStore& store) {
    auto transaction = store.begin(Access::kWrite);
    transaction->append("log", "entry");
    transaction->on_commit([this](Commit outcome) { outcomes.push_back(outcome); });
    return transaction;
  }
  std::vector<Commit> outcomes;
};

}  // namespace

TEST_SUITE("store/on_commit") {
  TEST_CASE("a commit that is done, or of which nobody knows, is told once") {
    MemoryStore store;
    store.manner = Manner::kPlain;
    Told told;
    CHECK(told.begin(store)->commit() == Commit::kDone);
    store.unknown_commits = 1;
    CHECK(told.begin(store)->commit() == Commit::kUnknown);
    CHECK(told.outcomes == std::vector{Commit::kDone, Commit::kUnknown});
  }

  TEST_CASE("a commit that throws may have been made, and is told as unknown") {
    MemoryStore store;
    store.manner = Manner::kPlain;
    store.failing_commits = 1;
    Told told;
    CHECK_THROWS_AS((void)told.begin(store)->commit(), std::runtime_error);
    CHECK(told.outcomes == std::vector{Commit::kUnknown});
  }

  TEST_CASE("what was not done is not told: a conflict, a transaction that is rolled back") {
    MemoryStore store;
    store.unlucky_always = true;
    Told told;
    CHECK(told.begin(store)->commit() != Commit::kDone);
    (void)told.begin(store);
    CHECK(told.outcomes.empty());
  }
}
