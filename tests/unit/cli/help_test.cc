#include "cli/help.h"

#include <doctest/doctest.h>

#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/api_commands.h"
#include "core/base/error.h"
#include "core/service/response.h"
#include "tests/unit/cli/fake_session.h"

using kms::Field;
using kms::FieldKind;
using kms::cli::ArgumentParser;
using kms::cli::Command;
using kms::test::FakeSession;

namespace {

constexpr std::size_t kWidth = 80;

const std::vector<Field>& create_fields() {
  static const std::vector<Field> all = {
      {"KeyId", FieldKind::kText, true, false, "the key", {}, {}},
      {"KeySpec",
       FieldKind::kText,
       false,
       false,
       "Kind of key",
       {"ONE_OF_SEVERAL_KINDS", "ANOTHER_KIND", "A_THIRD_ONE"},
       {}},
      {"Quiet", FieldKind::kFlag, false, false, "Say less", {}, {}},
  };
  return all;
}

const std::vector<Field>& create_answer() {
  static const std::vector<Field> all = {{"Made", FieldKind::kTimestamp, true, false, "When it was made", {}, {}}};
  return all;
}

std::vector<Command> helped_commands() {
  static const kms::OperationInfo create{"DescribeKey", "Look at a key", create_fields, create_answer};
  std::vector<Command> all = kms::cli::api_commands({&create});
  for (Command& command : kms::cli::api_commands({&create}, kms::cli::kStsGroup, "sts ")) all.push_back(command);
  const auto nothing = [](ArgumentParser&, kms::cli::Session&) {};
  all.push_back({"slot add", "Add a slot", "Vault", nothing});
  all.push_back({"slot list", "List slots", "Vault", nothing});
  all.push_back({"hidden", "For programs", kms::cli::kHiddenGroup, nothing});
  all.push_back({"rotate", "Rotate a key", "Keys", [](ArgumentParser& parser, kms::cli::Session&) {
                   parser.add_option("-k,--key-id", "The key").required();
                   parser.add_option("--output", "As what").among({"pem", "json"});
                   parser.add_option("file", "Files to look at").all_words().names_file();
                   ArgumentParser what = parser.add_exclusive_group("what", "Without any of these: now");
                   what.add_flag("--enable", "By schedule");
                   what.add_flag("--status", "Show it");
                 }});
  return all;
}

std::string printed(const std::vector<std::string>& words) {
  kms::cli::GlobalOptions options;
  FakeSession session(options);
  const int status = kms::test::run_words(words, helped_commands(), options, session);
  CHECK(status == 0);
  return session.text.str();
}

std::string refused(const std::vector<std::string>& words) {
  try {
    printed(words);
  } catch (const kms::Error& error) {
    return error.what();
  }
  return {};
}

std::string help_of(std::string_view path, bool whole) {
  const std::vector<Command> commands = helped_commands();
  for (const Command& command : commands) {
    if (command.path == path) return kms::cli::command_help(kms::cli::describe(command, commands), whole, kWidth);
  }
  return {};
}

bool says(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_SUITE("help") {
  TEST_CASE("a command shows what it takes in words, its examples, and where the options of all stand") {
    CHECK(help_of("rotate", false) ==
          "Usage: kmsctl rotate -k KEY [options] [FILE...]\n"
          "\n"
          "Rotate a key.\n"
          "\n"
          "Arguments:\n"
          "  FILE...                 Files to look at\n"
          "\n"
          "Options:\n"
          "  -k, --key-id KEY        The key (required)\n"
          "  --output NAME           As what\n"
          "                          one of: pem, json\n"
          "\n"
          "Without any of these: now; at most one:\n"
          "  --enable                By schedule\n"
          "  --status                Show it\n"
          "\n"
          "Examples:\n"
          "  kmsctl rotate -k alias/app\n"
          "  kmsctl rotate -k alias/app --enable --period 180\n"
          "  kmsctl rotate -k alias/release --new-key\n"
          "\n"
          "Global options: kmsctl help options\n");
  }

  TEST_CASE("a command of the API shows what a request needs, and all values in lines that fit") {
    const std::string text = help_of("describe-key", false);
    CHECK(says(text, "Usage: kmsctl describe-key -k KEY [options]\n"));
    CHECK(says(text,
               "  --key-spec NAME         Kind of key\n"
               "                          one of: ONE_OF_SEVERAL_KINDS, ANOTHER_KIND,\n"
               "                          A_THIRD_ONE\n"));
    CHECK(says(text, "  --quiet, --no-quiet     Say less\n"));
    CHECK(says(text, "  --generate-cli-skeleton [NAME]\n"));
    CHECK_FALSE(says(text, "When it was made"));
    CHECK(says(help_of("describe-key", true), "Prints:\n  Made                        When it was made\n"));
  }

  TEST_CASE("the word help and the option lead to the same command, and the word tells more") {
    CHECK(printed({"rotate", "--help"}) == printed({"rotate", "-h"}));
    CHECK(says(printed({"help", "describe-key"}), "Prints:"));
    CHECK(says(printed({"describe-key", "help"}), "Prints:"));
    CHECK_FALSE(says(printed({"describe-key", "--help"}), "Prints:"));
    CHECK(says(printed({"help", "rotate"}), "What the old material encrypted it decrypts for ever."));
  }

  TEST_CASE("groups list their commands, however they are asked for") {
    for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
             {"help", "slot"}, {"slot", "help"}, {"slot", "--help"}, {"--help", "slot"}}) {
      const std::string text = printed(words);
      CHECK(says(text, "  slot add   Add a slot\n  slot list  List slots\n"));
      CHECK_FALSE(says(text, "rotate"));
    }
    CHECK(printed({"sts", "help"}) == printed({"help", "sts"}));
    CHECK(says(printed({"sts", "help"}), "sts describe-key"));
    CHECK(printed({"kms", "help"}) == printed({"help", "kms"}));
    CHECK(says(printed({"help", "kms"}), "Usage: kmsctl [options] kms COMMAND"));
    CHECK_FALSE(says(printed({"help", "kms"}), "slot"));
  }

  TEST_CASE("all commands are listed when they are asked for, and those for programs never") {
    CHECK_FALSE(says(printed({"--help"}), "sts describe-key"));
    CHECK(printed({"help", "--all"}) == printed({"--help", "--all"}));
    CHECK(says(printed({"help", "--all"}), "sts describe-key"));
    CHECK_FALSE(says(printed({"help", "--all"}), "hidden"));
    CHECK(says(printed({"--help"}), "  slot               Credentials that open the vault\n"));
    CHECK(printed({"help"}) == printed({"--help"}));
  }

  TEST_CASE("the options of all commands are a topic of their own") {
    CHECK(says(printed({"help", "options"}), "  --vault DIRECTORY       the vault"));
    CHECK_FALSE(says(printed({"rotate", "--help"}), "--vault"));
  }

  TEST_CASE("a word that there is no help on leads to one that there is") {
    CHECK(refused({"help", "slto"}) == "there is no help on 'slto', did you mean 'slot'?");
    CHECK(refused({"help", "optoins"}) == "there is no help on 'optoins', did you mean 'options'?");
    CHECK(refused({"help", "slot", "ad"}) == "there is no help on 'slot ad', did you mean 'slot add'?");
    CHECK(refused({"hiden"}) == "unknown command 'hiden' (see kmsctl --help)");
  }

  TEST_CASE("no words at all are a mistake, which the overview answers on standard error") {
    kms::cli::GlobalOptions options;
    FakeSession session(options);
    CHECK(kms::test::run_words({}, helped_commands(), options, session) == 2);
    CHECK(session.text.str().empty());
    CHECK(says(session.errors.str(), "Rotate a key"));
  }
}
