#include <doctest/doctest.h>
#include <sys/stat.h>

#include <map>

#include "tests/unit/vault/vault_world.h"

using namespace kms;
using namespace kms::test;

namespace {

std::map<std::string, std::string> all_of(const Transaction& transaction, std::string_view collection,
                                          std::string_view after = {}) {
  std::map<std::string, std::string> found;
  transaction.scan(collection, after,
                   [&](std::string_view item, std::string_view value) { return found.emplace(item, value).second; });
  return found;
}

}  // namespace

TEST_SUITE("vault/store") {
  TEST_CASE("what is committed is read again by the next opening") {
    VaultWorld world;
    world.create([](Transaction& first) { first.put("setup", "region", "eu-west-1"); });
    {
      const auto vault = world.open();
      CHECK(vault->principal() == kAlice);
      CHECK(vault->id().size() == 36);
      const auto transaction = vault->begin(Access::kWrite);
      transaction->put("alias", "alias/app", "key-1");
      transaction->put("alias", "alias/empty", "");
      transaction->put_secret("material", "key-1", secret_of("topsecret"));
      transaction->append("audit", "one");
      transaction->append("audit", "two");
      commit_now(*transaction);
    }
    const auto vault = world.open(passphrase("correct horse"));
    CHECK(vault->principal() == kRoot);
    const auto transaction = vault->begin(Access::kRead);
    CHECK(transaction->get("setup", "region") == "eu-west-1");
    CHECK(transaction->get("alias", "alias/app") == "key-1");
    CHECK(transaction->get("alias", "alias/empty") == "");
    CHECK_FALSE(transaction->get("alias", "alias/none"));
    CHECK_FALSE(transaction->get("alia", "salias/app"));
    CHECK(*transaction->get_secret("material", "key-1") == secret_of("topsecret"));
    CHECK(transaction->log_size("audit") == 2);
    CHECK(transaction->log_size("other") == 0);
    std::string log;
    transaction->read_log("audit", 0, [&](std::uint64_t number, std::string_view value) {
      log += std::to_string(number) + std::string(value) + " ";
      return true;
    });
    CHECK(log == "0one 1two ");
  }

  TEST_CASE("a log of many pages is read from any place, with what the transaction itself adds") {
    VaultWorld world;
    world.options.initial_map_bytes = std::size_t{1} << 24U;
    world.create();
    const auto vault = world.open();
    const auto entry = [](std::uint64_t number) {
      return std::to_string(number) + std::string(number % 50 == 7 ? 20000 : number % 700, 'x');
    };
    const auto require_log = [&](const Transaction& transaction, std::uint64_t size) {
      REQUIRE(transaction.log_size("log") == size);
      for (std::uint64_t from = 0; from <= size + 1; ++from) {
        std::uint64_t expected = from;
        transaction.read_log("log", from, [&](std::uint64_t number, std::string_view value) {
          if (number != expected || value != entry(number)) FAIL("entry " << number << ", read from " << from);
          return ++expected < from + 40;
        });
        if (expected != std::max(from, std::min(size, from + 40))) FAIL("read from " << from << " to " << expected);
      }
    };
    std::uint64_t size = 0;
    for (const std::uint64_t more : {1U, 1U, 90U, 3U, 130U}) {
      const auto writing = vault->begin(Access::kWrite);
      for (std::uint64_t i = 0; i < more; ++i) writing->append("log", entry(size + i));
      writing->append("another", "entry");
      size += more;
      require_log(*writing, size);
      commit_now(*writing);
      require_log(*vault->begin(Access::kRead), size);
    }
    CHECK(vault->begin(Access::kRead)->log_size("another") == 5);
    CHECK(vault->check().problems.empty());
  }

  TEST_CASE("a scan goes from after any item, in one order, until it is told to stop") {
    VaultWorld world;
    world.create([](Transaction& first) {
      for (const auto* item : {"c", "a", "d", "b"}) first.put("letters", item, item);
      first.put("numbers", "1", "1");
    });
    const auto vault = world.open();
    const auto transaction = vault->begin(Access::kRead);
    CHECK(all_of(*transaction, "letters").size() == 4);
    std::string order;
    transaction->scan("letters", "", [&](std::string_view item, std::string_view) {
      order += item;
      return true;
    });
    REQUIRE(order.size() == 4);
    for (std::size_t at = 0; at < order.size(); ++at) {
      std::string rest;
      transaction->scan("letters", order.substr(at, 1), [&](std::string_view item, std::string_view) {
        rest += item;
        return rest.size() < 2;
      });
      CHECK(rest == order.substr(at + 1, 2));
    }
    CHECK(all_of(*transaction, "nothing").empty());
  }

  TEST_CASE("a transaction sees its own writes, others see them after the commit, and nobody after a rollback") {
    VaultWorld world;
    world.create();
    const auto vault = world.open();
    {
      const auto before = vault->begin(Access::kRead);
      const auto writing = vault->begin(Access::kWrite);
      writing->put("c", "i", "1");
      CHECK(writing->get("c", "i") == "1");
      writing->put("c", "i", "2");
      writing->erase("c", "none");
      CHECK(all_of(*writing, "c") == std::map<std::string, std::string>{{"i", "2"}});
      commit_now(*writing);
      CHECK_FALSE(before->get("c", "i"));
      CHECK(vault->begin(Access::kRead)->get("c", "i") == "2");
    }
    {
      const auto writing = vault->begin(Access::kWrite);
      writing->erase("c", "i");
      writing->append("log", "x");
      CHECK_FALSE(writing->get("c", "i"));
    }
    CHECK(vault->begin(Access::kRead)->get("c", "i") == "2");
    CHECK(vault->begin(Access::kRead)->log_size("log") == 0);
    CHECK(vault->check().problems.empty());
  }

  TEST_CASE("only one transaction writes, and a reading one cannot") {
    VaultWorld world;
    world.create();
    const auto vault = world.open();
    const auto reading = vault->begin(Access::kRead);
    CHECK_THROWS_AS(reading->put("c", "i", "v"), Error);
    const auto writing = vault->begin(Access::kWrite);
    CHECK_THROWS_AS(vault->begin(Access::kWrite), Error);
    CHECK(failure_of([&] { (void)world.open(); }) == ErrorCode::kConflict);
  }

  TEST_CASE("a small map grows with what is written") {
    VaultWorld world;
    world.options.initial_map_bytes = std::size_t{256} * 1024;
    world.create();
    const auto vault = world.open();
    const std::string value(4000, 'v');
    for (int i = 0; i < 500; ++i) {
      const auto transaction = vault->begin(Access::kWrite);
      transaction->put("large", std::to_string(i), value);
      commit_now(*transaction);
    }
    CHECK(all_of(*vault->begin(Access::kRead), "large").size() == 500);
    const auto report = vault->check();
    CHECK(report.problems == std::vector<std::string>{});
    CHECK(report.records == 500);
  }

  TEST_CASE("a transaction that is too large for the map is refused and changes nothing") {
    VaultWorld world;
    world.options.initial_map_bytes = std::size_t{256} * 1024;
    world.create();
    const auto vault = world.open();
    {
      const auto transaction = vault->begin(Access::kWrite);
      CHECK(failure_of([&] { transaction->put("c", "i", std::string(1 << 20, 'x')); }) == ErrorCode::kLimitExceeded);
    }
    CHECK_FALSE(vault->begin(Access::kRead)->get("c", "i"));
    CHECK(vault->check().problems.empty());
  }

  TEST_CASE("fifty processes write at once and none is lost") {
    VaultWorld world;
    world.options.initial_map_bytes = std::size_t{256} * 1024;
    world.create();
    constexpr int kProcesses = 50;
    std::vector<pid_t> children;
    children.reserve(kProcesses);
    for (int i = 0; i < kProcesses; ++i) {
      children.push_back(start_process([&world, i] {
        const auto vault = world.open();
        for (int j = 0; j < 4; ++j) {
          const auto transaction = vault->begin(Access::kWrite);
          transaction->append("audit", std::string(3000, 'x'));
          transaction->put("c", std::to_string(i), std::to_string(j));
          commit_now(*transaction);
        }
        return 0;
      }));
    }
    for (const pid_t child : children) CHECK(end_of_process(child) == 0);
    const auto vault = world.open();
    CHECK(vault->begin(Access::kRead)->log_size("audit") == 4U * kProcesses);
    CHECK(vault->check().problems == std::vector<std::string>{});
  }

  TEST_CASE("no name and no value can be read in any file") {
    VaultWorld world;
    world.create([](Transaction& first) {
      first.put("collection-marker", "item-marker", "value-marker");
      first.put_secret("secrets-marker", "secret-item-marker", secret_of("secret-value-marker"));
      first.append("log-marker", "event-marker");
    });
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(world.path)) {
      CAPTURE(entry.path().string());
      ++files;
      struct stat info {};
      REQUIRE(stat(entry.path().c_str(), &info) == 0);
      CHECK((info.st_mode & 0777U) == 0600U);
      const std::string content = read_file(entry.path());
      CHECK(content.find("marker") == std::string::npos);
      CHECK(content.find("arn:aws") == std::string::npos);
    }
    CHECK(files == 4);
  }
}
