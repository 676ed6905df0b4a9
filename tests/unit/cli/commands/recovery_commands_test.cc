// Recovery codes in shares: made, shown, put together and tried.
#include <doctest/doctest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/text.h"
#include "formats/credential_text.h"
#include "tests/unit/cli/commands/refusal.h"
#include "tests/unit/cli/commands/service_command_line.h"
#include "tests/unit/formats/share_texts.h"

using kms::cat;
using kms::Json;
using kms::test::CommandLine;
using kms::test::Folder;
using kms::test::refuses;
using kms::test::ServiceCommandLine;
using kms::testing::secret_of_seed;
using kms::testing::share_texts;
using kms::testing::shown_text;
using kms::testing::words_of;

namespace {

using ShareWords = std::vector<std::string>;

const ShareWords kSplit{"recovery", "split", "--shares", "5", "--threshold", "3"};

ShareWords with_more(ShareWords words, const ShareWords& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

std::string share_line(std::string text) {
  text += '\n';
  return text;
}

// The files s1 to s5: three of them give the recovery code of the first seed.
void write_share_files(unsigned seed = 1, const std::string& name = "s") {
  std::size_t number = 0;
  for (const std::string& text : share_texts({5, 3}, seed)) {
    Folder::write(cat(name, std::to_string(++number)), share_line(text));
  }
}

std::string code_of_first_seed() {
  return shown_text(kms::formats::encode_recovery_code(secret_of_seed()));
}

// A share as keys: four letters and a space each, the return key at the end.
std::string keys_of(const std::string& text) {
  std::string keys;
  for (const std::string& word : words_of(text)) keys += cat(word.substr(0, 4), " ");
  keys.back() = '\n';
  return keys;
}

bool was_told(const CommandLine& line, std::string_view text) {
  const auto& labels = line.terminal.labels;
  return std::any_of(labels.begin(), labels.end(),
                     [text](const std::string& label) { return label.find(text) != std::string::npos; });
}

// A vault of which five shares lie in the folder `shares`.
struct SharedVault : ServiceCommandLine {
  SharedVault() {
    make_vault();
    const int made = run(with_more(kSplit, {"--out-dir", "shares", "--keyfile", "owner.key"}));
    if (made != 0) throw kms::Error(kms::ErrorCode::kInternal, err);
  }
};

}  // namespace

TEST_SUITE("cli/recovery commands") {
  TEST_CASE("five shares are five private files, of which any three open the vault") {
    SharedVault line;
    CHECK(
        line.out.starts_with("The shares are in shares/share-1 to shares/share-5: any 3 of them open the vault as "
                             "arn:aws:iam::111122223333:root (slot "));
    for (const char* name : {"shares/share-1", "shares/share-5"}) {
      struct stat file {};
      REQUIRE(stat(name, &file) == 0);
      CHECK((file.st_mode & 0777U) == 0600U);
      CHECK(words_of(Folder::read(name)).size() == 33);
    }
    CHECK(line.run({"recovery", "combine", "shares/share-1", "shares/share-3", "shares/share-5", "--check"}) == 0);
    CHECK(line.out.starts_with(
        cat("The shares open the vault ", line.vault(), " as arn:aws:iam::111122223333:root (slot ")));
    const Json slots = line.json({"slot", "list", "--keyfile", "owner.key"}).at("Slots");
    REQUIRE(slots.size() == 2);
    CHECK(slots.at(1).at("Kind") == "RECOVERY_CODE");
    CHECK(slots.at(1).at("Label") == "shares 3 of 5");
    CHECK(line.run({"slot", "remove", slots.at(1).at("SlotId"), "--keyfile", "owner.key"}) == 0);
    CHECK(line.run({"recovery", "combine", "shares/share-1", "shares/share-3", "shares/share-5", "--check"}) == 8);
    CHECK(line.says("the shares go together, and open no slot of the vault"));
  }

  TEST_CASE("the code of shares is taken where a passphrase is") {
    SharedVault line;
    CHECK(line.run({"recovery", "combine", "shares/share-5", "shares/share-2", "shares/share-4"}) == 0);
    const std::string code = line.out;
    CHECK(code.size() == 70);
    CHECK(line.run({"--passphrase-fd", "0", "whoami"}, code) == 0);
    CHECK(Json::parse(line.out).at("Principal") == "arn:aws:iam::111122223333:root");
    CHECK(line.run({"recovery", "combine", "shares/share-5", "shares/share-2", "shares/share-4", "-o", "code"}) == 0);
    CHECK(line.out.empty());
    CHECK(Folder::read("code") == code);
    struct stat file {};
    REQUIRE(stat("code", &file) == 0);
    CHECK((file.st_mode & 0777U) == 0600U);
    CHECK(line.run({"recovery", "combine", "shares/share-5", "shares/share-2", "shares/share-4", "-o", "code"}) == 11);
  }

  TEST_CASE("the trail says who made shares, and of a try that failed") {
    SharedVault line;
    write_share_files();
    CHECK(line.run({"recovery", "combine", "s1", "s2", "s3", "--check"}) == 8);
    const Json events = line.json({"audit", "list", "--keyfile", "owner.key"}).at("Events");
    std::vector<std::string> names;
    for (const Json& event : events) names.push_back(event.at("eventName").get<std::string>());
    CHECK(std::count(names.begin(), names.end(), "AddSlot") == 1);
    const auto failed = std::find_if(events.begin(), events.end(), [](const Json& event) {
      return event.at("eventName") == "Unlock" && event.contains("errorCode");
    });
    REQUIRE(failed != events.end());
    CHECK(failed->at("additionalEventData").at("kind") == "RECOVERY_CODE");
  }

  TEST_CASE("a vault is made with shares instead of a recovery code") {
    ServiceCommandLine line;
    CHECK(line.run({"init", "--generate-keyfile", "owner.key", "--recovery-shares", "3/2", "--recovery-shares-dir",
                    "shares/"}) == 0);
    CHECK(line.out.find("The shares are in shares/share-1 to shares/share-3: any 2 of them open the vault.\n") !=
          std::string::npos);
    CHECK(line.run({"recovery", "combine", "shares/share-1", "shares/share-3", "--check"}) == 0);
    CHECK(line.json({"slot", "list", "--keyfile", "owner.key"}).at("Slots").at(1).at("Label") == "shares 2 of 3");
  }

  TEST_CASE("where no vault could be made, there are no shares either") {
    ServiceCommandLine line;
    const ShareWords init{"init", "--generate-keyfile", "owner.key", "--recovery-shares"};
    const auto refused = [&](const ShareWords& more, int status, std::string_view why) {
      const int ended = line.run(with_more(init, more));
      CAPTURE(line.err);
      CHECK(ended == status);
      CHECK(line.says(why));
      CHECK_FALSE(Folder::has("owner.key"));
      CHECK_FALSE(Folder::has("shares"));
      CHECK_FALSE(Folder::has("vault"));
    };
    refused({"5/3"}, 2, "--recovery-shares-dir DIR writes them to files");
    for (const char* plan : {"5", "3/5", "5/0", "17/3", "5/1", "5/3/1", "a/b", "5/3x", "-5/3"}) {
      refused({plan, "--recovery-shares-dir", "shares"}, 2, cat("--recovery-shares '", plan, "'"));
    }
    refused({"5/3", "--recovery-shares-dir", "shares", "--no-recovery-code"}, 2, "leave out --no-recovery-code");
    refused({"5/3", "--recovery-shares-dir", "shares", "--recovery-code-file", "code"}, 2, "--recovery-code-file");
    refused({"5/3", "--recovery-shares-dir", "none/shares"}, 11, "none/shares: No such file or directory");
    Folder::write("file", "");
    refused({"5/3", "--recovery-shares-dir", "shares", "--vault", "file/vault"}, 11, "file");
    CHECK(line.run({"init", "--generate-keyfile", "owner.key", "--recovery-shares-dir", "shares"}) == 2);
  }

  TEST_CASE("shares replace no file, and all are gone again when one cannot be written or the slot is refused") {
    const Folder folder;
    CommandLine line;
    line.terminal.there = false;
    std::filesystem::create_directory("shares");
    Folder::write("shares/share-4", "of somebody else");
    CHECK(refuses(line, with_more(kSplit, {"--out-dir", "shares"}), 11, "shares/share-4: the file exists"));
    CHECK_FALSE(Folder::has("shares/share-1"));
    CHECK(Folder::read("shares/share-4") == "of somebody else");
    line.world.authorizer.denied = {"kmsctl:AddSlot"};
    CHECK(line.run(with_more(kSplit, {"--out-dir", "new"})) == 4);
    CHECK_FALSE(Folder::has("new"));
    CHECK(refuses(line, with_more(kSplit, {"--out-dir", "none/new"}), 11, "none/new: No such file or directory"));
  }

  TEST_CASE("the slot has the label and the principal that were asked for") {
    const Folder folder;
    CommandLine line;
    line.world.call("CreatePrincipal", {{"Principal", "user/ci"}});
    CHECK(line.run(with_more(kSplit, {"--out-dir", ".", "--label", "board", "--principal", "user/ci"})) == 0);
    CHECK(line.world.slots.slots.back().label == "board");
    CHECK(line.world.slots.slots.back().principal == "arn:aws:iam::111122223333:user/ci");
    CHECK(line.world.slots.slots.back().kind == kms::SlotKind::kRecoveryCode);
    CHECK(line.run({"recovery", "split", "--shares", "1", "--threshold", "1", "--out-dir", "one"}) == 0);
    CHECK(line.out.starts_with("The share is in one/share-1: it is enough to open the vault as "));
    CHECK(line.run({"recovery", "split", "--shares", "2", "--threshold", "2", "--out-dir", "two"}) == 0);
    CHECK(line.out.starts_with("The shares are in two/share-1 to two/share-2: all 2 of them together open the vault"));
  }

  TEST_CASE("a plan that cannot be is refused before anything is made") {
    const Folder folder;
    CommandLine line;
    const auto refused = [&](const char* shares, const char* threshold, std::string_view why) {
      const bool told = refuses(
          line, {"recovery", "split", "--shares", shares, "--threshold", threshold, "--out-dir", "new"}, 2, why);
      CHECK(told);
      CHECK_FALSE(Folder::has("new"));
    };
    refused("3", "5", "--threshold 5: there are only 3 shares (--shares)");
    refused("3", "1", "--threshold 1: each share would be the whole secret; 2 or more");
    refused("17", "3", "--shares");
    refused("0", "0", "--shares");
    CHECK(refuses(line, {"recovery", "split", "--shares", "5", "--out-dir", "new"}, 2, "--threshold"));
  }

  TEST_CASE("shares are shown one after the other, to a person alone, and before there is a slot of them") {
    CommandLine line;
    line.terminal.there = false;
    CHECK(refuses(line, kSplit, 2, "there is no terminal to show shares at, one after the other: --out-dir DIR"));
    line.terminal.there = true;
    CHECK(line.run(kSplit) == 0);
    CHECK(line.terminal.labels == ShareWords(5, "The return key, once they are written down"));
    for (const char* text : {"Share 1 of 5. Whoever keeps it writes down these 33 words, in this order:", "  33 ",
                             "Share 5 of 5.", "\033[H\033[2J\033[3J", "You have seen 5 shares: any 3 of them open"}) {
      CHECK(line.out.find(text) != std::string::npos);
    }
    CHECK(line.world.slots.slots.back().label == "shares 3 of 5");
    line.world.authorizer.denied = {"kmsctl:AddSlot"};
    CHECK(line.run(kSplit) == 4);
    CHECK(was_told(line, "The shares that were shown open nothing: throw them away."));
  }

  TEST_CASE("a recovery code that is there is split without a slot") {
    const Folder folder;
    CommandLine line;
    Folder::write("code", cat(code_of_first_seed(), "\n"));
    CHECK(line.run(with_more(kSplit, {"--code-file", "code", "--out-dir", "new"})) == 0);
    CHECK(line.out.starts_with("The shares are in new/share-1 to new/share-5: any 3 of them give the recovery code."));
    CHECK(line.requests.empty());
    line.terminal.there = false;
    CHECK(line.run({"recovery", "combine", "new/share-2", "new/share-3", "new/share-1"}) == 0);
    CHECK(line.out == cat(code_of_first_seed(), "\n"));
    CHECK(refuses(line, with_more(kSplit, {"--code-file", "code", "--out-dir", "x", "--label", "a"}), 2,
                  "--principal and --label are for a new slot"));
    Folder::write("code", "no code");
    CHECK(refuses(line, with_more(kSplit, {"--code-file", "code", "--out-dir", "x"}), 2,
                  "code: no intact recovery code, which has 14 groups of four letters and digits"));
    std::filesystem::permissions("code", std::filesystem::perms::all);
    CHECK(refuses(line, with_more(kSplit, {"--code-file", "code", "--out-dir", "x"}), 11, "others can read this file"));
    CHECK_FALSE(Folder::has("x"));
  }

  TEST_CASE("shares come from files however they are written there") {
    const Folder folder;
    CommandLine line;
    line.terminal.there = false;
    write_share_files();
    const ShareWords texts = share_texts({5, 3});
    Folder::write("two", cat("\xef\xbb\xbf", kms::upper_ascii(texts[3]), "\r\n", texts[1], "\r\n"));
    for (const ShareWords& files : {ShareWords{"s1", "s2", "s3"}, {"two", "s5"}, {"s5", "two"}}) {
      CHECK(line.run(with_more({"recovery", "combine"}, files)) == 0);
      CHECK(line.out == cat(code_of_first_seed(), "\n"));
    }
    CHECK(line.run({"recovery", "combine", "two", "-"}, texts[0]) == 0);
    CHECK(line.out == cat(code_of_first_seed(), "\n"));
  }

  TEST_CASE("shares that give no code are refused by file and number") {
    const Folder folder;
    CommandLine line;
    line.terminal.there = false;
    write_share_files();
    write_share_files(2, "o");
    ShareWords words = words_of(share_texts({5, 3}).front());
    std::swap(words[6], words[7]);
    Folder::write("swapped", kms::testing::joined_words(words));
    words[6] = "sesame";
    Folder::write("unknown", kms::testing::joined_words(words));
    Folder::write("cut", kms::testing::joined_words({words.begin(), words.end() - 1}));
    Folder::write("empty", " \n");
    Folder::write("two", cat(share_texts({5, 3})[3], "\n", share_texts({5, 3}, 2)[1], "\n"));
    const auto refused = [&](const ShareWords& files, int status, std::string_view why) {
      CHECK(refuses(line, with_more({"recovery", "combine"}, files), status, why));
    };
    refused({"s1", "s2"}, 2, "3 shares are needed, and 2 were given: give 1 more");
    refused({"s1", "s2", "s3", "s4"}, 2, "3 shares are needed, and 4 were given: leave 1 out");
    refused({"s1", "o2", "s3"}, 2, "o2 is of another set than s1");
    refused({"s1", "s2", "s1"}, 2, "s1 is the same share as s1");
    refused({"s1", "two"}, 2, "share 2 of two is of another set than s1");
    refused({"swapped", "s2", "s3"}, 6, "swapped: the checksum of the words does not fit: more than one word is wrong");
    refused({"s2", "unknown"}, 2, "unknown: word 7 is none of the 1,024 words of shares");
    refused({"cut"}, 2, "cut: a share of a recovery code has 33 words, of another secret 20 or more; here are 32");
    refused({"empty"}, 2, "empty: there is no share in it, which has 33 words");
    refused({"none"}, 11, "none: No such file or directory");
    refused({"s1", "s2", "s3", "-o", "s4"}, 11, "s4");
  }

  TEST_CASE("shares of another secret than a recovery code make none") {
    const Folder folder;
    CommandLine line;
    line.terminal.there = false;
    Folder::write("short",
                  "duckling enlarge academic academic agency result length solution fridge kidney coal piece "
                  "deal husband erode duke ajar critical decision keyboard");
    CHECK(refuses(line, {"recovery", "combine", "short"}, 2, "the shares are of a secret of 128 bits"));
  }

  TEST_CASE("a code is shown at a terminal when that was asked for") {
    const Folder folder;
    CommandLine line;
    write_share_files();
    CHECK(refuses(line, {"recovery", "combine", "s1", "s2", "s3"}, 2, "--show prints it at a terminal"));
    CHECK(line.run({"recovery", "combine", "s1", "s2", "s3", "--show"}) == 0);
    CHECK(line.out == cat(code_of_first_seed(), "\n"));
    for (const ShareWords& more : {ShareWords{"--show"}, {"-o", "code"}}) {
      CHECK(refuses(line, with_more({"recovery", "combine", "s1", "s2", "s3", "--check"}, more), 2,
                    "--check prints no recovery code"));
    }
  }

  TEST_CASE("shares are typed word by word, and each is checked at once") {
    CommandLine line;
    const ShareWords texts = share_texts({5, 3});
    line.terminal.keys = {keys_of(texts[4]), keys_of(texts[0]), keys_of(texts[2])};
    CHECK(line.run({"recovery", "combine", "--show"}) == 0);
    CHECK(line.out == cat(code_of_first_seed(), "\n"));
    CHECK(was_told(line, "Share 1 of 3 read."));
    CHECK(was_told(line, "Share 3 of 3 read."));
    CHECK(line.terminal.shown.front() == "share 1, word 1 of 33: ");
    const auto& shown = line.terminal.shown;
    CHECK(std::find(shown.begin(), shown.end(), "share 2 of 3, word 1 of 33: ") != shown.end());
    CHECK(line.terminal.bells == 0);
  }

  TEST_CASE("a share that was mistyped, or does not belong there, is asked for again") {
    CommandLine line;
    const ShareWords texts = share_texts({5, 3});
    ShareWords wrong = words_of(texts[0]);
    const std::string right = wrong[6];
    wrong[6] = "zero";
    const std::string mended = cat("      ", right.substr(0, 4), "\n");  // on to the seventh word
    line.terminal.keys = {keys_of(kms::testing::joined_words(wrong)),
                          mended,
                          keys_of(texts[0]),
                          keys_of(share_texts({5, 3}, 2)[1]),
                          keys_of(texts[1]),
                          keys_of(texts[2])};
    CHECK(line.run({"recovery", "combine", "--show"}) == 0);
    CHECK(line.out == cat(code_of_first_seed(), "\n"));
    CHECK(was_told(line,
                   "That is no share: the checksum of the words does not fit: word 7 looks wrong. Here are the "
                   "words again"));
    CHECK(was_told(line, "That one is the same share as share 1: take another one."));
    CHECK(was_told(line, "That one is of another set than share 1: take another one."));
  }

  TEST_CASE("a terminal that only prints lines reads shares without echo") {
    CommandLine line;
    line.terminal.redraws = false;
    const ShareWords texts = share_texts({5, 3});
    line.terminal.lines = {"no share", texts[0], texts[1], texts[2]};
    CHECK(line.run({"recovery", "combine", "--show"}) == 0);
    CHECK(line.out == cat(code_of_first_seed(), "\n"));
    CHECK(was_told(line, "here are 2. Once more."));
  }

  TEST_CASE("without files and a terminal nobody could say the shares") {
    CommandLine line;
    line.terminal.there = false;
    CHECK(refuses(line, {"recovery", "combine"}, 2, "there is no terminal to type shares at: name the files"));
  }
}
