#include "vault/engine/sorted_runs.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "tests/unit/vault/vault_world.h"

using namespace kms;
using namespace kms::test;
using vault::SortedRuns;

namespace {

using Records = std::vector<std::pair<std::string, std::string>>;

Records some_records(int count, std::size_t longest) {
  std::mt19937 chance(7);
  const auto up_to = [&](std::size_t most) { return std::uniform_int_distribution<std::size_t>(0, most)(chance); };
  Records records;
  for (int i = 0; i < count; ++i) {
    records.emplace_back(std::to_string(chance()), std::string(up_to(longest), static_cast<char>('a' + i % 26)));
  }
  return records;
}

struct Sorted {
  Records records;
  int files = 0;
};

Sorted sorted(const Records& records, std::size_t limit) {
  VaultWorld world;
  Sorted found;
  const auto make_file = [&] {
    ++found.files;
    return OutputFile(world.base + "/runs", false);
  };
  SortedRuns runs(limit, make_file, "runs");
  for (const auto& [key, value] : records) runs.add(as_bytes(key), as_bytes(value));
  while (runs.next()) found.records.emplace_back(as_text(runs.key()), as_text(runs.value()));
  CHECK(std::filesystem::is_empty(world.base));
  return found;
}

}  // namespace

TEST_SUITE("vault/engine") {
  TEST_CASE("records come in the order of their keys, whether they fit into memory or not") {
    for (const int count : {0, 1, 2, 300}) {
      for (const std::size_t longest : {std::size_t{0}, std::size_t{300}, std::size_t{20'000}}) {
        Records records = some_records(count, longest);
        const auto in_memory = sorted(records, std::size_t{1} << 30U);
        const auto in_runs = sorted(records, std::size_t{1} << 10U);
        std::sort(records.begin(), records.end());
        CHECK(in_memory.records == records);
        CHECK(in_memory.files == 0);
        CHECK(in_runs.records == records);
        if (count == 300) CHECK(in_runs.files == 1);
      }
    }
  }

  TEST_CASE("records that alone have no room are runs of their own") {
    Records records{{"c", std::string(5000, 'c')}, {"a", std::string(4000, 'a')}, {"b", ""}};
    const auto found = sorted(records, 1000);
    std::sort(records.begin(), records.end());
    CHECK(found.records == records);
  }
}
