#include "vault/sealed/header.h"

#include <doctest/doctest.h>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>

#include "tests/unit/vault/vault_world.h"
#include "vault/sealed/slot_keys.h"
#include "vault/sealed/slot_table.h"

using namespace kms;
using namespace kms::test;

namespace {

void edit_header(VaultWorld& world, const std::function<void(vault::ParsedHeader&)>& edit) {
  vault::ParsedHeader parsed = vault::parse_header(as_bytes(read_file(world.file("vault.hdr"))));
  edit(parsed);
  const Bytes file = vault::encode_header_file(vault::encode_header_body(parsed.header), parsed.macs);
  write_file(world.file("vault.hdr"), as_text(file));
}

}  // namespace

TEST_SUITE("vault/header") {
  TEST_CASE("what is encoded is parsed as the same") {
    SystemRandom random;
    vault::Header header;
    random.fill(header.id);
    header.generation = 7;
    header.compaction_due = true;
    for (const std::uint32_t epoch : {4U, 5U}) {
      vault::Section section;
      section.epoch = epoch;
      section.slots.resize(2);
      section.slots[0].kind = SlotKind::kKeyfile;
      section.slots[1].id = {1, 2, 3, 4};
      section.slots[1].cost = {.memory_kib = 65536, .passes = 3};
      section.metadata = random.bytes(104);
      header.sections.push_back(section);
    }
    const Bytes body = vault::encode_header_body(header);
    const Bytes file = vault::encode_header_file(body, std::vector<vault::HeaderMac>(2));
    const vault::ParsedHeader parsed = vault::parse_header(file);
    CHECK(parsed.body == body);
    CHECK(parsed.macs.size() == 2);
    CHECK(parsed.header.generation == 7);
    CHECK(parsed.header.compaction_due);
    CHECK(parsed.header.sections[1].slots[1].cost == header.sections[1].slots[1].cost);
    CHECK(vault::encode_header_body(parsed.header) == body);
  }

  TEST_CASE("the worked example of the specification has the size that it says") {
    VaultWorld world;
    const SecretBytes phrase = secret_of("correct horse");
    const SecretBytes key = raw_key('k');
    vault::create(
        world.path,
        {{SlotKind::kPassphrase, kRoot, &phrase}, {SlotKind::kKeyfile, "arn:aws:iam::111122223333:user/ci", &key}},
        Time(), world.random, world.options, [](Transaction&) {});
    CHECK(std::filesystem::file_size(world.file("vault.hdr")) == 752);
  }

  TEST_CASE("a header of a later version is told from a damaged one") {
    VaultWorld world;
    world.create();
    std::string file = read_file(world.file("vault.hdr"));
    file[9] = 2;
    CHECK(failure_of([&] { (void)vault::parse_header(as_bytes(file)); }) == ErrorCode::kUnsupportedOperation);
  }

  TEST_CASE("there is a limit to the slots") {
    vault::Header header;
    header.sections.resize(1);
    header.sections[0].slots.resize(129);
    CHECK(failure_of([&] { (void)vault::encode_header_body(header); }) == ErrorCode::kLimitExceeded);
    header.sections[0].slots.resize(100);
    header.sections[0].metadata.resize(130000);
    CHECK(failure_of([&] { (void)vault::encode_header_body(header); }) == ErrorCode::kLimitExceeded);
  }

  TEST_CASE("a cost out of bounds is refused before it is paid") {
    VaultWorld world;
    world.create();
    const std::vector<crypto::Argon2Cost> bad = {{.memory_kib = 0xffffffff, .passes = 3},
                                                 {.memory_kib = 65536, .passes = 0xffffffff},
                                                 {.memory_kib = 4U << 20U, .passes = 17},
                                                 {.memory_kib = 7, .passes = 1},
                                                 {.memory_kib = 8, .passes = 0}};
    for (const auto& cost : bad) {
      CAPTURE(cost.memory_kib);
      CAPTURE(cost.passes);
      edit_header(world, [&](vault::ParsedHeader& parsed) { parsed.header.sections[0].slots[0].cost = cost; });
      const auto start = std::chrono::steady_clock::now();
      CHECK(failure_of([&] { (void)world.open(passphrase("correct horse")); }) == ErrorCode::kVaultDamaged);
      CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(1));
    }
  }

  TEST_CASE("outside of tests no slot is made or opened below the floor") {
    VaultWorld world;
    world.create();
    world.options.minimum_cost = vault::Options().minimum_cost;
    CHECK(world.options.minimum_cost == crypto::Argon2Cost{.memory_kib = 65536, .passes = 3});
    CHECK(failure_of([&] { (void)world.open(passphrase("correct horse")); }) == ErrorCode::kVaultDamaged);
    const crypto::Argon2Cost chosen = vault::calibrated_cost();
    CHECK(chosen.memory_kib >= 65536);
    CHECK(chosen.memory_kib <= 262144);
    CHECK(chosen.passes >= 3);
    CHECK(chosen.passes <= 16);
  }

  TEST_CASE("a root key that somebody boxed for the public keys of the slots opens nothing") {
    VaultWorld world;
    world.create();
    SystemRandom random;
    // All that can be made without a credential: a root key of one's own, its boxes, and a MAC under a guessed anchor.
    edit_header(world, [&](vault::ParsedHeader& parsed) {
      vault::Keys forged(parsed.header.id, 1, random.secret(32), random.secret(32));
      forged.new_material(random);
      std::vector<vault::SlotRecord> slots;
      for (const auto& entry : parsed.header.sections[0].slots) {
        slots.push_back({entry, kRoot, Time()});
        vault::put_root(slots.back().entry, forged.root());
      }
      parsed.header.sections = {vault::make_section(forged, slots, random)};
      parsed.macs = {vault::header_mac(forged, vault::encode_header_body(parsed.header))};
    });
    CHECK(failure_of([&] { (void)world.open(); }) == ErrorCode::kVaultDamaged);
    CHECK(failure_of([&] { (void)world.open(passphrase("correct horse")); }) == ErrorCode::kVaultDamaged);
  }

  TEST_CASE("a disk that is full is told as it is, and what was committed stays") {
    VaultWorld world;
    world.create([](Transaction& first) { first.put("c", "before", "kept"); });
    const int end = in_process([&] {
      const auto vault = world.open();
      std::signal(SIGXFSZ, SIG_IGN);
      const rlimit full{32768, 32768};
      setrlimit(RLIMIT_FSIZE, &full);
      const auto transaction = vault->begin(Access::kWrite);
      transaction->put("c", "large", std::string(100000, 'x'));
      commit_now(*transaction);
      return 0;
    });
    CHECK(end == exit_code(ErrorCode::kFile));
    const auto vault = world.open();
    CHECK(vault->begin(Access::kRead)->get("c", "before") == "kept");
    CHECK_FALSE(vault->begin(Access::kRead)->get("c", "large"));
    CHECK(vault->check().problems == std::vector<std::string>{});
  }
}
