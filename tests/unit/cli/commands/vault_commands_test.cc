// Vaults are made, shown and checked.
#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "core/base/text.h"
#include "tests/unit/cli/commands/service_command_line.h"

using kms::cat;
using kms::Json;
using kms::test::Folder;
using kms::test::ServiceCommandLine;

namespace {

using InitWords = std::vector<std::string>;

// `init --generate-keyfile owner.key` with more words.
int init_with(ServiceCommandLine& line, const InitWords& more) {
  InitWords words{"init", "--generate-keyfile", "owner.key"};
  words.insert(words.end(), more.begin(), more.end());
  return line.run(words);
}

// Refused with words that say why, and all is as it was.
void check_refused_init(ServiceCommandLine& line, const InitWords& words, int status, std::string_view why) {
  const auto before = Folder::files();
  const bool vault_before = Folder::has("vault");
  const int ended = init_with(line, words);
  CAPTURE(line.typed);
  CAPTURE(line.err);
  CHECK(ended == status);
  CHECK(line.says(why));
  CHECK(line.out.empty());
  CHECK(Folder::files() == before);
  CHECK(Folder::has("vault") == vault_before);
}

// A user that may do nothing, with the keyfile x.key.
void add_stranger_to_vault(ServiceCommandLine& line) {
  line.json({"principal", "create", "user/x", "--keyfile", "owner.key"});
  line.json({"slot", "add", "--principal", "user/x", "--generate-keyfile", "x.key", "--keyfile", "owner.key"});
}

constexpr std::size_t kDataPageSize = 4096;

// Where the last value of a page that holds records ends; 0 for another page. See lmdb.h: of a header of 16 bytes, the
// flags are the bytes 10 and 11, and values grow from the end.
std::size_t last_value_in_page(const std::string& data, std::size_t page) {
  constexpr char kLeaf = 2;
  const std::size_t start = page * kDataPageSize;
  if (data[start + 10] != kLeaf || data[start + 11] != 0) return 0;
  return data.find_last_not_of('\0', start + kDataPageSize - 1);
}

}  // namespace

TEST_SUITE("cli/vault commands") {
  TEST_CASE("a new vault is opened by the keyfile that was made for it") {
    ServiceCommandLine line;
    CHECK(init_with(line, {"--account", "111122223333", "--region", "eu-central-1", "--label", "laptop"}) == 0);
    CHECK(
        line.out.starts_with(cat("Created the vault ", line.vault(), " for account 111122223333 in eu-central-1.\n")));
    const Json shown = line.json({"whoami", "--keyfile", "owner.key"});
    CHECK(shown.at("Principal") == "arn:aws:iam::111122223333:root");
    CHECK(shown.at("Region") == "eu-central-1");
    const Json slots = line.json({"slot", "list", "--keyfile", "owner.key"}).at("Slots");
    REQUIRE(slots.size() == 1);
    CHECK(slots.front().at("Kind") == "KEYFILE");
    CHECK(slots.front().at("Label") == "laptop");
  }

  TEST_CASE("the trail begins with the making of the vault") {
    ServiceCommandLine line;
    line.make_vault();
    const Json events = line.json({"audit", "list", "--keyfile", "owner.key"}).at("Events");
    REQUIRE(!events.empty());
    CHECK(events.front().at("eventName") == "CreateVault");
  }

  TEST_CASE("who names neither account nor Region has those of the examples, or the Region of the environment") {
    ServiceCommandLine line;
    CHECK(init_with(line, {}) == 0);
    CHECK(line.out.find("for account 000000000000 in us-east-1.") != std::string::npos);
    line.environment.set("AWS_REGION", "eu-north-1");
    CHECK(line.run({"--vault", "other", "init", "--generate-keyfile", "other.key"}) == 0);
    CHECK(line.out.find("in eu-north-1.") != std::string::npos);
    CHECK(line.run({"--vault", "third", "init", "--generate-keyfile", "third.key", "--region", "eu-west-1"}) == 0);
    CHECK(line.out.find("in eu-west-1.") != std::string::npos);
  }

  TEST_CASE("the recovery code is in a file for its owner alone, and opens the vault as a passphrase does") {
    ServiceCommandLine line;
    CHECK(init_with(line, {"--recovery-code-file", "code"}) == 0);
    CHECK(line.out.find("The recovery code is in code; keep it off this machine.") != std::string::npos);
    struct stat file {};
    REQUIRE(stat("code", &file) == 0);
    CHECK((file.st_mode & 0777U) == 0600U);
    const Json slots = line.json({"slot", "list", "--passphrase-file", "code"}).at("Slots");
    REQUIRE(slots.size() == 2);
    CHECK(slots.at(1).at("Kind") == "RECOVERY_CODE");
    CHECK(slots.at(1).at("Unlocking") == true);
  }

  TEST_CASE("the recovery code is shown to whoever asks for it, or sits at a terminal, and to no log") {
    ServiceCommandLine line;
    CHECK(init_with(line, {"--recovery-code-file", "-"}) == 0);
    CHECK(line.out.find("Recovery code (shown this once") != std::string::npos);
    CHECK(line.json({"slot", "list", "--keyfile", "owner.key"}).at("Slots").size() == 2);

    CHECK(line.run({"--vault", "second", "init", "--generate-keyfile", "second.key"}) == 0);
    CHECK(line.out.find("No recovery code was made") != std::string::npos);
    CHECK(line.json({"--vault", "second", "slot", "list", "--keyfile", "second.key"}).at("Slots").size() == 1);

    line.terminal.there = true;
    CHECK(line.run({"--vault", "third", "init", "--generate-keyfile", "third.key"}) == 0);
    CHECK(line.out.find("Recovery code (shown this once") != std::string::npos);
    CHECK(line.run({"--vault", "fourth", "init", "--generate-keyfile", "4.key", "--no-recovery-code"}) == 0);
    CHECK(line.out.find("ecovery code") == std::string::npos);
    CHECK(line.terminal.labels.empty());
  }

  TEST_CASE("a vault is made where there is nothing") {
    ServiceCommandLine line;
    Folder::write("file", "mine");
    std::filesystem::create_symlink("nowhere", "link");
    std::filesystem::create_directory("folder");
    for (const char* path : {"file", "link", "folder"}) {
      check_refused_init(line, {"--vault", path}, 10, cat(path, " exists: a vault is made where there is nothing"));
    }
    line.make_vault();
    CHECK(line.run({"init", "--generate-keyfile", "other.key", "--recovery-code-file", "code"}) == 10);
    CHECK(line.says(cat(line.vault(), " exists")));
    CHECK(!Folder::has("other.key"));
    CHECK(!Folder::has("code"));
    CHECK(line.run({"slot", "list", "--keyfile", "owner.key"}) == 0);
  }

  TEST_CASE("an account, a Region or a label that is none is named, and nothing is made") {
    ServiceCommandLine line;
    check_refused_init(line, {"--account", "12"}, 2, "--account '12': an account id has 12 digits");
    check_refused_init(line, {"--account", "11112222333x"}, 2, "--account '11112222333x'");
    check_refused_init(line, {"--region", "nowhere"}, 2, "--region: 'nowhere' is no Region name, as us-east-1 is");
    check_refused_init(line, {"--label", std::string(61, 'x')}, 2, "xxx': a label has up to 60 characters");
    line.environment.set("AWS_REGION", "here");
    check_refused_init(line, {}, 2, "'here' is no Region name");
    CHECK(init_with(line, {"--region", "eu-west-1", "--label", cat(std::string(59, 'x'), "ü")}) == 0);
  }

  TEST_CASE("what contradicts itself makes no vault") {
    ServiceCommandLine line;
    check_refused_init(line, {"--no-recovery-code", "--recovery-code-file", "code"}, 2,
                       "give --recovery-code-file or --no-recovery-code, not both");
    Folder::write("words", "correct horse battery staple\n");
    check_refused_init(line, {"--new-passphrase-file", "words"}, 2, "one source for the new credential, not several");
    check_refused_init(line, {"--recovery-code-file", "owner.key"}, 11, "owner.key: the file exists");
  }

  TEST_CASE("what opens a vault is no credential for a new one") {
    ServiceCommandLine line;
    Folder::write("words", "correct horse battery staple\n");
    for (const InitWords& words :
         {InitWords{"--keyfile", "owner.key"}, {"--passphrase-file", "words"}, {"--passphrase-fd", "0"}}) {
      check_refused_init(line, words, 2, "a new one gets its credential by --generate-keyfile");
    }
    check_refused_init(line, {"--role", "role/x"}, 2, "a new vault has no roles yet");
    line.environment.set("KMSCTL_KEYFILE", "of-another.key");  // for the commands that follow
    CHECK(init_with(line, {}) == 0);
  }

  TEST_CASE("a file that is there stays as it is, and what was made before goes again") {
    ServiceCommandLine line;
    Folder::write("code", "of another vault");
    check_refused_init(line, {"--recovery-code-file", "code"}, 11, "code: the file exists: remove it, or name another");
    check_refused_init(line, {"--recovery-code-file", "none/code"}, 11, "none/code: No such file or directory");
    check_refused_init(line, {"--vault", "code/vault", "--recovery-code-file", "new"}, 11, "code");
    Folder::write("owner.key", "of another vault");
    check_refused_init(line, {"--recovery-code-file", "new"}, 11, "owner.key: the file exists");
    CHECK(line.run({"init", "--generate-keyfile", "-"}) == 2);
    CHECK(line.says("--generate-keyfile: name a file, - is none"));
  }

  TEST_CASE("a script that names no credential is told how to") {
    ServiceCommandLine line;
    CHECK(line.run({"init"}) == 7);
    CHECK(line.says("give --new-passphrase-file, --new-passphrase-fd or a new keyfile"));
    CHECK(!Folder::has("vault"));
    line.terminal.there = true;
    Folder::write("odd", "two\nlines");
    CHECK(line.run({"init", "--new-passphrase-file", "odd"}) == 2);
    CHECK(line.says("the new passphrase has control characters"));
    CHECK(!Folder::has("vault"));
  }

  TEST_CASE("status shows what anybody may know of a locked vault, and ends with 7") {
    ServiceCommandLine line;
    line.make_vault();
    line.terminal.there = true;
    CHECK(line.run({"status"}) == 7);
    CHECK(line.terminal.labels.empty());
    const Json shown = Json::parse(line.out);
    CHECK(shown.at("State") == "LOCKED");
    CHECK(shown.at("Vault") == line.vault());
    CHECK(shown.at("Slots") == Json{"KEYFILE"});
    CHECK(!shown.contains("Principal"));
    CHECK(line.says(cat("the vault ", line.vault(), " is locked: kmsctl unlock opens it")));
    CHECK(line.run({"status", "--query", "State", "--output", "text"}) == 7);
    CHECK(line.out == "LOCKED\n");
  }

  TEST_CASE("status of a vault that a credential opens says as whom") {
    ServiceCommandLine line;
    line.make_vault();
    line.environment.set("KMSCTL_KEYFILE", "owner.key");
    const Json shown = line.json({"status"});
    CHECK(shown.at("State") == "UNLOCKED");
    CHECK(shown.at("Principal") == "arn:aws:iam::111122223333:root");
    CHECK(shown.at("AccountId") == "111122223333");
    CHECK(shown.at("Region") == "eu-central-1");
    CHECK(shown.at("Vault") == line.vault());
  }

  TEST_CASE("who may not ask for the vault's status is told that it is open, and no more") {
    ServiceCommandLine line;
    line.make_vault();
    const Json all = line.json({"status", "--keyfile", "owner.key"});
    add_stranger_to_vault(line);
    const Json shown = line.json({"status", "--keyfile", "x.key"});
    CHECK(shown.at("State") == "UNLOCKED");
    CHECK(shown.at("Principal") == "arn:aws:iam::111122223333:user/x");
    CHECK(shown.size() < all.size());
  }

  TEST_CASE("status tells a vault that is not there from one that another keyfile opens") {
    ServiceCommandLine line;
    CHECK(line.run({"status"}) == 3);
    CHECK(line.says(cat("there is no vault at ", line.vault(), ": make one with kmsctl init")));
    line.make_vault();
    CHECK(line.run({"--vault", "other", "init", "--generate-keyfile", "other.key"}) == 0);
    CHECK(line.run({"status", "--keyfile", "other.key"}) == 8);
    CHECK(line.run({"status", "--keyfile", "none.key"}) == 11);
    CHECK(line.says("none.key: No such file or directory"));
  }

  TEST_CASE("a sound vault has no problems, and who may not look is refused") {
    ServiceCommandLine line;
    line.make_vault();
    const Json report = line.json({"vault", "check", "--keyfile", "owner.key"});
    CHECK(report.at("Problems").empty());
    CHECK(report.at("Records") > 0);
    add_stranger_to_vault(line);
    CHECK(line.run({"vault", "check", "--keyfile", "x.key"}) == 4);
    CHECK(line.run({"vault", "check"}) == 7);
  }

  TEST_CASE("a record that is damaged is among the problems, and the check ends with 12") {
    ServiceCommandLine line;
    line.make_vault();
    line.json({"create-key", "--keyfile", "owner.key"});
    std::filesystem::copy("vault", "sound", std::filesystem::copy_options::recursive);
    const std::string sound = Folder::read("vault/data.mdb");
    // A page may be an old one that nobody reads, or one without which the vault does not open.
    bool reported = false;
    for (std::size_t page = 2; !reported && (page + 1) * kDataPageSize <= sound.size(); ++page) {
      const std::size_t at = last_value_in_page(sound, page);
      if (at == 0) continue;
      std::filesystem::remove_all("vault");
      std::filesystem::copy("sound", "vault", std::filesystem::copy_options::recursive);
      std::string damaged = sound;
      damaged[at] = static_cast<char>(~damaged[at]);
      Folder::write("vault/data.mdb", damaged);
      reported = line.run({"vault", "check", "--keyfile", "owner.key"}) == 12 && !line.out.empty();
    }
    REQUIRE(reported);
    CHECK(!Json::parse(line.out).at("Problems").empty());
    CHECK(line.says("problem"));
    CHECK(line.says("found: kmsctl vault check --repair drops"));
  }
}
