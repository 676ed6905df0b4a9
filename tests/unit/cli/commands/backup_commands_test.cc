// A vault is backed up, looked at and restored on the command line.
#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/records/keys.h"
#include "core/store/retry.h"
#include "formats/credential_text.h"
#include "tests/unit/cli/commands/service_command_line.h"
#include "vault/local/vault.h"

using kms::cat;
using kms::Json;
using kms::test::Folder;
using kms::test::ServiceCommandLine;

namespace {

using BackupWords = std::vector<std::string>;

// With a key alias/app, and a backup in v.kmsbackup.
struct BackupLine : ServiceCommandLine {
  BackupLine() {
    make_vault();
    environment.set("KMSCTL_KEYFILE", place + "/owner.key");
    must({"create-key", "--alias", "alias/app"});
    must({"vault", "backup", "-o", "v.kmsbackup"});
  }
  void must(const BackupWords& words) {
    const int status = run(words);
    REQUIRE_MESSAGE(status == 0, cat(typed, ": ", err));
  }
  Json event() { return restored_event("restored"); }
  Json restored_event(const char* vault) {
    const Json events = json({"--vault", vault, "audit", "list", "--event", "VaultRestored"}).at("Events");
    REQUIRE(events.size() == 1);
    return events[0];
  }
};

// As if its waiting period were over.
void destroy_app(const ServiceCommandLine& line) {
  const auto secret = kms::formats::decode_keyfile(kms::SecretBytes::copy_of(kms::as_bytes(Folder::read("owner.key"))));
  kms::SystemRandom random;
  const kms::vault::Credential credential{kms::SlotKind::kKeyfile, kms::SecretBytes::copy_of(*secret)};
  const auto vault = kms::vault::Vault::open(line.vault(), credential, random, {});
  kms::transact(*vault, [&](kms::Transaction& transaction) {
    const kms::AccountRegion home{"111122223333", "eu-central-1"};
    const auto alias = kms::find_alias(transaction, home, "alias/app");
    REQUIRE(alias);
    kms::erase_alias(transaction, home, alias->name);
    kms::erase_key(transaction, kms::find_key(transaction, home, alias->target).value());
  });
}

std::string restored_vault(const ServiceCommandLine& line) {
  return line.place + "/restored";
}

}  // namespace

TEST_SUITE("cli/backup commands") {
  TEST_CASE("a backup is a private file, and says how large and of what time it is") {
    BackupLine line;
    struct stat info {};
    REQUIRE(stat("v.kmsbackup", &info) == 0);
    CHECK((info.st_mode & 07777U) == 0600);
    CHECK(line.out.starts_with("Backed up the vault as of its change "));
    CHECK(line.out.find("It opens by what opens the vault: kmsctl backup verify v.kmsbackup reads it.\n") !=
          std::string::npos);
    CHECK(line.run({"vault", "backup", "-o", "v.kmsbackup"}) == kms::exit_code(kms::ErrorCode::kFile));
    line.must({"vault", "backup", "-o", "v.kmsbackup", "--force"});
    line.must({"vault", "backup", "-o", "-"});
    CHECK(line.out.starts_with("kmsctlB\n"));
  }

  TEST_CASE("in a directory a backup is named after its day") {
    BackupLine line;
    std::filesystem::create_directory("backups");
    line.must({"vault", "backup", "-o", "backups"});
    const auto made = std::filesystem::directory_iterator("backups")->path().filename().string();
    CHECK(made.size() == std::string("vault-2026-11-28.kmsbackup").size());
    CHECK(made.starts_with("vault-20"));
    CHECK(line.out.find(cat("in backups/", made)) != std::string::npos);
    CHECK(line.run({"vault", "backup", "-o", "backups/"}) == kms::exit_code(kms::ErrorCode::kFile));
    line.must({"vault", "backup", "-o", "backups/", "--force"});
  }

  TEST_CASE("verify tells what is in a backup, and needs no vault") {
    BackupLine line;
    const std::string id = line.json({"status"}).at("VaultId");
    std::filesystem::remove_all(line.vault());
    const Json shown = line.json({"backup", "verify", "v.kmsbackup"});
    CHECK(shown.at("VaultId") == id);
    CHECK(shown.at("Problems").empty());
    CHECK(shown.at("OpenedBy").at("OfVault") == true);
    REQUIRE(shown.at("Logs").size() == 1);
    CHECK(shown.at("Logs")[0].at("Log") == "audit/111122223333/eu-central-1");
    CHECK(shown.at("Logs")[0].at("Size") == shown.at("LogEntries"));
  }

  TEST_CASE("list shows the keys that a backup has, as keys are listed") {
    BackupLine line;
    const Json listed = line.json({"backup", "list", "v.kmsbackup"});
    CHECK(listed == line.json({"key", "list", "--all"}));
    CHECK(listed.at("Keys").at(0).at("AliasNames").at(0) == "alias/app");
    line.must({"backup", "list", "v.kmsbackup", "--wide"});
    CHECK(line.out.find("alias/app") != std::string::npos);
    CHECK(line.out.find("Enabled") != std::string::npos);
  }

  TEST_CASE("looking leaves nothing behind") {
    BackupLine line;
    std::filesystem::create_directory("scratch");
    line.environment.set("TMPDIR", line.place + "/scratch");
    line.must({"backup", "verify", "v.kmsbackup"});
    line.must({"backup", "list", "v.kmsbackup"});
    CHECK(std::filesystem::is_empty("scratch"));
  }

  TEST_CASE("who has nothing that opens a backup is told what would") {
    BackupLine line;
    line.must({"init", "--vault", "other", "--generate-keyfile", "other.key", "--no-recovery-code"});
    for (const BackupWords& command :
         {BackupWords{"backup", "verify", "v.kmsbackup"}, {"vault", "restore", "v.kmsbackup", "--to", "restored"}}) {
      BackupWords words = command;
      words.insert(words.end(), {"--keyfile", "other.key"});
      CHECK(line.run(words) == kms::exit_code(kms::ErrorCode::kWrongPassphrase));
      CHECK(line.says("v.kmsbackup: the keyfile opens no slot of this backup: give what opened the vault when it was"));
    }
    line.environment.set("KMSCTL_KEYFILE", "");
    CHECK(line.run({"backup", "verify", "v.kmsbackup"}) == kms::exit_code(kms::ErrorCode::kVaultLocked));
    CHECK(line.says("the backup v.kmsbackup is locked: give what opens it with --keyfile"));
    CHECK(!Folder::has("restored"));
  }

  TEST_CASE("a damaged backup is refused by all who read it, and nothing is made of it") {
    BackupLine line;
    std::string content = Folder::read("v.kmsbackup");
    content[content.size() / 2] = static_cast<char>(content[content.size() / 2] ^ 1);
    Folder::write("v.kmsbackup", content);
    for (const BackupWords& words : {BackupWords{"backup", "verify", "v.kmsbackup"},
                                     {"backup", "list", "v.kmsbackup"},
                                     {"vault", "restore", "v.kmsbackup", "--to", "restored"}}) {
      CHECK(line.run(words) == kms::exit_code(kms::ErrorCode::kInvalidCiphertext));
      CHECK(line.says("v.kmsbackup: the backup is damaged: chunk 0 of it was changed, cut off, or written"));
      CHECK(line.out.empty());
    }
    CHECK(!Folder::has("restored"));
    CHECK(line.run({"backup", "verify", "owner.key"}) == kms::exit_code(kms::ErrorCode::kInvalidCiphertext));
    CHECK(line.says("owner.key: the file is no backup of a vault"));
  }

  TEST_CASE("a restored vault has the keys, and its trail says how it came to be") {
    BackupLine line;
    const Json keys = line.json({"list-keys"});
    line.must({"vault", "restore", "v.kmsbackup", "--to", "restored"});
    CHECK(line.out.starts_with("Restored the vault to restored, as incarnation "));
    CHECK(line.err.empty());
    CHECK(line.event().at("additionalEventData").at("slotsKept") == true);
    line.environment.set("KMSCTL_VAULT", restored_vault(line));
    CHECK(line.json({"list-keys"}) == keys);
    CHECK(line.json({"vault", "check"}).at("Problems").empty());
    CHECK(line.run({"audit", "verify"}) == 0);
    CHECK(line.run({"vault", "restore", "v.kmsbackup", "--to", "restored"}) ==
          kms::exit_code(kms::ErrorCode::kAlreadyExists));
    CHECK(line.says("restored exists already"));
  }

  TEST_CASE("a key that was destroyed since stays out, unless it is to come back") {
    BackupLine line;
    const std::string key = line.json({"describe-key", "-k", "alias/app"}).at("KeyMetadata").at("Arn");
    line.must({"create-key", "--alias", "alias/kept"});
    line.must({"vault", "backup", "-o", "v.kmsbackup", "--force"});
    destroy_app(line);
    line.must({"vault", "restore", "v.kmsbackup", "--to", "restored"});
    CHECK(line.out.find(cat("1 key that was destroyed since the backup stayed out (--resurrect brings them back):\n  ",
                            key, "\n")) != std::string::npos);
    CHECK(line.event().at("additionalEventData").at("keysLeftOut") == Json::array({key}));
    CHECK(line.run({"--vault", "restored", "describe-key", "-k", key}) == kms::exit_code(kms::ErrorCode::kNotFound));
    CHECK(line.run({"--vault", "restored", "describe-key", "-k", "alias/kept"}) == 0);
    CHECK(line.json({"--vault", "restored", "vault", "check"}).at("Problems").empty());
    line.must({"vault", "restore", "v.kmsbackup", "--to", "restored2", "--resurrect"});
    CHECK(line.out.find(cat("1 key that was destroyed since the backup came back:\n  ", key, "\n")) !=
          std::string::npos);
    CHECK(line.run({"--vault", "restored2", "describe-key", "-k", "alias/app"}) == 0);
    const Json event = line.restored_event("restored2");
    CHECK(event.at("additionalEventData").at("resurrectedKeys") == Json::array({key}));
  }

  TEST_CASE("where nothing is known of keys that were destroyed, that is said") {
    BackupLine line;
    line.must({"vault", "restore", "v.kmsbackup", "--to", "restored", "--vault", "none"});
    CHECK(line.says("note: whether keys were destroyed since the backup is not known, and all of them come back: "));
    line.must({"init", "--vault", "other", "--generate-keyfile", "other.key", "--no-recovery-code"});
    line.must({"vault", "restore", "v.kmsbackup", "--to", "again", "--vault", "other"});
    CHECK(line.says("the vault other is another one"));
    line.must({"vault", "restore", "v.kmsbackup", "--to", "older"});
    for (int i = 0; i < 3; ++i) line.must({"create-key"});
    line.must({"vault", "backup", "-o", "new.kmsbackup"});
    line.must({"vault", "restore", "new.kmsbackup", "--to", "newer", "--vault", "older"});
    CHECK(line.says("the vault older is older than the backup"));
    CHECK(line.json({"list-keys", "--vault", "newer"}).at("Keys").size() == 4);
    line.must({"vault", "restore", "v.kmsbackup", "--to", "third", "--vault", "other", "--resurrect"});
    CHECK(line.err.empty());
  }

  TEST_CASE("a backup for a passphrase, a code and another vault opens by these alone") {
    BackupLine line;
    line.must({"init", "--vault", "other", "--generate-keyfile", "other.key", "--no-recovery-code"});
    const BackupWords there{"--vault", "other", "--keyfile", "other.key"};
    BackupWords question{"slot", "list", "--query", "Slots[0].SlotId"};
    question.insert(question.end(), there.begin(), there.end());
    BackupWords show{"slot", "recipient", line.json(question).get<std::string>()};
    show.insert(show.end(), there.begin(), there.end());
    line.must(show);
    const std::string recipient = line.out.substr(0, line.out.find('\n'));
    line.must({"vault", "backup", "-o", "b", "--recovery-code-file", "code.txt", "--recipient", recipient});
    CHECK(line.out.find("It opens by the code in code.txt or 1 recipient: ") != std::string::npos);
    CHECK(line.run({"backup", "verify", "b"}) == kms::exit_code(kms::ErrorCode::kWrongPassphrase));
    CHECK(line.json({"backup", "verify", "b", "--keyfile", "other.key"}).at("OpenedBy").at("Proven") == false);
    CHECK(line.json({"backup", "verify", "b", "--passphrase-file", "code.txt"}).at("OpenedBy").at("Proven") == true);
    line.must({"vault", "restore", "b", "--to", "restored", "--passphrase-file", "code.txt"});
    CHECK(line.out.find("What opened the backup opens it, and nothing else") != std::string::npos);
    line.must({"--vault", "restored", "whoami", "--passphrase-file", "code.txt"});
    CHECK(line.run({"--vault", "restored", "whoami"}) == kms::exit_code(kms::ErrorCode::kWrongPassphrase));
  }

  TEST_CASE("a recovery code that opens nothing is not left behind") {
    BackupLine line;
    CHECK(line.run({"vault", "backup", "-o", "b", "--recovery-code-file", "code.txt", "--recipient", "nobody"}) ==
          kms::exit_code(kms::ErrorCode::kValidation));
    CHECK(line.says("'nobody' is no recipient of backups: give a whole line of kmsctl slot recipient"));
    CHECK(!Folder::has("code.txt"));
    CHECK(!Folder::has("b"));
  }

  TEST_CASE("options that mean nothing are refused") {
    BackupLine line;
    CHECK(line.run({"vault", "backup", "-o", "b", "--keep-vault-slots"}) == kms::exit_code(kms::ErrorCode::kUsage));
    CHECK(line.says("--keep-vault-slots means something beside"));
    CHECK(line.run({"vault", "backup", "-o", "b", "--recovery-code-file", "-"}) ==
          kms::exit_code(kms::ErrorCode::kUsage));
    CHECK(line.run({"slot", "recipient", "00000000"}) == kms::exit_code(kms::ErrorCode::kNotFound));
    CHECK(line.says("there is no slot 00000000: kmsctl slot list shows them"));
  }
}
