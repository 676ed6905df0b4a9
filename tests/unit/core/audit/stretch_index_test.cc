// Indexes of stretches: what they know of events, and what damage to them does.
#include "core/audit/stretch_index.h"

#include <doctest/doctest.h>

#include <random>

#include "core/audit/event_text.h"
#include "core/base/text.h"
#include "tests/support/effort.h"

using namespace kms;

namespace {

const AccountRegion kLogHome{"111122223333", "eu-central-1"};

std::int64_t second_of(std::size_t position) {
  return 1'700'000'000 + static_cast<std::int64_t>(position) - (position == 500 ? 100'000 : 0);
}

// Encrypt with keys 0 to 199, DisableKey with key/x at 1000, which was denied; the clock is back at 500.
std::string text_at(std::size_t position) {
  AuditEvent event(Time(std::chrono::seconds(second_of(position))), cat("id-", std::to_string(position)), "request");
  event.author = EventAuthor{kLogHome, AuthorKind::kUser, "arn:aws:iam::111122223333:user/x", "AIDA"};
  event.operation = position == 1000 ? "DisableKey" : "Encrypt";
  event.read_only = position != 1000;
  event.resources.push_back(kLogHome.arn(cat("key/", position == 1000 ? "x" : std::to_string(position % 200))));
  if (position == 1000) event.failure = EventFailure{ErrorCode::kAccessDenied};
  if (position == 900) event.failure = EventFailure{ErrorCode::kNotFound};
  return encode(event);
}

std::string whole_record() {
  StretchIndexBuilder builder;
  for (std::size_t i = 0; i < kStretch; ++i) builder.add(EventParts(text_at(i)));
  return builder.record("log", 0).value;
}

Positions only(std::initializer_list<std::size_t> wanted) {
  Positions positions;
  for (const std::size_t position : wanted) positions.add(position);
  return positions;
}

// All that can be asked of an index.
void ask_everything(const std::string& record) {
  const StretchIndex index(record);
  EventFilter filter{"Encrypt", "arn:aws:iam::111122223333:user/x", kLogHome.arn("key/7"), "", ""};
  filter.id = "id-7";
  filter.failed = filter.denied = filter.read_only = true;
  (void)index.candidates(filter);
  for (const auto kind :
       {IndexedText::kOperation, IndexedText::kPrincipal, IndexedText::kResource, IndexedText::kError}) {
    index.visit(kind, [](std::string_view, const Positions&) { return true; });
  }
}

bool is_refused_as_damaged(const std::string& record) {
  try {
    ask_everything(record);
    return false;
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::kVaultDamaged);
    return true;
  }
}

}  // namespace

TEST_SUITE("audit/stretch_index") {
  TEST_CASE("it knows of each event what it is found by, and takes some ten bytes for that") {
    const std::string record = whole_record();
    const StretchIndex index(record);
    CHECK(record.size() < 12 * kStretch);
    for (std::size_t i = 0; i < kStretch; ++i) CHECK(index.times().at(i) == second_of(i));
    CHECK(index.read_only() == ~only({1000}));
    CHECK(index.failed() == only({900, 1000}));
    CHECK(index.with(IndexedText::kOperation, "DisableKey") == only({1000}));
    CHECK(index.with(IndexedText::kOperation, "Encrypt") == ~only({1000}));
    CHECK(index.with(IndexedText::kOperation, "Decrypt").empty());
    CHECK(index.with(IndexedText::kResource, kLogHome.arn("key/7")) == only({7, 207, 407, 607, 807, 1007}));
    CHECK(index.with(IndexedText::kResource, kLogHome.arn("key/")).empty());
    CHECK(index.with(IndexedText::kPrincipal, "arn:aws:iam::111122223333:user/x") == Positions::all());
    CHECK(index.with(IndexedText::kError, "NotFoundException") == only({900}));
    CHECK(index.between(second_of(0), second_of(2)) == only({0, 1}));
    CHECK(index.between({}, second_of(0)) == only({500}));
    CHECK(index.between(second_of(1022), {}) == only({1022, 1023}));
  }

  TEST_CASE("an event whose time or form is not as it is written today stays among those that may be wanted") {
    StretchIndexBuilder builder;
    for (std::size_t i = 0; i < kStretch; ++i) {
      const std::string text = i == 3 ? R"({"eventName":"Encrypt","eventTime":"yesterday"})" : text_at(i);
      builder.add(EventParts(text));
    }
    EventFilter filter{"Encrypt", "", "", "2100-01-01T00:00:00Z", ""};
    CHECK(StretchIndex(builder.record("log", 0).value).candidates(filter) == only({3}));
  }

  TEST_CASE("an index that ends early, or goes on, is damaged and nothing worse") {
    const std::string record = whole_record();
    CHECK_FALSE(is_refused_as_damaged(record));
    for (std::size_t size = 0; size < record.size(); size += 7) CHECK(is_refused_as_damaged(record.substr(0, size)));
    CHECK(is_refused_as_damaged(record + '\0'));
  }

  TEST_CASE("whatever is changed in an index, it is read or refused as damaged") {
    std::mt19937 chance(3);
    const std::string record = whole_record();
    int refused = 0;
    for (int turn = 0; turn < repetitions(2000); ++turn) {
      std::string changed = record;
      for (int i = 0; i < 3; ++i) {
        const auto at = std::uniform_int_distribution<std::size_t>(0, record.size() - 1)(chance);
        changed[at] = static_cast<char>(std::uniform_int_distribution<int>(0, 255)(chance));
      }
      if (is_refused_as_damaged(changed)) ++refused;
    }
    CHECK(refused > 0);
  }

  TEST_CASE("a position beyond the stretch, and a count of none or of too many, are damage") {
    // Behind what is empty: a list of operations with one text, "o", and these positions.
    const auto with_positions = [](std::string_view positions) {
      const std::string fixed = cat("\3", std::string(kStretch + 2 * kStretch + 128, '\0'));
      const std::string list = cat(std::string("\0\1o", 3), positions);
      const char size[] = {0, 0, 0, static_cast<char>(list.size())};
      return cat(fixed, std::string_view(size, sizeof size), list, std::string(12, '\0'));
    };
    CHECK_FALSE(is_refused_as_damaged(with_positions("\1\xff\7")));                                // 1023
    CHECK(is_refused_as_damaged(with_positions(std::string_view("\1\x80\x08", 3))));               // 1024
    CHECK(is_refused_as_damaged(with_positions("\2\xff\7\1")));                                    // one more than 1023
    CHECK(is_refused_as_damaged(with_positions(std::string_view("\0", 1))));                       // none
    CHECK(is_refused_as_damaged(with_positions("\x81\x08")));                                      // 1025
    CHECK(is_refused_as_damaged(with_positions("\1\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\1")));  // endless
  }
}
