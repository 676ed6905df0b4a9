#include "vault/engine/page_walker.h"

#include <doctest/doctest.h>
#include <lmdb.h>

#include "tests/unit/vault/vault_world.h"

using namespace kms;
using namespace kms::test;
using namespace kms::vault;

TEST_SUITE("vault/page walker") {
  // When this fails, mdb.c of the new version has to be read: MDB_page, MDB_meta, MDB_node and mdb_env_pick_meta.
  TEST_CASE("its format is that of the LMDB that kmsctl is built with and runs") {
    CHECK(failure_of([] {
            require_known_format({MDB_VERSION_MAJOR, MDB_VERSION_MINOR, MDB_VERSION_PATCH});
          }) == std::nullopt);
    CHECK(failure_of([] { require_known_format(lmdb_in_use()); }) == std::nullopt);
  }

  TEST_CASE("another LMDB is no damage, but not supported") {
    for (const LmdbVersion& version : {LmdbVersion{0, 9, 0}, LmdbVersion{0, 9, 24}, LmdbVersion{0, 9, 99}}) {
      CHECK(failure_of([&] { require_known_format(version); }) == std::nullopt);
    }
    for (const LmdbVersion& version :
         {LmdbVersion{0, 8, 24}, LmdbVersion{0, 10, 0}, LmdbVersion{1, 0, 0}, LmdbVersion{1, 9, 24}}) {
      CAPTURE(text_of(version));
      CHECK(failure_of([&] { require_known_format(version); }) == ErrorCode::kUnsupportedOperation);
    }
    try {
      require_known_format({1, 0, 2});
    } catch (const Error& error) {
      CHECK(std::string(error.what()).find("LMDB 1.0.2 is in use") != std::string::npos);
    }
  }
}
