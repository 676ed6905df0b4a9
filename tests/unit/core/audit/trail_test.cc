// Positions and cursors of the trail, and what a filter opens.
#include "core/audit/trail.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <random>

#include "core/audit/recorder.h"
#include "core/base/text.h"
#include "tests/support/commit.h"
#include "tests/support/effort.h"
#include "tests/support/memory_store.h"

using namespace kms;
using kms::testing::MemoryStore;

namespace {

constexpr std::uint64_t kAll = ~std::uint64_t{0};
const AccountRegion kHome{"111122223333", "eu-central-1"};

AuditEvent event_of(Time when, std::string operation, std::string user = "x", std::string key = "1") {
  AuditEvent event(when, "event", "request");
  event.author = EventAuthor{kHome, AuthorKind::kUser, cat("arn:aws:iam::111122223333:user/", user), "AIDA"};
  event.operation = std::move(operation);
  event.resources.push_back(kHome.arn(cat("key/", key)));
  return event;
}

template <class Make>
void append(MemoryStore& store, int count, const Make& make) {
  AuditRecorder recorder;
  const auto transaction = store.begin(Access::kWrite);
  for (int i = 0; i < count; ++i) recorder.append(*transaction, make(i));
  commit_now(*transaction);
}

Time second(int number) {
  return Time(std::chrono::seconds(1'700'000'000 + number));
}

std::vector<std::uint64_t> numbers(TrailCursor cursor) {
  std::vector<std::uint64_t> out;
  while (const auto entry = cursor.next()) out.push_back(entry->number);
  return out;
}

// Leaves what the cursor learned.
void leave_indexes(MemoryStore& store, TrailCursor& cursor) {
  while (cursor.next()) {}
  append_now(store, cursor.take_indexes());
}

EventFilter of_operation(std::string name) {
  EventFilter filter;
  filter.operation = std::move(name);
  return filter;
}

}  // namespace

TEST_SUITE("audit/trail") {
  TEST_CASE("an event keeps its number, whichever way a cursor comes to it, and whatever is added") {
    MemoryStore store;
    const auto add = [&](int count) {
      append(store, count, [](int i) { return event_of(second(i), i % 2 == 0 ? "Encrypt" : "Decrypt"); });
    };
    add(3000);
    const auto every_other = [&](std::uint64_t from, std::uint64_t until) {
      std::vector<std::uint64_t> out;
      for (std::uint64_t i = from; i < until; ++i) {
        if (i % 2 == 1) out.push_back(i);
      }
      return out;
    };
    for (int i = 0; i < 2; ++i, add(1000)) {
      const auto transaction = store.begin(Access::kRead);
      const Trail trail(*transaction, kHome);
      const std::uint64_t head = trail.head();
      CHECK(head == 3000U + 1000U * static_cast<unsigned>(i));
      CHECK(numbers(trail.forward(of_operation("Decrypt"), 2000, kAll)) == every_other(2000, head));
      auto backward = numbers(trail.backward(of_operation("Decrypt"), 2000, kAll));
      std::reverse(backward.begin(), backward.end());
      CHECK(backward == every_other(0, 2000));
      CHECK(numbers(trail.forward({}, 0, kAll)).size() == head);
      CHECK(numbers(trail.backward({}, head, kAll)).size() == head);
      CHECK(numbers(trail.forward({}, head, kAll)).empty());
      CHECK(numbers(trail.backward({}, 0, kAll)).empty());
    }
  }

  TEST_CASE("a cursor goes on where another one stopped or came to rest") {
    MemoryStore store;
    append(store, 5000, [](int i) { return event_of(second(i), i % 10 == 0 ? "Sign" : "Encrypt"); });
    const auto transaction = store.begin(Access::kRead);
    const Trail trail(*transaction, kHome);
    for (const bool backward : {false, true}) {
      std::vector<std::uint64_t> found;
      std::uint64_t position = backward ? trail.head() : 0;
      for (int turns = 0;; ++turns) {
        REQUIRE(turns < 1000);
        auto cursor = backward ? trail.backward(of_operation("Sign"), position, 1)
                               : trail.forward(of_operation("Sign"), position, 1);
        for (int i = 0; i < 7; ++i) {
          if (const auto entry = cursor.next()) found.push_back(entry->number);
        }
        position = cursor.position();
        if (cursor.at_end()) break;
      }
      if (backward) std::reverse(found.begin(), found.end());
      REQUIRE(found.size() == 500);
      for (std::size_t i = 0; i < found.size(); ++i) CHECK(found[i] == 10 * i);
    }
  }

  TEST_CASE("stretches that hold nothing of what is asked for are not opened again") {
    MemoryStore store;
    append(store, 6 * 1024 + 100, [](int i) {
      AuditEvent event =
          event_of(second(i), i == 1500 ? "DisableKey" : "Encrypt", i == 2500 ? "eve" : "x", i == 3500 ? "2" : "1");
      if (i == 4500) event.failure = EventFailure{ErrorCode::kAccessDenied};
      event.read_only = i != 5500;
      return event;
    });
    EventFilter filters[6];
    filters[0].operation = "DisableKey";
    filters[1].principal = "arn:aws:iam::111122223333:user/eve";
    filters[2].resource = kHome.arn("key/2");
    filters[3].from = iso_seconds(second(6 * 1024 + 90));
    filters[4].denied = true;
    filters[5].read_only = false;
    const auto opened = [&](const EventFilter& filter, std::size_t found) {
      const auto transaction = store.begin(Access::kRead);
      const Trail trail(*transaction, kHome);
      const std::uint64_t before = store.opened;
      CHECK(numbers(trail.backward(filter, trail.head(), kAll)).size() == found);
      return store.opened - before;
    };
    for (const auto& filter : filters) CHECK(opened(filter, &filter == &filters[3] ? 10 : 1) > 6 * 1024);
    {
      const auto transaction = store.begin(Access::kRead);
      auto cursor = Trail(*transaction, kHome).backward(filters[0], kAll, kAll);
      leave_indexes(store, cursor);
    }
    for (const auto& filter : filters) {
      const bool by_time = &filter == &filters[3];
      CHECK(opened(filter, by_time ? 10 : 1) <= 100 + 6 + (by_time ? 0 : 1024));
    }
  }

  TEST_CASE("an event of after the start is found behind others of before it: clocks go back") {
    MemoryStore store;
    // The clock is ten days ahead for a while, in the middle of the second stretch.
    const auto when = [](int i) { return second(i + (i >= 1500 && i < 1510 ? 864'000 : 0)); };
    append(store, 5 * 1024, [&](int i) { return event_of(when(i), "Encrypt"); });
    EventFilter filter;
    filter.from = iso_seconds(second(5 * 1024 - 2));
    for (int i = 0; i < 2; ++i) {
      const auto transaction = store.begin(Access::kRead);
      auto cursor = Trail(*transaction, kHome).backward(filter, kAll, kAll);
      std::vector<std::uint64_t> found;
      while (const auto entry = cursor.next()) found.push_back(entry->number);
      CHECK(found.size() == 12);
      CHECK(found.back() == 1500);
      append_now(store, cursor.take_indexes());
    }
  }

  TEST_CASE("of indexed stretches a list opens what it answers, however evenly a key is used, and not a page more") {
    MemoryStore store;
    append(store, 20 * 1024 + 10,
           [](int i) { return event_of(second(i), "Encrypt", std::to_string(i % 20), std::to_string(i % 200)); });
    {
      const auto transaction = store.begin(Access::kRead);
      auto cursor = Trail(*transaction, kHome).backward(of_operation("Sign"), kAll, kAll);
      leave_indexes(store, cursor);
    }
    const auto transaction = store.begin(Access::kRead);
    const Trail trail(*transaction, kHome);
    EventFilter filter;
    filter.resource = kHome.arn("key/77");
    std::uint64_t before = store.opened;
    CHECK(numbers(trail.backward(filter, kAll, kAll)).size() == 103);
    CHECK(store.opened - before == 103 + 20 + 10);  // with an index a stretch, and the ten that are in none
    filter.from = iso_seconds(second(19 * 1024 + 500));
    before = store.opened;
    CHECK(numbers(trail.forward(filter, 0, kAll)) == std::vector<std::uint64_t>{20077, 20277, 20477});
    CHECK(store.opened - before == 3 + 20 + 10);
    before = store.opened;
    auto first_ten = trail.forward(of_operation("Encrypt"), 0, kAll);
    for (int i = 0; i < 10; ++i) CHECK(first_ten.next().has_value());
    CHECK(store.opened - before <= 65);
  }

  TEST_CASE("an event is found by its id without opening the others") {
    MemoryStore store;
    append(store, 8 * 1024, [](int i) {
      AuditEvent event = event_of(second(i), "Encrypt");
      event.event_id = cat("id-", std::to_string(i));
      return event;
    });
    EventFilter filter;
    filter.id = "id-3003";
    for (const bool indexed : {false, true}) {
      const auto transaction = store.begin(Access::kRead);
      const std::uint64_t before = store.opened;
      auto cursor = Trail(*transaction, kHome).backward(filter, kAll, kAll);
      CHECK(cursor.next().value().number == 3003);
      CHECK_FALSE(cursor.has_next());
      if (indexed) CHECK(store.opened - before <= 8 + 10);
      append_now(store, cursor.take_indexes());
    }
  }

  TEST_CASE("a list rests after so many indexes, too, however little they name") {
    MemoryStore store;
    append(store, 10 * 1024, [](int i) { return event_of(second(i), "Encrypt"); });
    const auto transaction = store.begin(Access::kRead);
    auto all = Trail(*transaction, kHome).backward(of_operation("Sign"), kAll, kAll);
    leave_indexes(store, all);
    const auto later = store.begin(Access::kRead);
    auto cursor = Trail(*later, kHome).backward(of_operation("Sign"), kAll, 64);
    CHECK_FALSE(cursor.has_next());
    CHECK_FALSE(cursor.at_end());
    CHECK(cursor.position() == 6 * 1024);
  }

  TEST_CASE("an index of a version before is passed over, and made anew") {
    MemoryStore store;
    append(store, 1024, [](int i) {
      AuditEvent event = event_of(second(i), "Encrypt");
      if (i == 7) event.failure = EventFailure{ErrorCode::kNotFound};
      return event;
    });
    EventFilter filter;
    filter.failed = true;
    for (const char version : {'\1', '\2'}) {
      const std::vector<SideRecord> old{{cat("stretches/", audit_log(kHome)), "0", std::string(5, version)}};
      append_now(store, old);
      const auto transaction = store.begin(Access::kRead);
      auto cursor = Trail(*transaction, kHome).backward(filter, kAll, kAll);
      CHECK(cursor.next().value().number == 7);
      CHECK(cursor.take_indexes().size() == 1);
    }
  }

  TEST_CASE("every filter finds what parsing each event finds, with indexes and without") {
    std::mt19937 chance(7);
    const auto draw = [&](int most) { return std::uniform_int_distribution<int>(0, most)(chance); };
    MemoryStore store;
    const std::vector<std::string> operations{"Encrypt", "Decrypt", "Sign", "DisableKey"};
    const auto one_of = [&] { return std::to_string(draw(4) < 4 ? 0 : draw(3000)); };
    append(store, 4500, [&](int i) {
      AuditEvent event = event_of(
          second(i + draw(600)), operations[static_cast<std::size_t>(draw(999) < 2 ? 3 : draw(2))], one_of(), one_of());
      if (draw(999) < 2) event.failure = EventFailure{draw(1) == 0 ? ErrorCode::kAccessDenied : ErrorCode::kNotFound};
      event.read_only = draw(999) > 1;
      return event;
    });
    std::vector<Json> events;
    for (const std::string& text : store.records.logs.at(audit_log(kHome))) events.push_back(Json::parse(text));
    for (int turn = 0; turn < repetitions(24); ++turn) {
      EventFilter filter;
      if (draw(2) == 0) filter.operation = operations[static_cast<std::size_t>(draw(3))];
      if (draw(2) == 0) filter.principal = cat("arn:aws:iam::111122223333:user/", one_of());
      if (draw(2) == 0) filter.resource = kHome.arn(cat("key/", one_of()));
      if (draw(2) == 0) filter.from = iso_seconds(second(draw(5000)));
      if (draw(2) == 0) filter.until = iso_seconds(second(draw(5000)));
      if (draw(2) == 0) filter.failed = draw(1) == 0;
      if (draw(2) == 0) filter.denied = draw(1) == 0;
      if (draw(2) == 0) filter.read_only = draw(1) == 0;
      const auto transaction = store.begin(Access::kRead);
      const Trail trail(*transaction, kHome);
      const auto is = [](const std::optional<bool>& wanted, bool it_is) { return !wanted || *wanted == it_is; };
      const auto fits = [](const std::string& wanted, const Json& text) { return wanted.empty() || text == wanted; };
      std::vector<std::uint64_t> expected;
      for (std::uint64_t number = 0; number < events.size(); ++number) {
        const Json& event = events[number];
        const std::string time = event["eventTime"];
        if (fits(filter.operation, event["eventName"]) && fits(filter.principal, event["userIdentity"]["arn"]) &&
            fits(filter.resource, event["resources"][0]["ARN"]) && time >= filter.from &&
            (filter.until.empty() || time < filter.until) && is(filter.failed, event.contains("errorCode")) &&
            is(filter.denied, event.value("errorCode", "") == "AccessDeniedException") &&
            is(filter.read_only, event["readOnly"])) {
          expected.push_back(number);
        }
      }
      CHECK(numbers(trail.forward(filter, 0, kAll)) == expected);
      auto cursor = trail.backward(filter, kAll, kAll);
      std::vector<std::uint64_t> found;
      while (const auto entry = cursor.next()) found.push_back(entry->number);
      std::reverse(found.begin(), found.end());
      CHECK(found == expected);
      if (turn % 8 == 5) append_now(store, cursor.take_indexes());
    }
  }
}
