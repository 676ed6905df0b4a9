// Making a backup through the door, and handing it out. What is in one the tests of vault/ say.
#include "core/store/backups.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/base/encoding.h"
#include "tests/support/world.h"

using namespace kms;
using kms::testing::World;

namespace {

constexpr std::size_t kMoreThanAPiece = (std::size_t{1} << 20U) + 5;

// Of a store without files: one backup at a time, whose bytes are all alike.
struct BackupCare final : kms::testing::FakeCare, BackupMaker {
  BackupFigures make_backup(const BackupSlots& slots, std::string_view who, Time /*now*/) override {
    ++made;
    bytes = std::string(kMoreThanAPiece, 'b');
    owner = who;
    opened_by = slots.recipients;
    if (slots.of_vault) opened_by.emplace_back("the vault's");
    if (!slots.passphrase.empty()) opened_by.emplace_back("a passphrase");
    if (!slots.recovery_code.empty()) opened_by.emplace_back("a code");
    return {"b0", bytes.size(), 7, 5, 1};
  }
  Bytes read_backup(std::string_view name, std::string_view who, std::uint64_t offset, std::size_t most,
                    Time /*now*/) override {
    if (bytes.empty() || name != "b0" || who != owner) throw Error(ErrorCode::kNotFound, "no such backup");
    return to_bytes(as_bytes(std::string_view(bytes).substr(std::min<std::size_t>(offset, bytes.size()), most)));
  }
  void end_backup(std::string_view name, std::string_view who) override {
    if (name == "b0" && who == owner) bytes.clear();
  }
  std::string recipient_of(const Transaction& /*transaction*/, std::string_view slot) const override {
    return "recipient of " + std::string(slot);
  }

  int made = 0;
  std::string bytes;
  std::string owner;
  std::vector<std::string> opened_by;
};

struct BackupsWorld : World {
  BackupsWorld() { context.care = &backups; }
  std::string blob(std::string_view text) const { return encode_base64(as_bytes(text)); }
  BackupCare backups;
};

}  // namespace

TEST_SUITE("ops/backups") {
  TEST_CASE("a backup is handed out in pieces to who made it, until it ends") {
    BackupsWorld world;
    const Json made = world.call("BackupVault", Json::object());
    CHECK(made.at("Size") == kMoreThanAPiece);
    CHECK(made.at("Sequence") == 7);
    const auto size_at = [&](std::size_t offset) {
      const Json piece = world.call("ReadBackup", {{"BackupId", made.at("BackupId")}, {"Offset", offset}});
      return base64_decoded_size(piece.at("Data").get_ref<const std::string&>());
    };
    CHECK(size_at(0) == std::size_t{1} << 20U);
    CHECK(size_at(std::size_t{1} << 20U) == 5);
    CHECK(size_at(kMoreThanAPiece) == 0);
    world.call("EndBackup", {{"BackupId", made.at("BackupId")}});
    CHECK(world.call("ReadBackup", {{"BackupId", made.at("BackupId")}}).at("__type") == "NotFoundException");
  }

  TEST_CASE("without anything else, what opens the vault opens the backup") {
    BackupsWorld world;
    world.call("BackupVault", Json::object());
    CHECK(world.backups.opened_by == std::vector<std::string>{"the vault's"});
    const std::string code = world.blob(std::string(32, 'c'));
    world.call("BackupVault", {{"Passphrase", world.blob("correct horse")}, {"RecoveryCode", code}});
    CHECK(world.backups.opened_by == std::vector<std::string>{"a passphrase", "a code"});
    world.call("BackupVault", {{"Recipients", {"them"}}, {"KeepVaultSlots", true}});
    CHECK(world.backups.opened_by == std::vector<std::string>{"them", "the vault's"});
  }

  TEST_CASE("one event tells of a backup, with its size and without its passphrase; pieces leave none") {
    BackupsWorld world;
    const std::size_t before = world.audited().size();
    const Json made = world.call("BackupVault", {{"Passphrase", world.blob("correct horse")}});
    world.call("ReadBackup", {{"BackupId", made.at("BackupId")}});
    world.call("EndBackup", {{"BackupId", made.at("BackupId")}});
    const auto events = world.audited();
    REQUIRE(events.size() == before + 1);
    CHECK(events.back().at("eventName") == "BackupVault");
    CHECK(events.back().at("additionalEventData") == Json{{"bytes", kMoreThanAPiece}, {"sequence", 7}, {"records", 5}});
    CHECK(events.back().dump().find(world.blob("correct horse")) == std::string::npos);
    CHECK(world.backups.made == 1);
  }

  TEST_CASE("who may not back up gets no piece of what others made, and the trail tells of the attempt") {
    BackupsWorld world;
    const Json made = world.call("BackupVault", Json::object());
    world.caller.principal = "arn:aws:iam::111122223333:user/x";
    for (const char* operation : {"ReadBackup", "EndBackup"}) {
      CHECK(world.call(operation, {{"BackupId", made.at("BackupId")}}).at("__type") == "AccessDeniedException");
      CHECK(world.audited().back().at("eventName") == operation);
    }
    CHECK(world.call("BackupVault", Json::object()).at("__type") == "AccessDeniedException");
    CHECK(world.backups.made == 1);
    CHECK(!world.backups.bytes.empty());
  }

  TEST_CASE("a store without files has no backups") {
    World world;
    CHECK(world.call("BackupVault", Json::object()).at("__type") == "UnsupportedOperationException");
    CHECK(!world.call("ListSlots", Json::object()).at("Slots").at(0).contains("Recipient"));
    BackupsWorld other;
    CHECK(other.call("ListSlots", Json::object()).at("Slots").at(0).at("Recipient") == "recipient of 00000001");
  }
}
