#include "vault/vault.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "core/base/bytes.h"

namespace kms::vault {
namespace {

namespace fs = std::filesystem;
constexpr std::string_view kRoot = "arn:aws:iam::111122223333:root";
constexpr int kDamagedExit = 12;
const Time kNow{};

SecretBytes secret_text(std::string_view text) {
  return SecretBytes::copy_of(as_bytes(text));
}

Options quick() {
  Options options;
  options.initial_map_bytes = std::size_t{1} << 20U;
  options.passphrase_cost = {.memory_kib = 8, .passes = 1};
  options.minimum_cost = {.memory_kib = 8, .passes = 1};
  return options;
}

std::string content_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
void write_file(const fs::path& path, const std::string& content) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
}

class TestVault {
 public:
  TestVault() {
    std::string pattern = (fs::temp_directory_path() / "kmsctl-test-XXXXXX").string();
    base_ = mkdtemp(pattern.data());
    const SecretBytes passphrase = secret_text("old");
    create(path(), {{SlotKind::kPassphrase, std::string(kRoot), &passphrase}}, kNow, random, quick(),
           [](Transaction& first) {
             first.put("alias", "app", "value");
             first.put_secret("keys", "k1", secret_text("material"));
             for (int i = 0; i < 50; ++i) first.append("log", std::string(200, 'x'));
           });
  }
  ~TestVault() { fs::remove_all(base_); }
  TestVault(const TestVault&) = delete;
  TestVault& operator=(const TestVault&) = delete;

  std::string path() const { return (base_ / "vault").string(); }
  fs::path base() const { return base_; }
  std::unique_ptr<Vault> open(std::string_view passphrase, const Options& options = quick()) {
    return Vault::open(path(), {SlotKind::kPassphrase, secret_text(passphrase)}, random, options);
  }
  bool opens(std::string_view passphrase) {
    try {
      return open(passphrase) != nullptr;
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kWrongPassphrase) throw;
      return false;
    }
  }
  std::string only_slot(Vault& vault) { return vault.list(*vault.begin(Access::kRead)).at(0).id; }

  SystemRandom random;

 private:
  fs::path base_;
};

void require_intact(Vault& vault) {
  const CheckReport report = vault.check();
  for (const auto& problem : report.problems) INFO(problem);
  CHECK(report.problems.empty());
  CHECK(report.secrets == 1);
  CHECK(report.log_records == 50);
  const auto reading = vault.begin(Access::kRead);
  CHECK(reading->get("alias", "app") == "value");
  CHECK(*reading->get_secret("keys", "k1") == secret_text("material"));
}

ErrorCode code_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.code();
  }
  FAIL("nothing was thrown");
  return ErrorCode::kInternal;
}

// The exit status of a child, or 1000 and the signal that ended it.
int run_in_child(const std::function<void()>& action) {
  const pid_t child = fork();
  if (child == 0) {
    try {
      action();
    } catch (const Error& error) {
      _exit(exit_code(error.code()));
    } catch (...) {
      _exit(99);
    }
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

TEST_SUITE("vault") {
  TEST_CASE("what was committed is there when it is opened again") {
    TestVault test;
    {
      const auto vault = test.open("old");
      CHECK(vault->principal() == kRoot);
      const auto writing = vault->begin(Access::kWrite);
      writing->put("c", "b", "2");
      writing->put("c", "a", "1");
      writing->put("c", "c", "3");
      CHECK(writing->get("c", "a") == "1");
      writing->erase("c", "c");
      CHECK_FALSE(writing->get("c", "c"));
      CHECK(writing->append("log", "fifty") == 50);
      writing->commit();
    }
    const auto vault = test.open("old");
    const auto reading = vault->begin(Access::kRead);
    std::string items;
    reading->scan("c", "", [&](std::string_view item, std::string_view value) {
      items += std::string(item) + std::string(value);
      return true;
    });
    CHECK(items == "a1b2");
    CHECK(reading->log_size("log") == 51);
    reading->read_log("log", 50, [](std::uint64_t number, std::string_view value) {
      CHECK(number == 50);
      CHECK(value == "fifty");
      return true;
    });
  }

  TEST_CASE("a transaction that is not committed leaves nothing") {
    TestVault test;
    const auto vault = test.open("old");
    vault->begin(Access::kWrite)->put("alias", "app", "other");
    require_intact(*vault);
  }

  TEST_CASE("the map grows with the data") {
    TestVault test;
    const auto vault = test.open("old");
    for (int i = 0; i < 40; ++i) {
      const auto writing = vault->begin(Access::kWrite);
      writing->put("big", std::to_string(i), std::string(100'000, 'x'));
      writing->commit();
    }
    CHECK(inspect(test.path()).data_bytes > 4'000'000);
    require_intact(*vault);
  }

  TEST_CASE("a wrong passphrase opens nothing, and no name is readable in a file") {
    TestVault test;
    CHECK_FALSE(test.opens("wrong"));
    for (const auto& entry : fs::directory_iterator(test.path())) {
      const std::string content = content_of(entry.path());
      for (const auto* name : {"arn:aws", "111122223333", "alias", "material"}) {
        CHECK(content.find(name) == std::string::npos);
      }
    }
  }

  TEST_CASE("slots are added, replaced and removed") {
    TestVault test;
    const SecretBytes keyfile = test.random.secret(32);
    std::string first;
    {
      const auto vault = test.open("old");
      first = vault->unlocking_slot();
      const auto change = vault->begin(Access::kExclusive);
      vault->add(*change, SlotKind::kKeyfile, kRoot, keyfile, kNow);
      vault->replace(*change, first, secret_text("new"), kNow);
      change->commit();
    }
    CHECK_FALSE(test.opens("old"));
    {
      const auto vault = test.open("new");
      require_intact(*vault);
      const auto change = vault->begin(Access::kExclusive);
      CHECK(vault->list(*change).size() == 2);
      CHECK(code_of([&] { vault->remove(*change, "none"); }) == ErrorCode::kNotFound);
      vault->remove(*change, first);
      const std::string other = vault->list(*change).at(0).id;
      CHECK(code_of([&] { vault->remove(*change, other); }) == ErrorCode::kConflict);
      change->commit();
    }
    CHECK_FALSE(test.opens("new"));
    const auto vault =
        Vault::open(test.path(), {SlotKind::kKeyfile, SecretBytes::copy_of(keyfile.reveal())}, test.random, quick());
    require_intact(*vault);
  }

  TEST_CASE("slots do not change while another has the vault open") {
    TestVault test;
    Options hasty = quick();
    hasty.patience = std::chrono::milliseconds(30);
    const auto vault = test.open("old", hasty);
    {
      const auto other = test.open("old");
      CHECK(code_of([&] { vault->begin(Access::kExclusive); }) == ErrorCode::kConflict);
    }
    require_intact(*vault);
    CHECK(vault->begin(Access::kExclusive)->get("alias", "app") == "value");
    require_intact(*vault);
  }

  TEST_CASE("a vault larger than the first map is renewed, and an erased secret leaves the file") {
    TestVault test;
    std::string before;
    {
      const auto vault = test.open("old");
      for (int i = 0; i < 30; ++i) {
        const auto writing = vault->begin(Access::kWrite);
        writing->put("big", std::to_string(i), std::string(100'000, 'x'));
        writing->commit();
      }
      {
        const auto writing = vault->begin(Access::kWrite);
        writing->put_secret("keys", "k2", secret_text(std::string(5000, 's')));
        writing->commit();
      }
      before = content_of(fs::path(test.path()) / "data.mdb");
      const auto change = vault->begin(Access::kExclusive);
      change->erase("keys", "k2");
      change->commit();
    }
    const auto vault = test.open("old");
    require_intact(*vault);
    CHECK_FALSE(vault->begin(Access::kRead)->get_secret("keys", "k2"));
    CHECK(vault->begin(Access::kRead)->get("big", "29") == std::string(100'000, 'x'));
    // Not one sealed block of the old file is in the new one.
    const std::string after = content_of(fs::path(test.path()) / "data.mdb");
    for (std::size_t at = 8192; at + 48 < before.size(); at += 4096) {
      const std::string block = before.substr(at + 24, 24);
      if (block.find_first_not_of(block[0]) == std::string::npos) continue;
      if (block.find(std::string(4, '\0')) != std::string::npos) continue;
      CHECK(after.find(block) == std::string::npos);
    }
  }

  TEST_CASE("an old header with the old passphrase opens nothing of what was written since") {
    TestVault test;
    const fs::path header = fs::path(test.path()) / "vault.hdr";
    const std::string kept = content_of(header);
    {
      const auto vault = test.open("old");
      const auto change = vault->begin(Access::kExclusive);
      vault->replace(*change, vault->unlocking_slot(), secret_text("new"), kNow);
      change->commit();
    }
    write_file(header, kept);
    CHECK(code_of([&] { test.open("old"); }) == ErrorCode::kVaultDamaged);
    CHECK(code_of([&] { test.open("new"); }) == ErrorCode::kVaultDamaged);
  }

  TEST_CASE("a crash at any step leaves one credential that opens, and the data") {
    std::vector<std::string> steps;
    {
      TestVault test;
      Options options = quick();
      options.at_step = [&](std::string_view step) { steps.emplace_back(step); };
      const auto vault = test.open("old", options);
      const auto change = vault->begin(Access::kExclusive);
      vault->replace(*change, vault->unlocking_slot(), secret_text("new"), kNow);
      change->commit();
    }
    REQUIRE(steps.size() == 8);
    bool seen_new = false;
    for (const auto& fatal : steps) {
      CAPTURE(fatal);
      TestVault test;
      const int status = run_in_child([&] {
        Options options = quick();
        options.at_step = [&](std::string_view step) {
          if (step == fatal) _exit(77);
        };
        const auto vault = test.open("old", options);
        const auto change = vault->begin(Access::kExclusive);
        vault->replace(*change, vault->unlocking_slot(), secret_text("new"), kNow);
        change->commit();
      });
      CHECK(status == 77);
      const bool new_opens = test.opens("new");
      CHECK(test.opens("old") != new_opens);
      CHECK((new_opens || !seen_new));
      seen_new = new_opens;
      require_intact(*test.open(new_opens ? "new" : "old"));
      CHECK(test.opens("old") != new_opens);
    }
    CHECK(seen_new);
  }

  TEST_CASE("processes that write at once lose nothing") {
    TestVault test;
    std::vector<pid_t> children;
    for (int child = 0; child < 8; ++child) {
      const pid_t pid = fork();
      if (pid == 0) {
        const int status = [&] {
          try {
            const auto vault = test.open("old");
            for (int i = 0; i < 20; ++i) {
              const auto writing = vault->begin(Access::kWrite);
              writing->append("shared", "entry");
              writing->commit();
            }
          } catch (...) {
            return 1;
          }
          return 0;
        }();
        _exit(status);
      }
      children.push_back(pid);
    }
    for (const pid_t pid : children) {
      int status = 0;
      waitpid(pid, &status, 0);
      CHECK(status == 0);
    }
    const auto vault = test.open("old");
    CHECK(vault->begin(Access::kRead)->log_size("shared") == 160);
    CHECK(vault->check().problems.empty());
  }

  TEST_CASE("a damaged data file is told, never a signal") {
    TestVault test;
    const fs::path data = fs::path(test.path()) / "data.mdb";
    const std::string whole = content_of(data);
    const auto use = [&] {
      const auto vault = test.open("old");
      const CheckReport report = vault->check();
      if (!report.problems.empty()) throw Error(ErrorCode::kVaultDamaged, report.problems.front());
      const auto writing = vault->begin(Access::kWrite);
      writing->append("log", "x");
      writing->commit();
    };
    int told = 0;
    const auto expect_told = [&] {
      const int status = run_in_child(use);
      CHECK((status == 0 || status == kDamagedExit));
      told += status == kDamagedExit ? 1 : 0;
    };
    for (std::size_t size = 0; size < whole.size(); size += 3001) {
      CAPTURE(size);
      write_file(data, whole.substr(0, size));
      expect_told();
    }
    for (std::size_t at = 0; at < whole.size(); at += at < 8192 ? 37 : 211) {
      CAPTURE(at);
      std::string changed = whole;
      changed[at] = static_cast<char>(changed[at] ^ (1 << (at % 8)));
      write_file(data, changed);
      expect_told();
    }
    CHECK(told > 20);
    write_file(data, whole);
    CHECK(run_in_child(use) == 0);
  }

  TEST_CASE("a damaged header is told") {
    TestVault test;
    const fs::path header = fs::path(test.path()) / "vault.hdr";
    const std::string whole = content_of(header);
    for (std::size_t at = 0; at < whole.size(); at += 3) {
      std::string changed = whole;
      changed[at] = static_cast<char>(changed[at] ^ 0x40);
      write_file(header, changed);
      const ErrorCode code = code_of([&] { test.open("old"); });
      CHECK((code == ErrorCode::kVaultDamaged || code == ErrorCode::kUnsupportedOperation));
    }
  }

  TEST_CASE("a passphrase cost out of bounds is refused before it runs") {
    TestVault test;
    Options strict = quick();
    strict.minimum_cost = kMinimumPassphraseCost;
    CHECK(code_of([&] { test.open("old", strict); }) == ErrorCode::kVaultDamaged);
    Options greedy = quick();
    greedy.passphrase_cost = {.memory_kib = 4096U * 1024 + 1, .passes = 1};
    const auto vault = test.open("old", greedy);
    const auto change = vault->begin(Access::kExclusive);
    CHECK(code_of([&] { vault->add(*change, SlotKind::kPassphrase, kRoot, secret_text("x"), kNow); }) ==
          ErrorCode::kVaultDamaged);
  }

  TEST_CASE("a vault that others can reach is refused, and a missing one is not found") {
    TestVault test;
    CHECK(code_of([&] { (void)inspect(test.path() + "x"); }) == ErrorCode::kNotFound);
    chmod(test.path().c_str(), 0750);
    CHECK(code_of([&] { test.open("old"); }) == ErrorCode::kFile);
  }

  TEST_CASE("a vault is made whole or not at all, and never over another") {
    TestVault test;
    const SecretBytes passphrase = secret_text("x");
    const std::vector<NewSlot> slots{{SlotKind::kPassphrase, std::string(kRoot), &passphrase}};
    const auto nothing = [](Transaction&) {};
    CHECK(code_of([&] { create(test.path(), slots, kNow, test.random, quick(), nothing); }) == ErrorCode::kFile);
    const auto failing = [](Transaction&) { throw Error(ErrorCode::kValidation, "no"); };
    const std::string other = test.path() + "2";
    CHECK(code_of([&] { create(other, slots, kNow, test.random, quick(), failing); }) == ErrorCode::kValidation);
    CHECK(std::distance(fs::directory_iterator(test.base()), fs::directory_iterator()) == 1);
    CHECK(test.opens("old"));
  }
}

}  // namespace
}  // namespace kms::vault
