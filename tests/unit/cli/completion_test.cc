#include "cli/completion.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/api_commands.h"
#include "cli/completion_stubs.h"
#include "cli/value_words.h"
#include "core/base/error.h"
#include "core/service/response.h"

using kms::Field;
using kms::FieldKind;
using kms::cli::ArgumentParser;
using kms::cli::Candidate;
using kms::cli::Command;
using kms::cli::Completed;
using kms::cli::Completion;
using kms::cli::Wanted;

namespace {

using Words = std::vector<std::string>;

const std::vector<Field>& grant_fields() {
  static const std::vector<Field> all = {
      {"KeyId", FieldKind::kText, true, false, "the key", {}, {}},
      {"Operations", FieldKind::kTextList, false, false, "What is allowed", {"Encrypted", "Decrypted"}, {}},
      {"Description", FieldKind::kText, false, false, "Why", {}, {}},
  };
  return all;
}

std::vector<Command> completed_commands() {
  static const kms::OperationInfo grant{"CreateGrant", "Allow", grant_fields, kms::fields_of<kms::EmptyResponse>};
  std::vector<Command> all = kms::cli::api_commands({&grant});
  const auto nothing = [](ArgumentParser&, kms::cli::Session&) {};
  all.push_back({"slot add", "Add a slot", "Vault", [](ArgumentParser& parser, kms::cli::Session&) {
                   parser.add_option("--principal", "Whom");
                   parser.add_option("--generate-keyfile", "Where").names_file();
                 }});
  all.push_back({"slot list", "List slots", "Vault", nothing});
  all.push_back({"complete", "For shells", kms::cli::kHiddenGroup, nothing});
  all.push_back({"alias delete", "Remove a name", "Aliases", [](ArgumentParser& parser, kms::cli::Session&) {
                   parser.add_option("alias", "The name").required();
                 }});
  all.push_back({"seal", "Seal files", "Files", [](ArgumentParser& parser, kms::cli::Session&) {
                   parser.add_option("file", "Files").all_words().names_file();
                   parser.add_option("-k,--key-id", "The key");
                   parser.add_option("--kind", "Which").among({"small", "large"});
                 }});
  return all;
}

std::vector<Candidate> known(const Wanted& wanted) {
  if (wanted.word == kms::cli::kKeyWord) return {{"alias/app", "1234"}, {"1234", "alias/app"}};
  if (wanted.word == kms::cli::kAliasWord) return {{"alias/app", ""}};
  if (wanted.word == kms::cli::kPrincipalWord)
    return {{"root", ""}, {"user/ci", ""}, {"user/$(id)", ""}, {"user/a b", ""}};
  return {};
}

Completion completed(Words words) {
  words.insert(words.begin(), "kmsctl");
  return kms::cli::complete(completed_commands(), words, known);
}

Words texts(const Words& words) {
  Words found;
  for (const Candidate& each : completed(words).candidates) found.push_back(each.text);
  return found;
}

}  // namespace

TEST_SUITE("completion") {
  TEST_CASE("words of commands follow each other, with options and their values between") {
    CHECK(texts({"s"}) == Words{"seal", "slot"});
    CHECK(texts({"slot", ""}) == Words{"add", "list"});
    CHECK(texts({"--vault", "slot", "slot", "--region=r", "l"}) == Words{"list"});
    CHECK(texts({"kms", "c"}) == Words{"create-grant"});
    CHECK(texts({"comp"}).empty());
    CHECK(completed({"sl"}).candidates.at(0).help == "Credentials that open the vault");
    CHECK(completed({"se"}).candidates.at(0).help == "Seal files");
  }

  TEST_CASE("help is asked of commands and topics") {
    CHECK(texts({"he"}) == Words{"help"});
    CHECK(texts({"help", "o"}) == Words{"options"});
    CHECK(texts({"help", "slot", "a"}) == Words{"add"});
    CHECK(texts({"help", "--a"}) == Words{"--agent-uid", "--all"});
  }

  TEST_CASE("options are those of the command and those of all") {
    CHECK(texts({"slot", "add", "--p"}) == Words{"--principal", "--passphrase-fd", "--passphrase-file"});
    CHECK(texts({"slot", "list", "--princ"}).empty());
    CHECK(texts({"--outp"}) == Words{"--output"});
    CHECK(texts({"seal", "-k"}) == Words{"-k"});
  }

  TEST_CASE("values are those of a list where there is one, behind = too") {
    CHECK(texts({"seal", "--kind", ""}) == Words{"small", "large"});
    CHECK(texts({"seal", "--kind=l"}) == Words{"--kind=large"});
    CHECK(texts({"--output", "t"}) == Words{"text", "table"});
    CHECK(texts({"create-grant", "--operations", "Encrypted", "D"}) == Words{"Decrypted"});
    CHECK(texts({"create-grant", "--operations", "Encrypted", "--d"}) == Words{"--description"});
    CHECK(texts({"create-grant", "--description", "--d"}).empty());
  }

  TEST_CASE("what the vault knows is offered where it belongs") {
    CHECK(texts({"seal", "-k", "a"}) == Words{"alias/app"});
    CHECK(texts({"seal", "--key-id=1"}) == Words{"--key-id=1234"});
    CHECK(texts({"slot", "add", "--principal", ""}) == Words{"root", "user/ci"});
    CHECK(texts({"alias", "delete", ""}) == Words{"alias/app"});
    CHECK(texts({"alias", "delete", "alias/app", "al"}).empty());
  }

  TEST_CASE("files are left to the shell, also for options of all commands") {
    CHECK(completed({"seal", "x"}).what == Completed::kFiles);
    CHECK(completed({"seal", "--kind", "small", ""}).what == Completed::kFiles);
    CHECK(completed({"slot", "add", "--generate-keyfile", "p"}).what == Completed::kFiles);
    CHECK(completed({"--passphrase-file", "p"}).what == Completed::kFiles);
    CHECK(completed({"seal", "--keyfile=p"}).what == Completed::kFiles);
    CHECK(completed({"--vault", ""}).what == Completed::kDirectories);
    CHECK(completed({"seal", "--", "-"}).what == Completed::kFiles);
  }

  TEST_CASE("options that were given are told to whoever looks up") {
    std::map<std::string, std::string> given;
    kms::cli::complete(completed_commands(), {"kmsctl", "--vault", "/v", "seal", "--region=r", "-k", "x"},
                       [&](const Wanted& wanted) {
                         given = wanted.given;
                         return known(wanted);
                       });
    CHECK(given == std::map<std::string, std::string>{{"--region", "r"}, {"--vault", "/v"}});
  }

  TEST_CASE("each shell gets candidates as it reads them") {
    const Completion found{Completed::kWords, {{"kms:Decrypt", "Open \x1b[31m"}, {"kms:Sign", ""}}};
    CHECK(kms::cli::answer_for("bash", found, "kms:") == "Decrypt\nSign\n");
    CHECK(kms::cli::answer_for("bash", found, "k") == "kms:Decrypt\nkms:Sign\n");
    CHECK(kms::cli::answer_for("zsh", found, "k") == "kms\\:Decrypt:Open \\u001b[31m\nkms\\:Sign\n");
    CHECK(kms::cli::answer_for("fish", found, "k") == "kms:Decrypt\tOpen \\u001b[31m\nkms:Sign\n");
    CHECK(kms::cli::answer_for("fish", {Completed::kFiles, {}}, "") == ":files\n");
    CHECK(kms::cli::answer_for("zsh", {Completed::kDirectories, {}}, "") == ":directories\n");
  }

  TEST_CASE("a line falls into words as in a shell") {
    using kms::cli::words_of_line;
    CHECK(words_of_line("kmsctl seal ") == Words{"kmsctl", "seal", ""});
    CHECK(words_of_line("kmsctl  'a b' c\\ d \"e'f") == Words{"kmsctl", "a b", "c d", "e'f"});
    CHECK(words_of_line("kmsctl ''") == Words{"kmsctl", ""});
    CHECK(words_of_line("").size() == 1);
  }

  TEST_CASE("shells have stubs of a few lines, and others have none") {
    for (const char* shell : {"bash", "zsh", "fish"}) {
      const std::string_view stub = kms::cli::completion_stub(shell);
      CHECK(stub.find(std::string("kmsctl complete ") + shell + " -- ") != std::string_view::npos);
      CHECK(std::count(stub.begin(), stub.end(), '\n') < 16);
    }
    CHECK_THROWS_AS(kms::cli::completion_stub("csh"), kms::Error);
  }
}
