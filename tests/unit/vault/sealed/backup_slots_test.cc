// Who makes a backup that a slot opens, and who does not.
#include "vault/sealed/backup_slots.h"

#include <doctest/doctest.h>

#include <string>

#include "tests/unit/formats/memory_streams.h"
#include "tests/unit/vault/vault_world.h"
#include "vault/sealed/slot_keys.h"

using namespace kms;
using namespace kms::test;
using vault::Keys;
using vault::SealedBackupHeader;
using vault::SlotEntry;

namespace {

SystemRandom random_of_slots;

Keys keys_with(char root, char anchor) {
  return {{}, 1, raw_key(root), raw_key(anchor)};
}

// Of the vault whose ANCHOR is all 'a'; the keyfile 'k' opens it.
SlotEntry own_slot_of_vault() {
  return vault::make_slot({}, {1, 2, 3, 4}, SlotKind::kKeyfile, raw_key('k'), raw_key('a'), random_of_slots, {});
}

SealedBackupHeader header_by(const Keys& maker, const SlotEntry& slot) {
  return vault::make_backup_header(maker, {slot}, {}, random_of_slots, {});
}

vault::OpenedBackupHeader open_bytes(ByteView bytes) {
  MemorySource source(bytes);
  return vault::open_backup_header(vault::read_backup_header(source.function()), keyfile('k'), {});
}

}  // namespace

TEST_SUITE("vault/backup slots") {
  TEST_CASE("a slot of the vault gives the keys of a backup that the vault made") {
    const SealedBackupHeader made = header_by(keys_with('r', 'a'), own_slot_of_vault());
    const auto opened = open_bytes(made.bytes);
    CHECK(opened.proven);
    CHECK(opened.secrets.stream == made.secrets.stream);
    CHECK(opened.secrets.vault_keys == made.secrets.vault_keys);
    CHECK(!(made.secrets.stream == made.secrets.vault_keys));
  }

  TEST_CASE("who has the slot's public part and not ANCHOR seals under keys that the slot does not give") {
    const SealedBackupHeader forged = header_by(keys_with('r', 'x'), own_slot_of_vault());
    const auto opened = open_bytes(forged.bytes);
    CHECK(!(opened.secrets.stream == forged.secrets.stream));
    CHECK(!(opened.secrets.vault_keys == forged.secrets.vault_keys));
  }

  TEST_CASE("the keys are those of one header: another id, and they are others") {
    const SealedBackupHeader made = header_by(keys_with('r', 'a'), own_slot_of_vault());
    MemorySource source(made.bytes);
    auto parsed = vault::read_backup_header(source.function());
    parsed.header.id[0] = static_cast<std::uint8_t>(parsed.header.id[0] ^ 1U);
    const Bytes other = vault::encode_backup_header(parsed.header);
    CHECK(!(open_bytes(other).secrets.stream == made.secrets.stream));
  }

  TEST_CASE("a cost that would take the machine down is refused before it is paid, whatever slot has it") {
    SlotEntry slot = own_slot_of_vault();
    slot.kind = SlotKind::kPassphrase;
    slot.cost = {.memory_kib = 0xffffffff, .passes = 3};
    vault::BackupHeader header;
    header.slots = {slot, own_slot_of_vault()};
    const Bytes bytes = vault::encode_backup_header(header);
    CHECK(failure_of([&] { (void)open_bytes(bytes); }) == ErrorCode::kInvalidCiphertext);
  }
}
