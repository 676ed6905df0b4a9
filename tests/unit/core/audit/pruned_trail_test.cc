// A trail whose oldest events were pruned: what is listed, proven and verified of it.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "core/audit/recorder.h"
#include "core/audit/trail.h"
#include "core/audit/trail_check.h"
#include "core/audit/trail_tree.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "formats/merkle_proof.h"
#include "tests/support/commit.h"
#include "tests/support/memory_store.h"

using namespace kms;
using kms::testing::MemoryStore;

namespace {

const AccountRegion kPrunedHome{"111122223333", "eu-central-1"};
constexpr std::uint64_t kEvents = 1300;
constexpr std::uint64_t kBegin = 512;

// Of 1300 events, half of them Encrypt, the first 512 are gone.
struct PrunedTrail {
  PrunedTrail() {
    AuditRecorder recorder;
    const auto writing = store.begin(Access::kWrite);
    for (std::uint64_t i = 0; i < kEvents; ++i) {
      AuditEvent event(Time(std::chrono::seconds(1'700'000'000 + i)), "event", "request");
      event.author = EventAuthor{kPrunedHome, AuthorKind::kUser, "arn:aws:iam::111122223333:user/x", "AIDA"};
      event.operation = i % 2 == 0 ? "Encrypt" : "Decrypt";
      recorder.append(*writing, event);
    }
    commit_now(*writing);
    {
      const auto reading = store.begin(Access::kRead);
      TrailTree tree(*reading, log);
      for (std::uint64_t size = 0; size <= kEvents; ++size) roots.push_back(tree.root(size));
    }
    const auto pruning = store.begin(Access::kWrite);
    CHECK(pruning->prune(log, 700) == kBegin);
    commit_now(*pruning);
    transaction = store.begin(Access::kRead);
  }
  MemoryStore store;
  std::string log = audit_log(kPrunedHome);
  std::vector<formats::MerkleHash> roots;  // of each size, before anything was pruned
  std::unique_ptr<Transaction> transaction;
};

std::vector<std::uint64_t> numbers_of(TrailCursor cursor) {
  std::vector<std::uint64_t> out;
  while (const auto entry = cursor.next()) out.push_back(entry->number);
  CHECK(cursor.at_end());
  return out;
}

std::string refusal_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::kValidation);
    return error.what();
  }
  return {};
}

}  // namespace

TEST_SUITE("audit/pruned trail") {
  TEST_CASE("a cursor comes to the events that are left, from either side, with a filter and without one") {
    const PrunedTrail pruned;
    const Trail trail(*pruned.transaction, kPrunedHome);
    CHECK(trail.begin() == kBegin);
    CHECK(trail.head() == kEvents);
    EventFilter encryptions;
    encryptions.operation = "Encrypt";
    constexpr std::uint64_t kAll = ~std::uint64_t{0};
    for (const EventFilter& filter : {EventFilter(), encryptions}) {
      const std::uint64_t expected = filter.asks_for_anything() ? (kEvents - kBegin) / 2 : kEvents - kBegin;
      const auto forward = numbers_of(trail.forward(filter, 0, kAll));
      CHECK(forward.size() == expected);
      CHECK(forward.front() == kBegin);
      const auto backward = numbers_of(trail.backward(filter, kEvents, kAll));
      CHECK(backward.size() == expected);
      CHECK(backward.back() == kBegin);
      CHECK(numbers_of(trail.backward(filter, 100, kAll)).empty());
    }
  }

  TEST_CASE("events that are left are proven as before, those that were pruned are said to be") {
    const PrunedTrail pruned;
    TrailTree tree(*pruned.transaction, pruned.log);
    CHECK(tree.root(kEvents) == pruned.roots[kEvents]);
    for (const std::uint64_t number : {kBegin, kBegin + 300, kEvents - 1}) {
      std::string text;
      pruned.transaction->read_log(pruned.log, number, [&](std::uint64_t, std::string_view value) {
        text = value;
        return false;
      });
      const formats::Inclusion claim{number, kEvents, formats::merkle_leaf(as_bytes(text)), pruned.roots[kEvents]};
      CHECK(formats::verify_inclusion(claim, tree.inclusion(number, kEvents)));
    }
    CHECK(refusal_of([&] { (void)tree.inclusion(5, kEvents); }) == "event 5 was pruned");
    CHECK(refusal_of([&] { (void)tree.inclusion(kBegin - 1, kEvents); }) == "event 511 was pruned");
  }

  TEST_CASE("of trees that end among pruned events, those of a multiple of 256 are proven, and the others refused") {
    const PrunedTrail pruned;
    TrailTree tree(*pruned.transaction, pruned.log);
    for (const std::uint64_t size : {std::uint64_t{256}, kBegin, kBegin + 1, kEvents - 1}) {
      const formats::Consistency grown{size, kEvents, pruned.roots[size], pruned.roots[kEvents]};
      CHECK(tree.root(size) == pruned.roots[size]);
      CHECK(formats::verify_consistency(grown, tree.consistency(size, kEvents)));
    }
    const std::string refusal = refusal_of([&] { (void)tree.consistency(300, kEvents); });
    CHECK(refusal.find("before 512 were pruned") != std::string::npos);
    CHECK(refusal.find("multiples of 256") != std::string::npos);
    CHECK(refusal_of([&] { (void)tree.root(300); }) == refusal);
    CHECK(refusal_of([&] { (void)tree.surroundings(300, 400, kEvents); }) == refusal);
    CHECK(tree.surroundings(kBegin, kEvents, kEvents).before.size() == 1);
  }

  TEST_CASE("what is left is verified against the whole tree") {
    PrunedTrail pruned;
    const TrailCheck sound = check_trail(*pruned.transaction, pruned.log, 0, kEvents);
    CHECK(sound.problems.empty());
    CHECK(sound.checked == kEvents);
  }
}
