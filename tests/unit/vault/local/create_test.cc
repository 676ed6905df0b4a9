#include <doctest/doctest.h>
#include <sys/stat.h>

#include "tests/unit/vault/vault_world.h"

using namespace kms;
using namespace kms::test;

TEST_SUITE("vault/create") {
  TEST_CASE("a vault is private to its owner whatever the umask is") {
    for (const mode_t mask : {mode_t{0}, mode_t{0777}}) {
      CAPTURE(mask);
      VaultWorld world;
      world.path = world.base + "/deep/er/vault/";
      const mode_t before = umask(mask);
      const auto failure = failure_of([&] {
        world.create();
        (void)world.open();
      });
      umask(before);
      CHECK_FALSE(failure);
      struct stat info {};
      REQUIRE(stat((world.base + "/deep").c_str(), &info) == 0);
      CHECK((info.st_mode & 0777U) == 0700U);
      for (const auto* name : {"vault.hdr", "data.mdb", "lock.mdb", "vault.lock"}) {
        REQUIRE(stat(world.file(name).c_str(), &info) == 0);
        CHECK((info.st_mode & 0777U) == 0600U);
      }
    }
  }

  TEST_CASE("what exists is not replaced") {
    VaultWorld world;
    world.create();
    CHECK(failure_of([&] { world.create(); }) == ErrorCode::kAlreadyExists);
    CHECK_FALSE(failure_of([&] { (void)world.open(); }));
  }

  TEST_CASE("a creation that fails leaves nothing behind") {
    VaultWorld world;
    CHECK_THROWS(world.create([](Transaction&) { throw Error(ErrorCode::kValidation, "no"); }));
    CHECK(std::filesystem::is_empty(world.base));
  }

  TEST_CASE("a directory that others can enter is refused, with the way out") {
    VaultWorld world;
    world.create();
    chmod(world.path.c_str(), 0750);
    CHECK_THROWS_WITH_AS(
        world.open(),
        (world.path + ": the vault is open to other users (mode 0750); run: chmod 700 " + world.path).c_str(), Error);
    CHECK(failure_of([&] { (void)world.open(); }) == ErrorCode::kFile);
    CHECK(failure_of([&] { (void)vault::inspect(world.path); }) == ErrorCode::kFile);
  }

  TEST_CASE("where there is no vault, that is said") {
    VaultWorld world;
    CHECK(failure_of([&] { (void)world.open(); }) == ErrorCode::kNotFound);
    std::filesystem::create_directory(world.path);
    chmod(world.path.c_str(), 0700);
    CHECK(failure_of([&] { (void)world.open(); }) == ErrorCode::kNotFound);
    CHECK(failure_of([&] { (void)vault::inspect(world.path); }) == ErrorCode::kNotFound);
    CHECK(std::filesystem::is_empty(world.path));
  }

  TEST_CASE("without a credential the kinds of the slots are known, and not more") {
    VaultWorld world;
    world.create();
    const auto summary = vault::inspect(world.path);
    CHECK(summary.format_version == 1);
    CHECK(summary.slots == std::vector<SlotKind>{SlotKind::kPassphrase, SlotKind::kKeyfile});
    CHECK(summary.data_bytes > 0);
    CHECK(summary.vault_id == world.open()->id());
  }

  TEST_CASE("a wrong credential is told from a wrong vault") {
    VaultWorld world;
    world.create();
    CHECK_THROWS_WITH_AS(world.open(passphrase("wrong")),
                         "the passphrase opens no slot of this vault; a recovery code is taken in its place", Error);
    CHECK(failure_of([&] { (void)world.open(passphrase("wrong")); }) == ErrorCode::kWrongPassphrase);
    CHECK_THROWS_WITH_AS(world.open(keyfile('x')), "the keyfile opens no slot of this vault", Error);
    CHECK_THROWS_WITH_AS(world.open({SlotKind::kRecoveryCode, raw_key('k')}),
                         "the recovery code opens no slot of this vault", Error);
    CHECK(failure_of([&] {
            (void)world.open({SlotKind::kKeyfile, secret_of("short")});
          }) == ErrorCode::kWrongPassphrase);
    CHECK(failure_of([&] { (void)world.open(passphrase("")); }) == ErrorCode::kWrongPassphrase);
  }

  TEST_CASE("a credential that is none makes no slot") {
    VaultWorld world;
    const SecretBytes empty;
    const SecretBytes long_one(1025);
    for (const SecretBytes* bad : {&empty, &long_one}) {
      CHECK(failure_of([&] {
              vault::create(world.path, {{SlotKind::kPassphrase, kRoot, bad}}, Time(), world.random, world.options,
                            [](Transaction&) {});
            }) == ErrorCode::kValidation);
    }
    CHECK(std::filesystem::is_empty(world.base));
  }
}
