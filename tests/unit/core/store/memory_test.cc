#include "core/store/memory.h"

#include <doctest/doctest.h>

using namespace kms;

namespace {

constexpr Scope kOne = 0x1001;
constexpr Scope kTwo = 0x2002;

Memory::Value made_from(std::vector<Scope> scopes, int number = 1) {
  return {std::make_shared<const int>(number), std::make_shared<const std::vector<Scope>>(std::move(scopes))};
}

int number_of(const std::optional<Memory::Value>& value) {
  return value ? *static_cast<const int*>(value->made.get()) : 0;
}

Changes nothing() {
  return {};
}

}  // namespace

TEST_SUITE("store/memory") {
  TEST_CASE("a change of one scope drops what was made of it, and nothing else") {
    Memory memory;
    const std::uint64_t generation = memory.generation_of(7, nothing);
    memory.insert("one", made_from({kOne}), generation);
    memory.insert("two", made_from({kTwo}), generation);
    memory.insert("both", made_from({kOne, kTwo}), generation);
    memory.committed(7, {kOne});
    const std::uint64_t next = memory.generation_of(8, [] {
      FAIL("nobody else has committed");
      return Changes();
    });
    CHECK_FALSE(memory.find("one", next));
    CHECK(memory.find("two", next));
    CHECK_FALSE(memory.find("both", next));
  }

  TEST_CASE("side records drop nothing") {
    Memory memory;
    memory.insert("one", made_from({kOne}), memory.generation_of(7, nothing));
    memory.committed(7, {});
    CHECK(memory.find("one", memory.generation_of(8, nothing)));
  }

  TEST_CASE("who reads older records gets what stood then, and leaves nothing to those who read newer ones") {
    Memory memory;
    const std::uint64_t old = memory.generation_of(7, nothing);
    memory.committed(7, {kOne});
    const std::uint64_t now = memory.generation_of(8, nothing);
    memory.insert("one", made_from({kOne}, 2), now);
    memory.insert("two", made_from({kTwo}, 2), now);
    CHECK_FALSE(memory.find("one", old));
    CHECK(number_of(memory.find("two", old)) == 2);  // nothing of it changed between the two
    memory.insert("one", made_from({kOne}, 1), old);
    CHECK(number_of(memory.find("one", now)) == 2);
    Memory other;
    other.insert("one", made_from({kOne}, 1), other.generation_of(7, nothing));
    other.committed(7, {kOne});
    CHECK_FALSE(other.find("one", other.generation_of(8, nothing)));
  }

  TEST_CASE("what other processes changed is known by group") {
    Memory memory;
    Changes changes;
    const std::uint64_t generation = memory.generation_of(7, [&] { return changes; });
    memory.insert("one", made_from({kOne}), generation);
    memory.insert("two", made_from({kTwo}), generation);
    changes.change({kOne});
    const std::uint64_t next = memory.generation_of(9, [&] { return changes; });
    CHECK(next == generation + 1);
    CHECK_FALSE(memory.find("one", next));
    CHECK(memory.find("two", next));
  }

  TEST_CASE("a commit beside somebody else's is found in what the store keeps") {
    Memory memory;
    Changes changes;
    memory.insert("one", made_from({kOne}), memory.generation_of(7, [&] { return changes; }));
    changes.change({kTwo});
    memory.committed(8, {kOne});  // somebody else's was the eighth
    changes.change({kOne});
    CHECK_FALSE(memory.find("one", memory.generation_of(9, [&] { return changes; })));
  }

  TEST_CASE("what is used stays when there is too much, and no more is kept than there is room for") {
    Memory memory;
    const std::uint64_t generation = memory.generation_of(1, nothing);
    int kept = 0;
    for (int i = 0; i < 20000; ++i) {
      memory.insert(std::to_string(i), made_from({kOne}), generation);
      if (i == 0 || memory.find("0", generation)) ++kept;
    }
    CHECK(kept == 20000);
    int left = 0;
    for (int i = 0; i < 20000; ++i) left += memory.find(std::to_string(i), generation) ? 1 : 0;
    CHECK(left <= 4096);
  }

  TEST_CASE("what is read while something is made is noted for all that is being made") {
    Footprint footprint;
    const Footprint::Recording outer(footprint);
    footprint.read(kOne);
    {
      const Footprint::Recording inner(footprint);
      footprint.read(kTwo);
      CHECK(inner.scopes() == std::vector<Scope>{kTwo});
    }
    CHECK(outer.scopes() == std::vector<Scope>{kOne, kTwo});
    CHECK_FALSE(footprint.changed_any(outer.scopes()));
    footprint.change("quota", "*");
    CHECK(footprint.changed_any({scope_of("quota", "another")}));
  }
}
