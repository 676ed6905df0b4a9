// No option of any command is ignored: each changes what is asked, printed, written or answered, or is refused.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <regex>
#include <string>
#include <vector>

#include "cli/documentation.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/records/vault.h"
#include "formats/credential_text.h"
#include "tests/unit/cli/commands/command_line.h"
#include "tests/unit/cli/fake_session.h"
#include "tests/unit/cli/folder.h"
#include "tests/unit/formats/log_page.h"
#include "tests/unit/formats/share_texts.h"
#include "tests/unit/vault/vault_world.h"

using kms::cat;
using kms::Json;
using kms::cli::CommandText;
using kms::cli::OptionText;
using kms::test::CommandLine;
using kms::test::Folder;
using kms::testing::page_block;
using kms::testing::share_texts;
using kms::testing::World;

namespace {

using Words = std::vector<std::string>;

constexpr const char* kOfUser =
    R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"kms:Decrypt","Resource":"*"}})";
constexpr const char* kOfRole =
    R"({"Version":"2012-10-17","Statement":{"Effect":"Allow",)"
    R"("Principal":{"AWS":"arn:aws:iam::111122223333:user/ci"},"Action":"sts:AssumeRole"}})";
constexpr const char* kForAnybody =
    R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"}})";

constexpr const char* kOfApp =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},)"
    R"("Action":"kms:*","Resource":"*"},{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/ci"},)"
    R"("Action":"kms:Decrypt","Resource":"*"}]})";

// What the words below speak of. Ids repeat from run to run.
void furnish(World& world) {
  world.random.repeat(1);
  const auto call = [&](const char* operation, const Json& request) {
    const Json answer = world.call(operation, request);
    REQUIRE_MESSAGE(!answer.contains("__type"), answer.dump());
  };
  const auto key = [&](const char* alias, Json request) {
    const std::string arn = world.create_key(request);
    world.call("CreateAlias", {{"AliasName", cat("alias/", alias)}, {"TargetKeyId", arn}});
    return arn;
  };
  const std::string app = key("app", {{"Tags", {{{"TagKey", "team"}, {"TagValue", "web"}}}}});
  key("release", {{"KeySpec", "ECC_NIST_EDWARDS25519"}, {"KeyUsage", "SIGN_VERIFY"}});
  key("own", {{"Origin", "EXTERNAL"}});
  const std::string old = key("old", Json::object());
  call("ScheduleKeyDeletion", {{"KeyId", old}, {"PendingWindowInDays", 7}});
  key("both", {{"MultiRegion", true}});
  call("CreatePrincipal", {{"Principal", "user/ci"}});
  call("PutKeyPolicy", {{"KeyId", app}, {"Policy", kOfApp}});
  call("CreatePrincipal", {{"Principal", "group/dev"}});
  call("CreatePrincipal", {{"Principal", "role/deployer"}, {"TrustPolicy", kOfRole}});
  call("PutPrincipalPolicy", {{"Principal", "user/ci"}, {"PolicyName", "base"}, {"Policy", kOfUser}});
  call("CreateGrant", {{"KeyId", app},
                       {"GranteePrincipal", "arn:aws:iam::111122223333:user/ci"},
                       {"Operations", {"Decrypt"}},
                       {"Name", "ci"}});
  call("CreateAccount", {{"AccountId", "444455556666"}});
  call("AddRegion", {{"Region", "eu-west-1"}});
  call("MapUid", {{"Uid", 1002}, {"Principal", "user/ci"}});
  call("PutQuota", {{"Principal", "user/ci"}, {"RequestsPerSecond", 5}});
  call("CreateAlert", {{"Name", "watch"}, {"Condition", "root-use"}, {"Channel", "syslog"}});
  call("PutOrganizationPolicy",
       {{"Level", "root"}, {"Type", "SERVICE_CONTROL_POLICY"}, {"PolicyName", "base"}, {"Policy", kOfUser}});
  call("PutEndpointPolicy", {{"Listener", "loopback"}, {"Policy", kForAnybody}});
}

// Of a vault without keys, which the keyfile of 32 letters k opens.
const std::string& sample_backup() {
  static const std::string sample = [] {
    kms::test::VaultWorld vaults;
    const kms::SecretBytes key = kms::test::raw_key('k');
    kms::vault::create(vaults.path, {{kms::SlotKind::kKeyfile, kms::test::kRoot, &key}}, {}, vaults.random,
                       vaults.options, [&](kms::Transaction& first) {
                         kms::put_first_records(first, {"111122223333", "eu-central-1"}, vaults.random);
                       });
    const auto vault = vaults.open();
    const auto made = vault->make_backup({}, "anybody", {});
    const kms::Bytes bytes = vault->read_backup(made.id, "anybody", 0, made.bytes, {});
    return std::string(kms::as_text(bytes));
  }();
  return sample;
}

void write_files() {
  Folder::write("v.kmsbackup", sample_backup());
  Folder::write("backup.key", kms::as_text(kms::formats::encode_keyfile(kms::test::raw_key('k')).reveal()));
  std::filesystem::permissions("backup.key", std::filesystem::perms::owner_read);
  Folder::write("policy.json", kOfUser);
  Folder::write("key-policy.json", kForAnybody);
  Folder::write("trust.json", kOfRole);
  Folder::write("report.pdf", "a report");
  Folder::write("signed.txt", "a message");
  Folder::write("old.txt", "what stood there");
  Folder::write("pass.txt", "correct horse\n");
  Folder::write("key.bin", std::string(32, 'k'));
  Folder::write("cases.jsonl", "\n");
  Folder::write("log.jsonl", page_block("export"));
  Folder::write("part.jsonl", page_block("export-of-a-part"));
  Folder::write("entry.tlog-proof", page_block("tlog-proof"));
  Folder::write("entry.json", R"({"eventID":"event-2"})");
  const auto shares = share_texts({3, 2});
  Folder::write("first.share", shares.front());
  Folder::write("second.share", shares.back());
  const std::string keys = page_block("verifier-keys");
  Folder::write("page.vkey", keys.substr(0, keys.find('\n')));
}

// What each command is told, for its options to be added to: each has to count with one of the lines at least. Commands
// that are not here need no words.
const std::multimap<std::string, Words>& lines() {
  static const std::multimap<std::string, Words> all{
      {"slot add", {"--new-passphrase-file", "pass.txt"}},
      {"slot remove", {"00000001"}},
      {"slot recipient", {"00000001"}},
      {"vault backup", {"-o", "old.kmsbackup"}},
      {"vault backup", {"-o", "old.txt"}},
      {"vault backup", {"-o", "old.kmsbackup", "--recipient", "them"}},
      {"backup verify", {"v.kmsbackup", "--keyfile", "backup.key"}},
      {"backup list", {"v.kmsbackup", "--keyfile", "backup.key"}},
      {"vault restore", {"v.kmsbackup", "--to", "restored", "--keyfile", "backup.key"}},
      {"passphrase change", {"--new-passphrase-file", "pass.txt"}},
      {"recovery split", {"--shares", "3", "--threshold", "2", "--out-dir", "."}},
      {"recovery combine", {"first.share", "second.share"}},
      {"get-public-key", {"-k", "alias/release"}},
      {"key show", {"-k", "alias/app"}},
      {"encrypt", {"-k", "alias/app"}},
      {"encrypt", {"-k", "alias/app", "-o", "old.txt"}},
      {"decrypt", {}},
      {"decrypt", {"-o", "old.txt"}},
      {"encrypt-file", {"report.pdf"}},
      {"encrypt-file", {"report.pdf", "-o", "old.txt"}},
      {"decrypt-file", {"sealed.kms"}},
      {"decrypt-file", {"sealed.kms", "-o", "old.txt"}},
      {"sign", {"-k", "alias/release", "report.pdf"}},
      {"sign", {"-k", "alias/release", "report.pdf", "-o", "old.txt"}},
      {"verify", {"-k", "alias/release", "signed.txt"}},
      {"import-key", {"-k", "alias/own", "--in", "key.bin"}},
      {"rotate", {"-k", "alias/app"}},
      {"schedule-deletion", {"-k", "alias/app", "--yes"}},
      {"cancel-deletion", {"-k", "alias/old"}},
      {"alias create", {"new", "-k", "alias/app"}},
      {"alias update", {"own", "-k", "alias/app"}},
      {"alias delete", {"own"}},
      {"tag add", {"-k", "alias/app", "a=b"}},
      {"tag remove", {"-k", "alias/app", "team"}},
      {"tag list", {"-k", "alias/app"}},
      {"grant create", {"-k", "alias/app", "--to", "user/ci", "--allow", "Encrypt"}},
      {"grant list", {"-k", "alias/app"}},
      {"grant revoke", {"-k", "alias/app", "0123"}},
      {"grant retire", {"-k", "alias/app", "0123"}},
      {"policy get", {"-k", "alias/app"}},
      {"policy put", {"-k", "alias/app", "key-policy.json"}},
      {"policy explain", {"--action", "kms:Decrypt", "-k", "alias/app"}},
      {"policy who-can", {"--action", "kms:Decrypt", "-k", "alias/app"}},
      {"policy simulate", {"--cases", "cases.jsonl"}},
      {"policy lint", {"key-policy.json"}},
      {"policy allow", {"-k", "alias/app", "--principal", "user/x", "--use"}},
      {"policy allow", {"-k", "alias/app", "--principal", "user/x", "--administer"}},
      {"policy revoke", {"-k", "alias/app", "--principal", "user/ci"}},
      {"region add", {"eu-north-1"}},
      {"replica export", {"-k", "alias/both", "--recipient", "here.pub", "-o", "replica"}},
      {"replica export", {"-k", "alias/both", "--recipient", "here.pub", "-o", "old.txt"}},
      {"replica import", {"report.pdf"}},
      {"replica forget", {"-k", "alias/both", "--replica-region", "eu-west-1"}},
      {"principal create", {"user/new"}},
      {"principal show", {"user/ci"}},
      {"principal delete", {"group/dev"}},
      {"principal policy put", {"user/ci", "more", "policy.json"}},
      {"principal policy get", {"user/ci", "base"}},
      {"principal policy list", {"user/ci"}},
      {"principal policy delete", {"user/ci", "base"}},
      {"principal boundary put", {"user/ci", "policy.json"}},
      {"principal boundary delete", {"user/ci"}},
      {"principal trust put", {"role/deployer", "trust.json"}},
      {"principal tag add", {"user/ci", "a=b"}},
      {"principal tag remove", {"user/ci", "a"}},
      {"principal group add", {"group/dev", "user/ci"}},
      {"principal group remove", {"group/dev", "user/ci"}},
      {"principal map-uid", {"1003", "user/ci"}},
      {"principal unmap-uid", {"1002"}},
      {"role assume", {"role/deployer"}},
      {"org policy put", {"root", "more", "policy.json"}},
      {"org policy get", {"root", "base"}},
      {"org policy delete", {"root", "base"}},
      {"account add", {"777788889999"}},
      {"account move", {"444455556666"}},
      {"account remove", {"444455556666"}},
      {"endpoint policy put", {"unix", "key-policy.json"}},
      {"endpoint policy get", {"loopback"}},
      {"endpoint policy delete", {"loopback"}},
      {"audit show", {"3"}},
      {"audit checkpoint", {}},
      {"audit checkpoint", {"-o", "old.txt"}},
      {"audit prove", {"3"}},
      {"audit prove", {"3", "-o", "old.txt"}},
      {"audit prune", {"--before", "2020-01-01", "--yes"}},
      {"audit cosign", {"log.note", "--key", "log.vkey"}},
      {"audit cosign", {"log.note", "--key", "log.vkey", "-o", "old.txt"}},
      {"usage", {"-k", "alias/app"}},
      {"audit verify-export", {"log.jsonl", "--public-key", "log.vkey"}},
      {"audit verify-export", {"part.jsonl", "--public-key", "log.vkey"}},
      {"audit verify-proof", {"entry.tlog-proof", "--event", "entry.json", "--public-key", "log.vkey"}},
      {"audit export", {}},
      {"audit export", {"-o", "old.txt"}},
      {"audit verify-export", {"log.jsonl", "--public-key", "page.vkey"}},
      {"audit verify-export", {"part.jsonl", "--public-key", "page.vkey"}},
      {"audit verify-proof", {"entry.tlog-proof", "--event", "entry.json", "--public-key", "page.vkey"}},
      {"report", {"-o", "old.txt"}},
      {"access-key create", {"--user", "ci"}},
      {"access-key delete", {"AKIA0123456789ABCDEF"}},
      {"alert add", {"denied", "--on", "access-denied", "--syslog"}},
      {"alert add", {"expiring", "--on", "material-expiring", "--file", "/var/log/a.jsonl"}},
      {"alert list", {}},
      {"alert show", {"watch"}},
      {"alert remove", {"watch"}},
      {"alert test", {"watch"}},
      {"alert retry", {"watch"}},
      {"quota set", {"--rate", "5"}},
  };
  return all;
}

// Forms of commands in which options could be forgotten: each has to count with each of these.
const std::multimap<std::string, Words>& forms() {
  static const std::multimap<std::string, Words> all{
      {"encrypt", {"-k", "alias/app", "--plaintext", "aGk="}},
      {"decrypt", {"--ciphertext-blob", "aGk="}},
      {"sign", {"-k", "alias/release", "--message", "aGk=", "--signing-algorithm", "ED25519_SHA_512"}},
      {"verify", {"--public-key", "release.pem", "signed.txt"}},
      {"import-key", {"-k", "alias/own", "--in", "key.bin"}},
  };
  return all;
}

// What only allows something, which the lines do not do: what it allows is tried elsewhere.
constexpr std::pair<std::string_view, std::string_view> kPermissions[] = {{"decrypt-file", "--commitment-policy"},
                                                                          {"recovery combine", "--show"}};

// A value that is none of those that are meant without the option.
std::string sample_of(const OptionText& option) {
  static const std::map<std::string, std::string> kByName{
      {"--region", "eu-west-1"},
      {"--replica-region", "eu-north-1"},
      {"--principal", "user/ci"},
      {"--account", "444455556666"},
      {"--key-id", "alias/both"},
      {"-o", "new.txt"},
      {"--kind", "identity"},
      {"--action", "kms:Encrypt"},
      {"--retiring", "user/ci"},
      {"--recipient", "us"},
      {"--to", "user/x"},
      {"--user", "root"},
      {"--generate-keyfile", "new.key"},
      {"--policy", "policy.json"},
      {"--trust-policy", "trust.json"},
      {"--public-key", "key.bin"},
      {"--max-items", "1"},
      {"--permissions-boundary", "policy.json"},
  };
  static const std::map<std::string, std::string> kByType{
      {"NUMBER", "7"},
      {"TIME", "2024-12-31"},
      {"DURATION", "30m"},
      {"KEY=VALUE", "k=v"},
      {"BYTES", "10G"},
      {"MODE", "0640"},
      {"BLOB", "aGVsbG8="},
      {"FILE", "pass.txt"},
      {"ACTION", "kms:Sign"},
      {"NAME=VALUE,...", "k=v"},
      {"KEY", "alias/both"},
      {"JSON", "{\"k\":1}"},
      {"YAML", "k: 1"},
      {"OPERATION", "GenerateMac"},
      {"PRINCIPAL", "user/ci"},
      {"POLICY", kOfUser},
      {"Member=VALUE,...|JSON", "TagKey=a,TagValue=b"},
  };
  const auto named = kByName.find(option.names.back());
  if (named != kByName.end() && option.type != "BLOB") return named->second;
  if (!option.values.empty()) return option.values.back();
  const auto found = kByType.find(option.type);
  return found == kByType.end() ? "word" : found->second;
}

Words words_for(const OptionText& option, const std::string& name) {
  if (!option.takes_value()) return {name};
  return {name, sample_of(option)};
}

Words line_of(const std::string& path, const Words& words) {
  Words line;
  for (const std::string_view word : kms::split(std::string_view(path), ' ')) line.emplace_back(word);
  line.insert(line.end(), words.begin(), words.end());
  return line;
}

std::string joined_line(const Words& words) {
  std::string line;
  for (const std::string& word : words) line += cat(" ", word);
  return line;
}

// What commands make of the files.
std::string make_outputs(CommandLine& line) {
  for (const Words& words :
       {Words{"encrypt-file", "-k", "alias/app", "-c", "app=web", "report.pdf", "-o", "sealed.kms"},
        {"sign", "-k", "alias/release", "signed.txt"}}) {
    REQUIRE_MESSAGE(line.run(words) == 0, line.err);
  }
  REQUIRE(line.run({"get-public-key", "-k", "alias/release", "--output", "pem"}) == 0);
  Folder::write("release.pem", line.out);
  REQUIRE(line.run({"vault", "transport-key"}) == 0);
  Folder::write("here.pub", line.out);
  REQUIRE(line.run({"audit", "checkpoint", "-o", "log.note"}) == 0);
  REQUIRE(line.run({"audit", "public-key"}) == 0);
  Folder::write("log.vkey", line.out);
  REQUIRE(line.run({"encrypt", "-k", "alias/app"}, "hello") == 0);
  return line.out;
}

struct Outcome {
  bool prints = false;
  std::string seen;
  bool operator==(const Outcome&) const = default;
};

// All that can be seen of a run, without what is by chance: signatures, public keys and ids.
Outcome outcome_of(const Words& words) {
  const Folder folder;
  write_files();
  CommandLine line;
  line.terminal.there = false;
  furnish(line.world);
  line.world.slots.slots.push_back(
      {"00000002", kms::SlotKind::kPassphrase, "arn:aws:iam::111122223333:root", line.world.clock.time});
  const std::string ciphertext = make_outputs(line);
  const int status = line.run(words, words.front() == "decrypt" ? ciphertext : "hello");
  std::string seen = cat(std::to_string(status), "\n", line.out, "\n", line.err, "\n");
  for (const Json& request : line.requests) seen += cat(request.dump(), "\n");
  for (const auto& [name, content] : Folder::files()) {
    const auto mode = static_cast<unsigned>(std::filesystem::status(name).permissions());
    seen += cat(name, " ", std::to_string(content.size()), " ", std::to_string(mode), "\n");
  }
  static const std::regex kChance(R"([A-Za-z0-9+/=]{40,}|A[A-Z]{3}[A-Z2-7]{17}|"bytes":\[[0-9,]*\])");
  return {!line.out.empty(), std::regex_replace(seen, kChance, "*")};
}

// The same of a command of the API, which only asks.
std::string question_of(const Words& words) {
  kms::cli::GlobalOptions options;
  kms::test::FakeSession session(options);
  std::string seen;
  try {
    seen = std::to_string(kms::test::run_words(words, kms::cli::session_commands(), options, session));
  } catch (const kms::Error& error) {
    seen = error.what();
  }
  for (const Json& call : session.calls) seen += cat("\n", call.dump());
  return cat(seen, "\n", session.text.str());
}

std::vector<CommandText> commands_of_people() {
  std::vector<CommandText> found;
  for (CommandText& command : describe(kms::cli::session_commands())) {
    if (!kms::cli::is_of_aws(command.group)) found.push_back(std::move(command));
  }
  return found;
}

bool only_permits(std::string_view path, std::string_view option) {
  return std::find(std::begin(kPermissions), std::end(kPermissions), std::pair(path, option)) != std::end(kPermissions);
}

// The options of `command` that change nothing of what the line does.
Words ignored_in(const CommandText& command, const Words& line) {
  Words ignored;
  const Outcome before = outcome_of(line_of(command.path, line));
  REQUIRE_MESSAGE(outcome_of(line_of(command.path, line)) == before, before.seen);
  for (const OptionText& option : command.options) {
    const bool given = std::any_of(option.names.begin(), option.names.end(), [&](const std::string& name) {
      return std::find(line.begin(), line.end(), name) != line.end();
    });
    if (option.positional || (given && !option.many) || only_permits(command.path, option.names.back())) continue;
    Words with = line;
    for (const std::string& word : words_for(option, option.names.back())) with.push_back(word);
    if (outcome_of(line_of(command.path, with)) == before) ignored.push_back(option.names.back());
  }
  return ignored;
}

std::vector<Words> lines_of(const std::multimap<std::string, Words>& of, const std::string& path) {
  std::vector<Words> found;
  const auto [begin, end] = of.equal_range(path);
  for (auto line = begin; line != end; ++line) found.push_back(line->second);
  return found;
}

std::vector<Words> usual_lines(const std::string& path) {
  auto found = lines_of(lines(), path);
  if (found.empty()) found.emplace_back();
  return found;
}

}  // namespace

TEST_SUITE("cli/every option") {
  TEST_CASE("each option of a command for people changes what it does") {
    for (const CommandText& command : commands_of_people()) {
      std::optional<Words> ignored;  // by all lines
      for (const Words& line : usual_lines(command.path)) {
        const Words here = ignored_in(command, line);
        Words both;
        std::copy_if(here.begin(), here.end(), std::back_inserter(both), [&](const std::string& name) {
          return !ignored || std::find(ignored->begin(), ignored->end(), name) != ignored->end();
        });
        ignored = both;
      }
      CAPTURE(command.path);
      CHECK(joined_line(*ignored) == "");
    }
  }

  TEST_CASE("no form of a command forgets an option") {
    for (const CommandText& command : commands_of_people()) {
      for (const Words& line : lines_of(forms(), command.path)) {
        CAPTURE(command.path);
        CAPTURE(joined_line(line));
        CHECK(joined_line(ignored_in(command, line)) == "");
      }
    }
  }

  TEST_CASE("the form of an answer counts wherever something is printed") {
    for (const CommandText& command : commands_of_people()) {
      for (const Words& line : usual_lines(command.path)) {
        const Outcome before = outcome_of(line_of(command.path, line));
        CAPTURE(command.path);
        if (!before.prints) continue;
        for (const Words& form : {Words{"--output", "yaml"}, Words{"--query", "nothing"}}) {
          Words with = line;
          with.insert(with.end(), form.begin(), form.end());
          const bool counts = outcome_of(line_of(command.path, with)) != before;
          CHECK(counts);
        }
      }
    }
  }

  TEST_CASE("each option of a command of the API changes what is asked or shown") {
    for (const CommandText& command : describe(kms::cli::session_commands())) {
      if (!kms::cli::is_of_aws(command.group)) continue;
      Words line = line_of(command.spellings.back(), {});
      for (const OptionText& option : command.options) {
        if (!option.required) continue;
        for (const std::string& word : words_for(option, option.names.back())) line.push_back(word);
      }
      const std::string before = question_of(line);
      for (const OptionText& option : command.options) {
        if (option.required) continue;
        for (const std::string& name : option.names) {
          Words with = line;
          for (const std::string& word : words_for(option, name)) with.push_back(word);
          CAPTURE(joined_line(with));
          CHECK(question_of(with) != before);
        }
      }
    }
  }
}
