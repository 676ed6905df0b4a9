// Closed stretches of a log in files of their own: closing, pruning, crashes, damage.
#include <doctest/doctest.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "core/audit/trail_check.h"
#include "core/base/text.h"
#include "core/store/retry.h"
#include "formats/merkle_tile.h"
#include "tests/unit/vault/vault_world.h"

using namespace kms;
using namespace kms::test;

namespace {

constexpr const char* kLog = "audit/111122223333/eu-central-1";
constexpr int kCrashed = 77;

std::string event_text(std::uint64_t number) {
  return cat("event ", std::to_string(number), std::string(number % 300 == 9 ? 20000 : number % 91, 'e'));
}

// A vault with small segments, and what its log should be.
class SegmentsWorld : public VaultWorld {
 public:
  SegmentsWorld() {
    options.segment_entries = 256;
    options.initial_map_bytes = std::size_t{1} << 25U;
    create([](Transaction& first) { first.put_secret("material", "key", raw_key('m')); });
  }
  void append(Store& store, std::uint64_t count) {
    transact(store, [&](Transaction& transaction) {
      for (std::uint64_t i = 0; i < count; ++i) transaction.append(kLog, event_text(size + i));
    });
    for (std::uint64_t i = 0; i < count; ++i) tree.append(formats::merkle_leaf(as_bytes(event_text(size++))));
  }
  void prune(Store& store, std::uint64_t before) {
    transact(store, [&](Transaction& transaction) { begin = transaction.prune(kLog, before); });
  }
  std::vector<std::string> files() const {
    std::vector<std::string> names;
    if (!std::filesystem::exists(file("audit"))) return names;
    for (const auto& entry : std::filesystem::directory_iterator(file("audit"))) names.push_back(entry.path().string());
    std::sort(names.begin(), names.end());
    return names;
  }
  void require_range(const Transaction& transaction, std::uint64_t from, std::uint64_t most) const {
    std::uint64_t expected = std::max(from, begin);
    const std::uint64_t end = std::min(size, expected + most);
    transaction.read_log(kLog, from, [&](std::uint64_t number, std::string_view value) {
      if (number != expected || value != event_text(number)) FAIL("entry " << number << ", read from " << from);
      return ++expected < end;
    });
    if (expected != std::max(expected, end)) FAIL("read from " << from << " to " << expected);
  }
  void require_log(const Transaction& transaction) const {
    REQUIRE(transaction.log_size(kLog) == size);
    REQUIRE(transaction.log_begin(kLog) == begin);
    REQUIRE(transaction.log_tree(kLog) == tree);
    require_range(transaction, 0, size);
    for (std::uint64_t from = 0; from < size; from += 37) require_range(transaction, from, 3);
    for (std::uint64_t tile = 0; tile <= size / 256; ++tile) {
      const std::size_t hashes = tile < begin / 256 ? 0 : std::min<std::size_t>(256, size - tile * 256);
      REQUIRE(transaction.log_tile(kLog, {0, tile}).size() == hashes * 32);
    }
    REQUIRE(check_trail(transaction, kLog, 0, size + 1).problems == std::vector<std::string>());
  }
  void require_sound(vault::Vault& vault) const {
    require_log(*vault.begin(Access::kRead));
    REQUIRE(vault.check().problems == std::vector<std::string>());
  }

  std::uint64_t size = 0;
  std::uint64_t begin = 0;
  formats::MerkleFrontier tree;
};

std::uint64_t entries_in(vault::Vault& vault) {
  return vault.check().log_entries;
}

// The exit code of a process that ends itself at the step.
int crash_at(SegmentsWorld& world, std::string_view step, const std::function<void(vault::Vault&)>& action) {
  world.options.at_step = [step](std::string_view now) {
    if (now == step) _exit(kCrashed);
  };
  const int code = in_process([&] {
    action(*world.open());
    return 0;
  });
  world.options.at_step = [](std::string_view) {};
  return code;
}

std::string problem_of(vault::Vault& vault) {
  const auto problems = vault.check().problems;
  REQUIRE(problems.size() == 1);
  return problems[0];
}

}  // namespace

TEST_SUITE("vault/segments") {
  TEST_CASE("entries leave the data file in segments, and are read as before") {
    SegmentsWorld world;
    const auto vault = world.open();
    world.append(*vault, 500);
    CHECK(vault->close_segments() == 0);  // there are to be two segments' worth
    CHECK(world.files().empty());
    world.append(*vault, 300);
    CHECK(vault->close_segments() == 1);
    CHECK(vault->close_segments() == 1);  // 544 were left
    CHECK(vault->close_segments() == 0);
    CHECK(world.files().size() == 2);
    world.require_sound(*vault);
    CHECK(entries_in(*vault) == 800);
    world.append(*vault, 1);
    world.require_sound(*vault);
  }

  TEST_CASE("segments are for nobody else: mode 0700 and 0600, names of 32 digits") {
    SegmentsWorld world;
    const auto vault = world.open();
    world.append(*vault, 600);
    REQUIRE(vault->close_segments() == 1);
    struct stat info {};
    REQUIRE(stat(world.file("audit").c_str(), &info) == 0);
    CHECK((info.st_mode & 07777U) == 0700);
    const std::string name = world.files().at(0);
    REQUIRE(stat(name.c_str(), &info) == 0);
    CHECK((info.st_mode & 07777U) == 0600);
    CHECK(std::filesystem::path(name).filename().string().size() == 36);
    CHECK(read_file(name).find("event") == std::string::npos);
  }

  TEST_CASE("any order of appending, closing, pruning and opening anew keeps the log what it is") {
    SegmentsWorld world;
    std::mt19937 chance(11);
    auto vault = world.open();
    for (int step = 0; step < 60; ++step) {
      const unsigned what = chance() % 8;
      if (what < 4) world.append(*vault, 1 + chance() % 400);
      if (what == 4 || what == 5) (void)vault->close_segments();
      if (what == 6 && world.size > 0) {
        const std::uint64_t before = chance() % (world.size + 300);
        const std::uint64_t expected = vault->begin(Access::kRead)->prunable(kLog, before);
        const std::uint64_t was = world.begin;
        world.prune(*vault, before);
        REQUIRE(world.begin == expected);
        REQUIRE(world.begin >= was);
        REQUIRE(world.begin <= std::max(before, was));
      }
      if (what == 7) {
        vault.reset();
        world.options.remember = chance() % 2 == 0;
        vault = world.open();
      }
      if (step % 4 == 3) world.require_sound(*vault);
    }
    world.require_sound(*vault);
    CHECK(world.begin > 0);
    CHECK_FALSE(world.files().empty());
  }

  TEST_CASE("pruning takes whole segments and their files, and the newest 256 entries stay") {
    SegmentsWorld world;
    const auto vault = world.open();
    world.append(*vault, 1500);
    while (vault->close_segments() != 0) continue;
    REQUIRE(world.files().size() == 4);
    world.prune(*vault, 700);
    CHECK(world.begin == 512);
    CHECK(world.files().size() == 2);
    world.require_sound(*vault);
    world.prune(*vault, 700);
    CHECK(world.begin == 512);
    world.prune(*vault, 1000000);
    CHECK(world.begin == 1024);
    CHECK(world.files().empty());
    world.require_sound(*vault);
    world.append(*vault, 700);
    CHECK(vault->close_segments() == 1);
    world.require_sound(*vault);
  }

  TEST_CASE("a transaction that does not commit prunes nothing") {
    SegmentsWorld world;
    const auto vault = world.open();
    world.append(*vault, 900);
    while (vault->close_segments() != 0) continue;
    CHECK(vault->begin(Access::kWrite)->prune(kLog, 600) == 512);
    CHECK(world.files().size() == 2);
    world.require_sound(*vault);
  }

  TEST_CASE("who reads while others prune is told so, and not that the vault is damaged") {
    SegmentsWorld world;
    world.options.remember = true;
    const auto vault = world.open();
    world.append(*vault, 900);
    while (vault->close_segments() != 0) continue;
    const auto before = vault->begin(Access::kRead);
    world.prune(*vault, 512);
    const auto all = [](std::uint64_t, std::string_view) { return true; };
    CHECK(failure_of([&] { before->read_log(kLog, 0, all); }) == ErrorCode::kConflict);
  }

  TEST_CASE("a crash at any step of closing loses nothing, and what it leaves goes with the next closing") {
    for (const std::string_view step :
         {"before segment file", "after segment file", "before segment record", "after segment record"}) {
      CAPTURE(step);
      SegmentsWorld world;
      world.append(*world.open(), 800);
      CHECK(crash_at(world, step, [](vault::Vault& vault) { (void)vault.close_segments(); }) == kCrashed);
      CHECK(world.files().size() == (step == "before segment file" ? 0 : 1));
      const auto vault = world.open();
      world.require_log(*vault->begin(Access::kRead));
      CHECK(vault->check().problems.size() ==
            (step == "after segment file" || step == "before segment record" ? 1 : 0));
      CHECK(vault->close_segments() == 1);
      CHECK(world.files().size() == (step == "after segment record" ? 2 : 1));
      world.require_sound(*vault);
    }
  }

  TEST_CASE("a crash while pruned files are removed leaves some, which the next closing removes") {
    for (const std::string_view step : {"before files of what was pruned", "after files of what was pruned"}) {
      CAPTURE(step);
      SegmentsWorld world;
      {
        const auto vault = world.open();
        world.append(*vault, 900);
        while (vault->close_segments() != 0) continue;
      }
      CHECK(crash_at(world, step, [&](vault::Vault& vault) { world.prune(vault, 512); }) == kCrashed);
      world.begin = 512;
      const auto vault = world.open();
      world.require_log(*vault->begin(Access::kRead));
      if (step.starts_with("before")) CHECK(vault->check().problems.size() == 2);
      world.append(*vault, 300);
      CHECK(vault->close_segments() == 1);
      CHECK(world.files().size() == 1);
      world.require_sound(*vault);
    }
  }

  TEST_CASE("segments stay as they are when a slot is removed or a key destroyed, and are read with the new keys") {
    SegmentsWorld world;
    world.append(*world.open(), 900);
    while (world.open()->close_segments() != 0) continue;
    std::map<std::string, std::string> before;
    for (const std::string& name : world.files()) before[name] = read_file(name);
    {
      const auto vault = world.open();
      transact(*vault, [](Transaction& transaction) { transaction.destroy("material", "key"); });
      world.require_sound(*vault);
    }
    const auto vault = world.open(passphrase("correct horse"));
    transact(*vault, [&](Transaction& transaction) {
      for (const Slot& slot : vault->list(transaction)) {
        if (slot.kind == SlotKind::kKeyfile) vault->remove(transaction, slot.id, kRoot);
      }
    });
    world.require_sound(*vault);
    for (const auto& [name, content] : before) CHECK(read_file(name) == content);
  }

  TEST_CASE("a transaction that prunes and destroys a key does both, or nothing") {
    SegmentsWorld world;
    const auto vault = world.open();
    world.append(*vault, 900);
    while (vault->close_segments() != 0) continue;
    transact(*vault, [&](Transaction& transaction) {
      world.begin = transaction.prune(kLog, 400);
      transaction.destroy("material", "key");
    });
    CHECK(world.begin == 256);
    world.require_log(*vault->begin(Access::kRead));
    CHECK_FALSE(vault->begin(Access::kRead)->get_secret("material", "key"));
    CHECK(problem_of(*vault).find("belongs to nothing") != std::string::npos);
  }

  TEST_CASE("what the journal holds follows what was closed meanwhile") {
    SegmentsWorld world;
    world.options.remember = true;
    const auto vault = world.open();
    world.append(*vault, 700);
    const std::vector<SideRecord> late{{kLog, {}, event_text(700)}, {kLog, {}, event_text(701)}};
    append_now(*vault, late);
    for (std::uint64_t number = 700; number < 702; ++number) {
      world.tree.append(formats::merkle_leaf(as_bytes(event_text(number))));
    }
    world.size = 702;
    CHECK(vault->close_segments() == 1);
    vault->flush();
    world.require_sound(*vault);
  }

  TEST_CASE("one process closes while another has the vault open, which reads on") {
    SegmentsWorld world;
    world.append(*world.open(), 1200);
    const auto vault = world.open();
    const auto old = vault->begin(Access::kRead);
    CHECK(in_process([&] { return world.open()->close_segments() == 1 ? 0 : 1; }) == 0);
    world.require_log(*old);
    world.require_log(*vault->begin(Access::kRead));
    CHECK(vault->close_segments() == 1);
    world.require_log(*old);
  }

  TEST_CASE("closing and pruning in one thread disturbs neither who appends nor who reads in others") {
    SegmentsWorld world;
    world.options.remember = true;
    const auto vault = world.open();
    std::atomic<bool> ending = false;
    std::atomic<int> wrong = 0;
    std::thread closing([&] {
      while (!ending) {
        (void)vault->close_segments();
        transact(*vault,
                 [](Transaction& transaction) { (void)transaction.prune(kLog, transaction.log_size(kLog) / 2); });
      }
    });
    std::thread reading([&] {
      while (!ending) {
        const auto transaction = vault->begin(Access::kRead);
        std::uint64_t expected = transaction->log_begin(kLog);
        try {
          transaction->read_log(kLog, 0, [&](std::uint64_t number, std::string_view value) {
            if (number != expected++ || value != event_text(number)) ++wrong;
            return true;
          });
          if (expected != transaction->log_size(kLog)) ++wrong;
        } catch (const Error& error) {
          if (error.code() != ErrorCode::kConflict) ++wrong;  // it was pruned meanwhile
        }
      }
    });
    for (int round = 0; round < 60; ++round) world.append(*vault, 60);
    ending = true;
    closing.join();
    reading.join();
    CHECK(wrong == 0);
    world.begin = vault->begin(Access::kRead)->log_begin(kLog);
    CHECK(world.begin > 0);
    world.require_sound(*vault);
  }

  TEST_CASE("a file that is missing, short, changed or another one's is named, and the rest is still read") {
    SegmentsWorld world;
    {
      const auto vault = world.open();
      world.append(*vault, 1000);
      while (vault->close_segments() != 0) continue;
    }
    const auto files = world.files();
    REQUIRE(files.size() == 2);
    const std::string whole = read_file(files[0]);
    std::string changed = whole;
    changed[whole.size() / 2] = static_cast<char>(changed[whole.size() / 2] ^ 1);
    const auto require_damage = [&] {
      const auto vault = world.open();
      CHECK(problem_of(*vault).find(files[0]) != std::string::npos);
      const auto transaction = vault->begin(Access::kRead);
      world.require_range(*transaction, 600, 10);
    };
    const auto require_refusal = [&] {
      require_damage();
      const auto vault = world.open();
      const auto transaction = vault->begin(Access::kRead);
      const auto all = [](std::uint64_t, std::string_view) { return true; };
      CHECK(failure_of([&] { transaction->read_log(kLog, 0, all); }) == ErrorCode::kVaultDamaged);
    };
    write_file(files[0], changed);
    require_damage();
    write_file(files[0], std::string_view(whole).substr(0, whole.size() / 2));
    require_refusal();
    write_file(files[0], "");
    require_refusal();
    write_file(files[0], read_file(files[1]));
    require_refusal();
    std::filesystem::remove(files[0]);
    require_refusal();
    std::filesystem::create_symlink(files[1], files[0]);
    {
      const auto vault = world.open();
      const auto transaction = vault->begin(Access::kRead);
      const auto all = [](std::uint64_t, std::string_view) { return true; };
      CHECK(failure_of([&] { transaction->read_log(kLog, 0, all); }) == ErrorCode::kFile);
    }
    std::filesystem::remove(files[0]);
    write_file(files[0], whole);
    const auto vault = world.open();
    world.require_log(*vault->begin(Access::kRead));
  }

  TEST_CASE("an entry that the tree does not have stays where it is") {
    SegmentsWorld world;
    const auto vault = world.open();
    world.append(*vault, 800);
    transact(*vault, [](Transaction& transaction) {
      transaction.put(cat("tiles/", kLog), "0/0", std::string(formats::kFullTileSize, 't'));
    });
    CHECK(failure_of([&] { (void)vault->close_segments(); }) == ErrorCode::kVaultDamaged);
    CHECK(world.files().empty());
  }

  TEST_CASE("a full disk closes nothing, and everything is read as before") {
    SegmentsWorld world;
    const auto vault = world.open();
    world.append(*vault, 800);
    {
      const NoRoomOnDisk full;
      CHECK(failure_of([&] { (void)vault->close_segments(); }) == ErrorCode::kFile);
    }
    CHECK(world.files().empty());
    world.require_sound(*vault);
    CHECK(vault->close_segments() == 1);
  }
}
