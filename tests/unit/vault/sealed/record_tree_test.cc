// The tree of records against a map of them, and records that somebody without the keys moves about in the engine.
#include "vault/sealed/record_tree.h"

#include <doctest/doctest.h>

#include <functional>
#include <map>
#include <random>
#include <string>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/store/retry.h"
#include "vault/engine/memory_engine.h"
#include "vault/sealed/record_table.h"
#include "vault/sealed/sealed_store.h"

using namespace kms;

namespace {

using vault::RecordMark;
using vault::RecordPlace;

struct ListedWorld {
  SystemRandom random;
  vault::MemoryEngine engine;
  std::shared_ptr<const vault::Keys> keys = [this] {
    auto made = std::make_shared<vault::Keys>(vault::VaultId{}, 1, random.secret(32), random.secret(32));
    made->new_material(random);
    return made;
  }();

  using Raw = std::map<Bytes, Bytes>;
  Raw raw() {
    Raw all;
    const auto txn = engine.begin(Access::kRead);
    const auto cursor = txn->cursor();
    for (bool more = cursor->first(); more; more = cursor->next()) all[cursor->key()] = cursor->value();
    return all;
  }
  // As somebody does who can write the files.
  void write_raw(const std::function<void(vault::EngineTransaction&)>& change) {
    const auto txn = engine.begin(Access::kWrite);
    change(*txn);
    REQUIRE(txn->commit() == Commit::kDone);
  }
  void restore(const Raw& wanted) {
    const Raw now = raw();
    write_raw([&](vault::EngineTransaction& txn) {
      for (const auto& [key, value] : now) (void)txn.erase(key);
      for (const auto& [key, value] : wanted) txn.put(key, value);
    });
  }
  vault::RecordKind kind_of(const Bytes& sealed) { return vault::peek_record(sealed).kind; }
};

// Places that begin alike, as those of a collection do.
RecordPlace place_number(std::uint64_t number) {
  RecordPlace place{};
  place[0] = static_cast<std::uint8_t>(number % 3);
  for (std::size_t i = 0; i < 8; ++i) place[24 + i] = static_cast<std::uint8_t>(number >> (56 - 8 * i));
  return place;
}
RecordMark mark_number(std::uint64_t number) {
  RecordMark mark{};
  for (std::size_t i = 0; i < 8; ++i) mark[i] = static_cast<std::uint8_t>(number >> (8 * i));
  return mark;
}

using Listed = std::map<RecordPlace, RecordMark>;

void check_same(const vault::RecordTree& tree, const Listed& expected) {
  auto next = tree.first_from({});
  std::size_t same = 0;
  for (const auto& [place, mark] : expected) {
    if (!next || next->place != place || next->mark != mark) break;
    if (tree.find(place) != mark) break;
    ++same;
    next = tree.first_behind(place);
  }
  CHECK(same == expected.size());
  CHECK_FALSE(next.has_value());
}

ErrorCode code_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.code();
  }
  return ErrorCode::kInternal;
}

}  // namespace

TEST_SUITE("vault/record_tree") {
  TEST_CASE("it has what was set and not erased, in order, from one transaction to the next") {
    ListedWorld world;
    std::mt19937 numbers(20);
    Listed expected;
    vault::TreeTop top;
    for (int round = 0; round < 40; ++round) {
      CAPTURE(round);
      const bool shrinking = round >= 25;
      const auto txn = world.engine.begin(Access::kWrite);
      vault::RecordTree tree(*txn, *world.keys, world.random, top);
      for (int i = 0; i < 400; ++i) {
        const auto place = place_number(numbers() % 9000);
        if (numbers() % 10 < (shrinking ? 9U : 2U)) {
          tree.erase(shrinking && !expected.empty() ? expected.begin()->first : place);
          expected.erase(shrinking && !expected.empty() ? expected.begin()->first : place);
        } else {
          expected[place] = mark_number(numbers());
          tree.set(place, expected[place]);
        }
      }
      if (round % 5 == 0) check_same(tree, expected);
      top = tree.write(static_cast<std::uint64_t>(round) + 1);
      REQUIRE(txn->commit() == Commit::kDone);
      const auto reader = world.engine.begin(Access::kRead);
      check_same(vault::RecordTree(*reader, *world.keys, world.random, top), expected);
    }
    const auto txn = world.engine.begin(Access::kWrite);
    vault::RecordTree tree(*txn, *world.keys, world.random, top);
    for (const auto& [place, mark] : expected) tree.erase(place);
    CHECK(tree.write(100).page == 0);
    REQUIRE(txn->commit() == Commit::kDone);
    CHECK(world.raw().empty());  // no page is left behind
  }

  TEST_CASE("it grows at either end, and where it was emptied") {
    for (const bool rising : {true, false}) {
      CAPTURE(rising);
      ListedWorld world;
      Listed expected;
      vault::TreeTop top;
      for (std::uint64_t i = 0; i < 12'000; i += 400) {
        const auto txn = world.engine.begin(Access::kWrite);
        vault::RecordTree tree(*txn, *world.keys, world.random, top);
        for (std::uint64_t j = i; j < i + 400; ++j) {
          const auto place = place_number(3 * (rising ? j : 20'000 - j));
          tree.set(place, expected[place] = mark_number(j));
        }
        for (std::uint64_t j = i / 2; j < i / 2 + 150; ++j) {  // none of the first ones stays
          tree.erase(place_number(3 * (rising ? j : 20'000 - j)));
          expected.erase(place_number(3 * (rising ? j : 20'000 - j)));
        }
        top = tree.write(i);
        REQUIRE(txn->commit() == Commit::kDone);
      }
      const auto txn = world.engine.begin(Access::kRead);
      check_same(vault::RecordTree(*txn, *world.keys, world.random, top), expected);
    }
  }

  TEST_CASE("made of records in order, it is one that can be gone on with") {
    for (const std::uint64_t count : {0U, 1U, 18U, 19U, 4000U}) {
      CAPTURE(count);
      ListedWorld world;
      Listed expected;
      for (std::uint64_t i = 0; i < count; ++i) expected[place_number(i)] = mark_number(i);
      const auto txn = world.engine.begin(Access::kWrite);
      vault::TreeBuilder builder(*world.keys, world.random, 1);
      for (const auto& [place, mark] : expected) builder.add(*txn, place, mark);
      vault::RecordTree tree(*txn, *world.keys, world.random, builder.finish(*txn));
      check_same(tree, expected);
      for (std::uint64_t i = count; i < count + 200; ++i) tree.set(place_number(i), expected[place_number(i)] = {});
      check_same(tree, expected);
      const auto top = tree.write(2);
      check_same(vault::RecordTree(*txn, *world.keys, world.random, top), expected);
    }
  }

  TEST_CASE("a page is read as it was written, and as nothing else") {
    const vault::TreePage page{1, {{place_number(3), mark_number(1), 7}, {place_number(6), mark_number(2), 8}}};
    const Bytes bytes = vault::tree_page_bytes(page);
    CHECK(vault::tree_page_bytes(vault::parse_tree_page(bytes)) == bytes);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      if (size == 1 + 48) continue;  // one entry
      CHECK(code_of([&] { (void)vault::parse_tree_page(ByteView(bytes).first(size)); }) == ErrorCode::kVaultDamaged);
    }
    vault::TreePage unordered = page;
    std::swap(unordered.entries[0], unordered.entries[1]);
    CHECK(code_of([&] { (void)vault::parse_tree_page(vault::tree_page_bytes(unordered)); }) ==
          ErrorCode::kVaultDamaged);
  }

  TEST_CASE("a record that was put back, erased, added or exchanged is not used, and neither is that it is missing") {
    ListedWorld world;
    vault::SealedStore store(world.engine, world.keys, world.random);
    constexpr int kEach = 30;
    const auto item = [](int i) { return cat("item", std::to_string(i)); };
    const auto collection = [](int i) { return cat("collection", std::to_string(i % 4)); };
    const auto write = [&](std::string_view value, int step) {
      transact(store, [&](Transaction& transaction) {
        for (int i = 0; i < kEach; i += step) transaction.put(collection(i), item(i), cat(value, std::to_string(i)));
        transaction.put_secret("material", "key", SecretBytes::copy_of(as_bytes(value)));
      });
    };
    write("old", 1);
    const ListedWorld::Raw before = world.raw();
    write("new", 2);
    transact(store, [&](Transaction& transaction) {
      for (int i = 1; i < kEach; i += 4) transaction.erase(collection(i), item(i));  // revoked
      for (int i = kEach; i < kEach + 5; ++i) transaction.put(collection(i), item(i), "later");
    });
    const ListedWorld::Raw after = world.raw();

    // How many items are refused, and how many lists.
    const auto refused = [&] {
      const auto transaction = store.begin(Access::kRead);
      int items = 0;
      int lists = 0;
      for (int i = 0; i < kEach + 5; ++i) {
        items += code_of([&] { (void)transaction->get(collection(i), item(i)); }) == ErrorCode::kVaultDamaged ? 1 : 0;
      }
      items += code_of([&] { (void)transaction->get_secret("material", "key"); }) == ErrorCode::kVaultDamaged ? 1 : 0;
      for (int i = 0; i < 4; ++i) {
        const auto all = [](std::string_view /*item*/, std::string_view /*value*/) { return true; };
        lists += code_of([&] { transaction->scan(collection(i), "", all); }) == ErrorCode::kVaultDamaged ? 1 : 0;
      }
      return std::pair(items, lists);
    };
    CHECK(refused() == std::pair(0, 0));
    int put_back = 0;
    const auto try_with = [&](const std::function<void(vault::EngineTransaction&)>& change) {
      world.restore(after);
      world.write_raw(change);
      const auto [items, lists] = refused();
      CHECK(items == 1);
      CHECK(lists <= 1);
      ++put_back;
    };
    for (const auto& record : before) {
      const auto now = after.find(record.first);
      if (!vault::is_in_tree(world.kind_of(record.second)) || (now != after.end() && *now == record)) continue;
      try_with([&](vault::EngineTransaction& txn) { txn.put(record.first, record.second); });
    }
    for (const auto& record : after) {
      if (!vault::is_in_tree(world.kind_of(record.second))) continue;
      try_with([&](vault::EngineTransaction& txn) { (void)txn.erase(record.first); });
    }
    CHECK(put_back > 40);

    // The tree of before without the state of before, with all records of before or none.
    for (const bool with_records : {false, true}) {
      world.restore(after);
      world.write_raw([&](vault::EngineTransaction& txn) {
        for (const auto& [key, value] : before) {
          const auto kind = world.kind_of(value);
          if (kind == vault::RecordKind::kTree || (with_records && vault::is_in_tree(kind))) txn.put(key, value);
        }
      });
      CHECK(refused().first == kEach + 6);
    }
    // The state of before, with the records of now.
    world.restore(after);
    world.write_raw([&](vault::EngineTransaction& txn) {
      const Bytes key = vault::state_key(*world.keys);
      txn.put(key, before.at(key));
    });
    CHECK(refused().first == kEach + 6);
    // A whole old copy is for the anchor to tell, not for the records.
    world.restore(before);
    CHECK(refused() == std::pair(0, 0));
  }

  TEST_CASE("what was put back is not written over: that would make it good") {
    ListedWorld world;
    vault::SealedStore store(world.engine, world.keys, world.random);
    const auto write = [&](std::string_view value) {
      transact(store, [&](Transaction& transaction) { transaction.put("grants", "one", value); });
    };
    const Bytes key = vault::record_key(*world.keys, "grants", "one");
    write("old");
    const Bytes old = world.raw().at(key);
    write("new");
    world.write_raw([&](vault::EngineTransaction& txn) { txn.put(key, old); });
    CHECK(code_of([&] { write("newer"); }) == ErrorCode::kVaultDamaged);
    CHECK(code_of([&] { transact(store, [](Transaction& transaction) { transaction.erase("grants", "one"); }); }) ==
          ErrorCode::kVaultDamaged);
    world.write_raw([&](vault::EngineTransaction& txn) { (void)txn.erase(key); });
    CHECK(code_of([&] { write("newer"); }) == ErrorCode::kVaultDamaged);
    transact(store, [](Transaction& transaction) { transaction.put("grants", "two", "other records go on"); });
  }
}
