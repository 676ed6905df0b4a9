// Backups of a vault: what they hold, who opens them, what a crash or an adversary can make of them.
#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "core/base/text.h"
#include "core/store/retry.h"
#include "tests/unit/formats/memory_streams.h"
#include "tests/unit/vault/vault_world.h"
#include "vault/local/unpacked_backup.h"

using namespace kms;
using namespace kms::test;

namespace {

constexpr const char* kTrail = "audit/111122223333/eu-central-1";
constexpr int kEndedThere = 77;
constexpr std::string_view kOwner = "arn:aws:iam::111122223333:user/who-asked";
constexpr std::size_t kPieceOfBackup = 100'000;
constexpr const char* kNewRoot = "arn:aws:iam::111122223333:root";

using Names = std::vector<std::string>;

// A vault with records, secrets and a log of which a part is in segments.
class BackupWorld : public VaultWorld {
 public:
  explicit BackupWorld(std::uint64_t events = 900) {
    options.segment_entries = 256;
    options.initial_map_bytes = std::size_t{1} << 25U;
    create([](Transaction& first) {
      first.put_secret("material", "key", raw_key('m'));
      first.put("alias", "alias/app", "key");
    });
    const auto vault = open();
    transact(*vault, [&](Transaction& transaction) {
      for (std::uint64_t i = 0; i < events; ++i) transaction.append(kTrail, cat("event ", std::to_string(i)));
    });
    while (vault->close_segments() > 0) continue;
  }

  Bytes fetch(vault::Vault& vault, const BackupFigures& made) const {
    Bytes file;
    while (file.size() < made.bytes) {
      const Bytes piece = vault.read_backup(made.id, kOwner, file.size(), kPieceOfBackup, Time());
      REQUIRE(!piece.empty());
      ByteWriter(file).bytes(piece);
    }
    vault.end_backup(made.id, kOwner);
    return file;
  }
  Bytes back_up(vault::Vault& vault, const BackupSlots& slots = {}) const {
    return fetch(vault, vault.make_backup(slots, kOwner, Time()));
  }
  Bytes back_up() { return back_up(*open()); }

  std::unique_ptr<vault::UnpackedBackup> unpack(ByteView file, const vault::Credential& credential) {
    MemorySource source(file);
    return vault::unpack_backup(source.function(), credential, target(), random, options);
  }
  std::unique_ptr<vault::UnpackedBackup> unpack(ByteView file) { return unpack(file, keyfile('k')); }

  std::string target() const { return base + "/restored"; }
  Names in_base() const {
    Names names;
    for (const auto& entry : std::filesystem::directory_iterator(base)) names.push_back(entry.path().filename());
    std::ranges::sort(names);
    return names;
  }
  std::unique_ptr<vault::Vault> open_restored(const vault::Credential& credential) {
    return vault::Vault::open(target(), credential, random, options);
  }
};

void add_event(Transaction& transaction) {
  transaction.append(kTrail, "VaultRestored");
}

void require_content(vault::Vault& vault, std::uint64_t events) {
  REQUIRE(vault.check().problems == Names());
  const auto transaction = vault.begin(Access::kRead);
  REQUIRE(transaction->get("alias", "alias/app") == "key");
  REQUIRE(transaction->get_secret("material", "key") == raw_key('m'));
  REQUIRE(transaction->log_size(kTrail) == events);
  std::uint64_t seen = 0;
  transaction->read_log(kTrail, 0, [&](std::uint64_t number, std::string_view event) {
    REQUIRE(number == seen++);
    REQUIRE((event == cat("event ", std::to_string(number)) || event == "VaultRestored"));
    return true;
  });
  REQUIRE(seen == events);
}

std::optional<ErrorCode> refusal_of(BackupWorld& world, ByteView file, const vault::Credential& credential) {
  return failure_of([&] { (void)world.unpack(file, credential); });
}

}  // namespace

TEST_SUITE("vault/backup") {
  TEST_CASE("a backup has all of the vault, and its summary tells of what time") {
    BackupWorld world;
    const auto vault = world.open();
    const BackupFigures made = vault->make_backup({}, kOwner, Time(std::chrono::seconds(5)));
    CHECK(made.segments == 2);
    const Bytes file = world.fetch(*vault, made);
    CHECK(file.size() == made.bytes);
    const auto backup = world.unpack(file);
    CHECK(backup->vault_id() == vault->id());
    CHECK(backup->summary().time == Time(std::chrono::seconds(5)));
    CHECK(backup->summary().sequence == made.sequence);
    CHECK(backup->summary().records == made.records);
    REQUIRE(backup->summary().logs.size() == 1);
    CHECK(backup->summary().logs[0].size == 900);
    CHECK(backup->differences() == Names());
    CHECK(backup->is_slot_of_vault());
    CHECK(backup->is_proven());
    require_content(backup->vault(), 900);
  }

  TEST_CASE("nothing is left of a backup that was only looked at") {
    BackupWorld world;
    const Bytes file = world.back_up();
    const Names before = world.in_base();
    world.unpack(file);
    CHECK(world.in_base() == before);
  }

  TEST_CASE("a restored vault opens by what opened it, under other keys than before") {
    BackupWorld world;
    const Bytes file = world.back_up();
    const std::string header = read_file(world.file("vault.hdr"));
    world.unpack(file)->restore(world.target(), kNewRoot, Time(), add_event);
    {
      const auto restored = world.open_restored(keyfile('k'));
      CHECK(restored->principal() == kAlice);
      require_content(*restored, 901);
    }
    require_content(*world.open_restored(passphrase("correct horse")), 901);
    // Who kept the header of before opens nothing of the new files.
    write_file(world.target() + "/vault.hdr", header);
    CHECK(failure_of([&] { world.open_restored(keyfile('k')); }) == ErrorCode::kVaultDamaged);
  }

  TEST_CASE("a restored vault goes on: it is written to, renewed, and backed up again") {
    BackupWorld world;
    world.unpack(world.back_up())->restore(world.target(), kNewRoot, Time(), add_event);
    const auto restored = world.open_restored(keyfile('k'));
    transact(*restored, [](Transaction& transaction) { transaction.put_secret("material", "new", raw_key('n')); });
    transact(*restored, [](Transaction& transaction) { transaction.destroy("material", "new"); });
    require_content(*restored, 901);
    const auto again = vault::unpack_backup(MemorySource(world.back_up(*restored)).function(), keyfile('k'),
                                            world.base + "/again", world.random, world.options);
    require_content(again->vault(), 901);
  }

  TEST_CASE("what opens the backup is what it was made for, and nothing else") {
    BackupWorld world;
    BackupWorld other;
    const auto vault = world.open();
    const auto other_vault = other.open();
    const std::string recipient =
        other_vault->recipient_of(*other_vault->begin(Access::kRead), other_vault->unlocking_slot());
    BackupSlots slots{false, secret_of("for paper"), raw_key('r'), {recipient}};
    const Bytes file = world.back_up(*vault, slots);
    CHECK(refusal_of(world, file, keyfile('k')) == std::nullopt);  // the other vault's, which is the same here
    CHECK(refusal_of(world, file, passphrase("correct horse")) == ErrorCode::kWrongPassphrase);
    CHECK(refusal_of(world, file, keyfile('x')) == ErrorCode::kWrongPassphrase);
    CHECK(refusal_of(world, file, passphrase("")) == ErrorCode::kWrongPassphrase);
    CHECK(!world.unpack(file)->is_proven());
    const auto by_phrase = world.unpack(file, passphrase("for paper"));
    CHECK(by_phrase->is_proven());
    CHECK(!by_phrase->is_slot_of_vault());
    CHECK(world.unpack(file, {SlotKind::kRecoveryCode, raw_key('r')})->is_proven());
    slots.of_vault = true;
    CHECK(world.unpack(world.back_up(*vault, slots), passphrase("correct horse"))->is_slot_of_vault());
  }

  TEST_CASE("restored by what the backup alone was made for, that is the one slot, of the owner") {
    BackupWorld world;
    const Bytes file = world.back_up(*world.open(), {false, secret_of("for paper")});
    world.unpack(file, passphrase("for paper"))->restore(world.target(), kNewRoot, Time(), add_event);
    CHECK(failure_of([&] { world.open_restored(keyfile('k')); }) == ErrorCode::kWrongPassphrase);
    const auto restored = world.open_restored(passphrase("for paper"));
    CHECK(restored->principal() == kNewRoot);
    CHECK(restored->list(*restored->begin(Access::kRead)).size() == 1);
    require_content(*restored, 901);
  }

  TEST_CASE("who knows public keys alone makes no file that a slot with the vault's proof opens") {
    BackupWorld world;
    BackupWorld forger;  // has a vault of his own that the same keyfile opens, and so the same kind of slots
    Bytes file = world.back_up();
    const Bytes forged = forger.back_up();
    // The slots of the one in front of the stream of the other: the key boxes open, and give other keys.
    const std::size_t header = 46 + 2 * 213 + 8;
    std::ranges::copy(ByteView(forged).subspan(header), file.begin() + static_cast<std::ptrdiff_t>(header));
    CHECK(refusal_of(world, file, keyfile('k')) == ErrorCode::kInvalidCiphertext);
  }

  TEST_CASE("no byte of a backup can be another one") {
    BackupWorld world(3);
    const Bytes file = world.back_up();
    for (std::size_t at = 0; at < file.size(); at += at < 600 ? 1 : 7) {
      Bytes changed = file;
      changed[at] = static_cast<std::uint8_t>(changed[at] ^ 0x40U);
      const auto refusal = refusal_of(world, changed, keyfile('k'));
      const bool of_version = refusal == ErrorCode::kUnsupportedOperation && (at == 8 || at == 9);
      if (refusal != ErrorCode::kInvalidCiphertext && !of_version) FAIL("byte " << at);
    }
    CHECK(world.in_base() == Names{"vault"});
  }

  TEST_CASE("a backup that is cut off anywhere is refused, and leaves nothing") {
    BackupWorld world;
    const Bytes file = world.back_up();
    for (std::size_t size = 0; size < file.size(); size += size < 500 ? 31 : 9973) {
      if (refusal_of(world, ByteView(file).first(size), keyfile('k')) != ErrorCode::kInvalidCiphertext) {
        FAIL("cut to " << size);
      }
    }
    Bytes longer = file;
    longer.push_back(0);
    CHECK(refusal_of(world, longer, keyfile('k')) == ErrorCode::kInvalidCiphertext);
    CHECK(world.in_base() == Names{"vault"});
  }

  TEST_CASE("a vault is restored where there is nothing") {
    BackupWorld world;
    const Bytes file = world.back_up();
    std::filesystem::create_directory(world.target());
    CHECK(refusal_of(world, file, keyfile('k')) == ErrorCode::kAlreadyExists);
    std::filesystem::remove(world.target());
    const auto backup = world.unpack(file);
    std::filesystem::create_directory(world.target());  // by somebody else, meanwhile
    CHECK(failure_of([&] { backup->restore(world.target(), kNewRoot, Time(), add_event); }) ==
          ErrorCode::kAlreadyExists);
    CHECK(std::filesystem::is_empty(world.target()));
  }

  TEST_CASE("a crash at any step of restoring leaves no vault, or all of it") {
    Names steps;
    for (const std::string step : {"header with both epochs", "records", "header with one epoch", "name"}) {
      steps.insert(steps.end(), {cat("before ", step), cat("after ", step)});
    }
    for (const std::string& step : steps) {
      CAPTURE(step);
      BackupWorld world;
      const Bytes file = world.back_up();
      world.options.at_step = [&](std::string_view now) {
        if (now == step) _exit(kEndedThere);
      };
      CHECK(in_process([&] {
              world.unpack(file)->restore(world.target(), kNewRoot, Time(), add_event);
              return 0;
            }) == kEndedThere);
      world.options.at_step = [](std::string_view) {};
      CHECK(std::filesystem::exists(world.target()) == (step == "after name"));
      if (step == "after name") require_content(*world.open_restored(keyfile('k')), 901);
    }
  }

  TEST_CASE("a full disk makes no backup and restores nothing, and the vault goes on") {
    BackupWorld world;
    const auto vault = world.open();
    const Bytes file = world.back_up(*vault);
    const Names before = world.in_base();
    {
      const NoRoomOnDisk full;
      CHECK(failure_of([&] { (void)vault->make_backup({}, kOwner, Time()); }) == ErrorCode::kFile);
      CHECK(failure_of([&] { (void)world.unpack(file); }) == ErrorCode::kFile);
    }
    CHECK(world.in_base() == before);
    require_content(*vault, 900);
    CHECK(world.back_up(*vault).size() == file.size());
  }

  TEST_CASE("a backup is read by who made it, within the hour, and a few wait at most") {
    BackupWorld world(3);
    const auto vault = world.open();
    const BackupFigures made = vault->make_backup({}, kOwner, Time());
    const auto read_as = [&](std::string_view who, Time now) {
      return failure_of([&] { (void)vault->read_backup(made.id, who, 0, kPieceOfBackup, now); });
    };
    CHECK(read_as(kOwner, Time()) == std::nullopt);
    CHECK(read_as(kAlice, Time()) == ErrorCode::kNotFound);
    CHECK(vault->read_backup(made.id, kOwner, made.bytes + 5, kPieceOfBackup, Time()).empty());
    vault->end_backup(made.id, kAlice);
    CHECK(read_as(kOwner, Time()) == std::nullopt);
    CHECK(read_as(kOwner, Time() + std::chrono::hours(1)) == ErrorCode::kNotFound);
    for (int i = 0; i < 4; ++i) (void)vault->make_backup({}, kOwner, Time());
    CHECK(failure_of([&] { (void)vault->make_backup({}, kOwner, Time()); }) == ErrorCode::kLimitExceeded);
    CHECK(failure_of([&] { (void)vault->make_backup({}, kOwner, Time() + std::chrono::hours(1)); }) == std::nullopt);
  }

  TEST_CASE("what a backup is sealed to has to be a recipient") {
    BackupWorld world(3);
    const auto vault = world.open();
    const std::string good = vault->recipient_of(*vault->begin(Access::kRead), vault->unlocking_slot());
    std::string typo = good;
    typo[30] = typo[30] == 'A' ? 'B' : 'A';
    for (const std::string& text : {std::string(), std::string("ssh-ed25519 AAAA"), typo, good + "A"}) {
      CAPTURE(text);
      CHECK(failure_of([&] {
              (void)vault->make_backup({true, {}, {}, {text}}, kOwner, Time());
            }) == ErrorCode::kValidation);
    }
    CHECK(failure_of([&] {
            (void)vault->make_backup({true, {}, {}, Names(33, good)}, kOwner, Time());
          }) == ErrorCode::kLimitExceeded);
    CHECK(failure_of([&] { (void)vault->recipient_of(*vault->begin(Access::kRead), "00000000"); }) ==
          ErrorCode::kNotFound);
  }

  TEST_CASE("a backup that is made while others write is of one moment, with all that was durable before") {
    BackupWorld world;
    world.options.remember = true;  // with a journal
    const auto vault = world.open();
    const std::vector<SideRecord> event{{kTrail, {}, "event 900"}};
    REQUIRE(vault->append_durably(event, {}) == Commit::kDone);
    std::atomic<bool> over = false;
    std::thread writer([&] {
      for (std::uint64_t i = 901; !over; ++i) {
        transact(*vault, [&](Transaction& transaction) {
          transaction.append(kTrail, cat("event ", std::to_string(i)));
          transaction.put("numbers", "last", std::to_string(i));
        });
      }
    });
    std::vector<Bytes> files;
    for (int i = 0; i < 3; ++i) files.push_back(world.back_up(*vault));
    over = true;
    writer.join();
    for (const Bytes& file : files) {
      const auto backup = world.unpack(file);
      const std::uint64_t size = backup->summary().logs.at(0).size;
      CHECK(size >= 901);
      require_content(backup->vault(), size);
      CHECK(backup->differences() == Names());
      const auto last = backup->vault().begin(Access::kRead)->get("numbers", "last");
      if (last) CHECK(*last == std::to_string(size - 1));
    }
  }

  TEST_CASE("a segment that was changed on the disk goes into no backup") {
    BackupWorld world;
    const auto segment = std::filesystem::directory_iterator(world.file("audit"))->path().string();
    std::string content = read_file(segment);
    content[5000] = static_cast<char>(content[5000] ^ 1);
    write_file(segment, content);
    CHECK(failure_of([&] { (void)world.open()->make_backup({}, kOwner, Time()); }) == ErrorCode::kVaultDamaged);
  }
}
