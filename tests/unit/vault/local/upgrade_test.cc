// A vault that a version before the tree of records has written: its state ends before the tree, and there are no
// pages.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/unit/vault/vault_world.h"
#include "vault/engine/lmdb.h"
#include "vault/sealed/header.h"
#include "vault/sealed/opened_slots.h"
#include "vault/sealed/seal.h"

using namespace kms;
using namespace kms::test;

namespace {

// Three numbers, generation and journaled batch, and a generation for each of 64 groups.
constexpr std::size_t kStateBeforeTrees = 8 * (3 + 2 + 64);

struct EarlierVault : VaultWorld {
  EarlierVault() {
    create([](Transaction& first) {
      for (int i = 0; i < 100; ++i) first.put("grants", "grant" + std::to_string(i), "value");
      first.put_secret("material", "key", secret_of("secret"));
      first.append("audit", "event");
    });
    (void)open();
  }
  vault::Keys keys() {
    const auto slots = vault::open_slots(path, keyfile('k'), options);
    const auto& opened = dynamic_cast<const vault::OpenedHeader&>(*slots).keys().front();
    const std::string header = read_file(file("vault.hdr"));
    return {vault::parse_header(as_bytes(header)).header.id, opened.epoch, SecretBytes::copy_of(opened.root.reveal()),
            SecretBytes::copy_of(opened.anchor.reveal())};
  }
  // Takes the tree away, as if there had never been one.
  void make_earlier(bool with_forgery) {
    const vault::Keys of_vault = keys();
    vault::lmdb::Env env(path, options.initial_map_bytes, "data.mdb");
    const auto txn = env.begin(Access::kWrite);
    std::vector<Bytes> pages;
    Bytes erased;
    const Bytes state = vault::state_key(of_vault);
    {
      const auto cursor = txn->cursor();
      for (bool more = cursor->first(); more; more = cursor->next()) {
        if (as_text(cursor->key()) == vault::kEpochKey || cursor->key() == state) continue;
        const auto kind = vault::peek_record(cursor->value()).kind;
        if (kind == vault::RecordKind::kTree) pages.push_back(cursor->key());
        if (kind == vault::RecordKind::kRecord) erased = cursor->key();
      }
    }
    CHECK_FALSE(pages.empty());
    for (const Bytes& page : pages) (void)txn->erase(page);
    if (with_forgery) (void)txn->erase(erased);
    const Bytes sealed = txn->get(state).value();
    vault::OpenedRecord record = vault::open_record(of_vault, state, sealed);
    CHECK(record.value.size() > kStateBeforeTrees);
    record.value.resize(kStateBeforeTrees);
    txn->put(state, vault::seal_record(of_vault, state, vault::peek_record(sealed).version,
                                       {vault::RecordKind::kState, {}, {}}, record.value, random));
    REQUIRE(txn->commit() == Commit::kDone);
  }
};

}  // namespace

TEST_SUITE("vault/upgrade") {
  TEST_CASE("it gets its tree when it is opened, with all that it had") {
    EarlierVault world;
    world.make_earlier(/*with_forgery=*/false);
    for (int opening = 0; opening < 2; ++opening) {
      const auto opened = world.open();
      CHECK(opened->check().problems.empty());
      const auto transaction = opened->begin(Access::kWrite);
      int found = 0;
      transaction->scan("grants", "", [&](std::string_view, std::string_view) { return ++found > 0; });
      CHECK(found == 100 + opening);
      CHECK(transaction->get_secret("material", "key").has_value());
      transaction->put("grants", "another", "value");
      commit_now(*transaction);
    }
  }

  TEST_CASE("a record that is missing then is not taken for one that never was") {
    EarlierVault world;
    world.make_earlier(/*with_forgery=*/true);
    for (int opening = 0; opening < 2; ++opening) {
      try {
        (void)world.open();
        FAIL("opened");
      } catch (const Error& error) {
        CHECK(error.code() == ErrorCode::kVaultDamaged);
        CHECK(std::string(error.what()).find("an earlier version wrote") != std::string::npos);
      }
    }
  }
}
