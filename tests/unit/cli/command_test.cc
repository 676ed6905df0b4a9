// The command line from words to answers, with the API's commands and one of another group.
#include "cli/command.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/api_commands.h"
#include "core/base/error.h"
#include "core/service/response.h"
#include "tests/unit/cli/fake_session.h"

using kms::Error;
using kms::Field;
using kms::FieldKind;
using kms::Json;
using kms::cli::Command;
using kms::test::FakeSession;

namespace {

const std::vector<Field>& encrypt_fields() {
  const Field key{"KeyId", FieldKind::kText, true, false, "the key", {}, {}};
  const Field dry_run{"DryRun", FieldKind::kFlag, false, false, {}, {}, {}};
  const Field context{"EncryptionContext", FieldKind::kTextMap, false, false, {}, {}, {}};
  const Field names{"Names", FieldKind::kTextList, false, false, {}, {}, {}};
  const Field description{"Description", FieldKind::kText, false, false, {}, {}, {}};
  static const std::vector<Field> all = {key, dry_run, context, names, description};
  return all;
}

const std::vector<Field>& list_fields() {
  const Field limit{"Limit", FieldKind::kInteger, false, false, {}, {}, {}, {.max = 1000}};
  const Field marker{"Marker", FieldKind::kText, false, false, {}, {}, {}};
  static const std::vector<Field> all = {limit, marker};
  return all;
}

const std::vector<Field>& list_answer() {
  const Field id{"KeyId", FieldKind::kText, false, false, {}, {}, {}};
  const Field made{"Made", FieldKind::kTimestamp, false, false, {}, {}, {}};
  static const std::vector<Field> all = {{"Keys", FieldKind::kStructureList, false, false, {}, {}, {id, made}}};
  return all;
}

std::vector<Command> commands() {
  static const kms::OperationInfo encrypt{"Encrypt", "Seal", encrypt_fields, kms::fields_of<kms::EmptyResponse>};
  static const kms::OperationInfo list_keys{"ListKeys", "List", list_fields, list_answer};
  std::vector<Command> all = kms::cli::api_commands({&encrypt, &list_keys});
  const auto print = [](std::string text) {
    return [text = std::move(text)](kms::cli::ArgumentParser&, kms::cli::Session& session) { session.out() << text; };
  };
  all.push_back({"encrypt", "Seal a stream", "Files", print("porcelain")});
  all.push_back({"slot add", "Add a slot", "Vault", print("slot add")});
  all.push_back({"run", "Run a program", "Vault", [](kms::cli::ArgumentParser& parser, kms::cli::Session& session) {
                   const auto words = parser.add_option("words", "The program and its words").all_words().takes_words();
                   parser.callback([&session, words] {
                     for (const std::string& word : words.texts()) session.out() << word << '|';
                   });
                 }});
  return all;
}

struct Ran {
  kms::cli::GlobalOptions options;
  FakeSession session{options};
  explicit Ran(std::vector<std::string> words, std::vector<Json> pages = {}) {
    session.pages = std::move(pages);
    const int status = kms::test::run_words(std::move(words), commands(), options, session);
    CHECK(status == 0);
  }
  Json request() const { return session.calls.at(0).at("request"); }
  std::string text() const { return session.text.str(); }
};

std::string message_of(const std::vector<std::string>& words) {
  try {
    const Ran ran(words);
  } catch (const Error& error) {
    CHECK(error.code() == kms::ErrorCode::kUsage);
    return error.what();
  }
  return {};
}

Json page(int first, const char* next) {
  Json answer = {{"Keys", {first, first + 1}}, {"Truncated", next != nullptr}};
  if (next != nullptr) answer["NextMarker"] = next;
  return answer;
}

}  // namespace

TEST_SUITE("command line") {
  TEST_CASE("kms in front means the AWS command, nothing in front the other one") {
    CHECK(Ran({"encrypt"}).text() == "porcelain");
    const Ran aws({"kms", "encrypt", "--key-id", "k", "--no-dry-run"});
    CHECK(aws.options.aws_form);
    CHECK(aws.request() == Json::parse(R"({"KeyId":"k","DryRun":false})"));
    CHECK(message_of({"kms", "slot", "add"}).starts_with("unknown command 'slot'"));
  }

  TEST_CASE("options of the operation reach the request") {
    CHECK(Ran({"kms", "encrypt", "-k", "k", "--encryption-context", "a=1,b=2", "--names", "x", "y"}).request() ==
          Json::parse(R"({"KeyId":"k","EncryptionContext":{"a":"1","b":"2"},"Names":["x","y"]})"));
    CHECK(Ran({"kms", "encrypt", "-k", "k", "--names", R"(["x","y"])", "--description="}).request() ==
          Json::parse(R"({"KeyId":"k","Names":["x","y"],"Description":""})"));
    CHECK(Ran({"kms", "encrypt", "--cli-input-json", R"({"KeyId":"j"})", "--dry-run"}).request() ==
          Json::parse(R"({"KeyId":"j","DryRun":true})"));
  }

  TEST_CASE("a request may be given as a document, which options override") {
    CHECK(Ran({"kms", "encrypt", "--cli-input-json", R"({"KeyId":"j","Names":["x"]})", "-k", "k"}).request() ==
          Json::parse(R"({"KeyId":"k","Names":["x"]})"));
    CHECK(message_of({"kms", "encrypt", "--cli-input-json", R"({"KeyId":"j","Nmae":1})"}) ==
          "--cli-input-json: there is no member 'Nmae'");
    CHECK(message_of({"kms", "encrypt", "--cli-input-json", "[]"}) == "--cli-input-json: takes an object of members");
    CHECK(message_of({"kms", "encrypt", "--cli-input-json", "KeyId=j"}) == "--cli-input-json: not a JSON document");
    CHECK(message_of({"kms", "encrypt", "--cli-input-json", std::string(100, '[')}) ==
          "--cli-input-json: too large, or nested too deep");
    CHECK(message_of({"kms", "encrypt", "--cli-input-json", R"({"DryRun":true})"}) == "required: --key-id");
    CHECK(message_of({"kms", "encrypt", "--cli-input-json", R"({"KeyId":1})"}) ==
          "--cli-input-json: KeyId: takes a text");
    CHECK(message_of({"kms", "encrypt", "--cli-input-json", R"({"EncryptionContext":{"a":1}})"}) ==
          "--cli-input-json: EncryptionContext: takes texts");
    CHECK(Ran({"kms", "encrypt", "--cli-input-json", R"({"KeyId":null})", "-k", "k"}).request() ==
          Json::parse(R"({"KeyId":"k"})"));
  }

  TEST_CASE("a document may be YAML") {
    CHECK(Ran({"kms", "encrypt", "--cli-input-yaml", "KeyId: j\nEncryptionContext:\n  a: '1'\n", "--dry-run"})
              .request() == Json::parse(R"({"KeyId":"j","EncryptionContext":{"a":"1"},"DryRun":true})"));
    CHECK(message_of({"kms", "encrypt", "--cli-input-yaml", "KeyId: 1\n"}) == "--cli-input-yaml: KeyId: takes a text");
    CHECK(message_of({"kms", "encrypt", "--cli-input-yaml", "KeyId: [\n"}).starts_with("--cli-input-yaml: line "));
    CHECK(message_of({"kms", "encrypt", "--cli-input-yaml", "{}", "--cli-input-json", "{}"}) ==
          "give --cli-input-json or --cli-input-yaml, not both");
    const std::string sample = Ran({"list-keys", "--generate-cli-skeleton", "yaml-input"}).text();
    CHECK(Ran({"list-keys", "--cli-input-yaml", sample, "--limit", "1"}).request() ==
          Json::parse(R"({"Limit":1,"Marker":""})"));
  }

  TEST_CASE("a sample of a request is printed, and nothing is called") {
    constexpr const char* kSample = R"({
    "KeyId": "",
    "DryRun": true,
    "EncryptionContext": {
        "KeyName": ""
    },
    "Names": [
        ""
    ],
    "Description": ""
}
)";
    for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
             {"kms", "encrypt", "--generate-cli-skeleton"},
             {"kms", "encrypt", "--generate-cli-skeleton", "input"},
             {"kms", "encrypt", "--generate-cli-skeleton", "--description", "x"},
             {"kms", "encrypt", "--generate-cli-skeleton=input", "--cli-input-json", "{}"}}) {
      const Ran ran(words);
      CHECK(ran.session.calls.empty());
      CHECK(ran.text() == kSample);
    }
    CHECK(message_of({"kms", "encrypt", "--generate-cli-skeleton", "form"})
              .starts_with("--generate-cli-skeleton 'form': one of "));
  }

  TEST_CASE("a sample of an answer is printed where the request makes sense") {
    CHECK(message_of({"kms", "encrypt", "--generate-cli-skeleton", "output"}) == "required: --key-id");
    const Ran ran({"list-keys", "--generate-cli-skeleton", "output", "--query", "Keys[0]"});
    CHECK(ran.session.calls.empty());
    CHECK(ran.text() == "{\n    \"KeyId\": \"KeyId\",\n    \"Made\": \"1970-01-01T00:00:00\"\n}\n");
  }

  TEST_CASE("global options stand before or behind the command") {
    CHECK(Ran({"--output", "text", "slot", "add"}).options.output == "text");
    CHECK(Ran({"slot", "--vault=/v", "add", "--region", "r"}).options.vault == "/v");
    CHECK(Ran({"slot", "add", "--cli-binary-format", "raw-in-base64-out"}).options.raw_binary);
  }

  TEST_CASE("what stands behind -- is another program's, as it is") {
    CHECK(Ran({"run", "--", "configure", "--prefix=", "--help"}).text() == "configure|--prefix=|--help|");
  }

  TEST_CASE("lists are fetched to the end unless told where to stop") {
    const Ran all({"list-keys", "--query", "sum(Keys)"}, {page(1, "m"), page(3, nullptr)});
    CHECK(all.text() == "10\n");
    CHECK(all.session.calls.at(1).at("request").at("Marker") == "m");
    CHECK(all.session.calls.at(0).at("request").at("Limit") == 1000);
    CHECK(Ran({"list-keys", "--page-size", "5"}, {page(1, nullptr)}).request().at("Limit") == 5);
    CHECK(Ran({"list-keys", "--limit", "2"}, {page(1, "m")}).session.calls.size() == 1);
    const Ran some({"list-keys", "--max-items", "2", "--query", "NextToken"}, {page(1, "m")});
    CHECK(some.request().at("Limit") == 2);
    CHECK(some.text() == "\"m\"\n");
  }

  TEST_CASE("nothing is called for the sake of a query that is wrong") {
    for (const char* wrong : {"Keys[", "{}", "", "nope(@)"}) {
      kms::cli::GlobalOptions options;
      FakeSession session(options);
      CAPTURE(wrong);
      CHECK_THROWS_AS(kms::test::run_words({"list-keys", "--query", wrong}, commands(), options, session), Error);
      CHECK(session.calls.empty());
    }
  }

  TEST_CASE("nothing is called for the sake of a format that the environment has and that is none") {
    setenv("AWS_DEFAULT_OUTPUT", "xml", 1);
    kms::cli::GlobalOptions options;
    FakeSession session(options);
    CHECK_THROWS_AS(kms::test::run_words({"list-keys"}, commands(), options, session), Error);
    CHECK(session.calls.empty());
    CHECK_FALSE(Ran({"list-keys", "--help"}).text().empty());
    CHECK(Ran({"list-keys", "--output", "json"}, {page(1, nullptr)}).session.calls.size() == 1);
    unsetenv("AWS_DEFAULT_OUTPUT");
  }

  TEST_CASE("texts are printed page by page, and the pages are those that aws asks for") {
    const Ran all({"list-keys", "--query", "Keys", "--output", "text"}, {page(1, "m"), page(3, nullptr)});
    CHECK(all.text() == "1\t2\n3\t4\n");
    CHECK_FALSE(all.session.calls.at(0).at("request").contains("Limit"));
    CHECK_FALSE(all.session.calls.at(1).at("request").contains("Limit"));
    CHECK(Ran({"list-keys", "--output", "text"}, {page(1, nullptr)}).text() == "KEYS\t1\nKEYS\t2\n");
    const Ran some({"list-keys", "--max-items", "2", "--output", "text"}, {page(1, "m")});
    CHECK_FALSE(some.request().contains("Limit"));
    CHECK(some.text() == "KEYS\t1\nKEYS\t2\nNEXTTOKEN\tm\n");
    const Ran one({"list-keys", "--max-items", "3", "--output", "text"},
                  {page(1, "m"), page(3, "n"), page(5, nullptr)});
    CHECK(one.session.calls.at(2).at("request").at("Limit") == 1);
    CHECK(one.session.calls.at(2).at("request").at("Marker") == "m");
  }

  TEST_CASE("what makes no sense is a usage error of one line") {
    CHECK(message_of({"slto", "add"}) == "unknown command 'slto', did you mean 'slot'?");
    CHECK(message_of({"encrpt"}) == "unknown command 'encrpt', did you mean 'encrypt'?");
    CHECK(message_of({"kms", "encrypt"}) == "required: --key-id");
    CHECK(message_of({"slot"}) == "kmsctl slot needs a command (see kmsctl help slot)");
    CHECK(message_of({"--nope", "slot", "add"}) == "unknown option --nope before the command");
    const std::string unknown = message_of({"slot", "add", "--nope"});
    CHECK(unknown.find("--nope") != std::string::npos);
    CHECK(unknown.find('\n') == std::string::npos);
    CHECK(message_of({"slot", "add", "--output", "xml"}).starts_with("--output 'xml': one of json, text, "));
  }

  TEST_CASE("help lists commands, and the options of the one that is named") {
    CHECK(Ran({"help", "--all"}).text().find("slot add") != std::string::npos);
    CHECK(Ran({"slot", "--help"}).text().find("encrypt") == std::string::npos);
    CHECK(Ran({"kms", "encrypt", "--help"}).text().find("--encryption-context") != std::string::npos);
  }

  TEST_CASE("the version names the libraries when it is asked for more") {
    const std::string brief = Ran({"--version"}).text();
    CHECK(brief.starts_with("kmsctl "));
    CHECK(brief.find('\n') + 1 == brief.size());
    for (const std::vector<std::string>& words :
         std::vector<std::vector<std::string>>{{"--version", "--verbose"}, {"--verbose", "--version"}}) {
      const std::string text = Ran(words).text();
      CHECK(text.starts_with(brief));
      for (const std::string name : {"\nOpenSSL 3.", "\nlibsodium 1.", "\nLMDB 0.", "\nlibyaml 0.", "\nzlib 1."}) {
        CHECK_MESSAGE(text.find(name) != std::string::npos, name);
      }
    }
    CHECK_THROWS_AS(Ran({"--verbose"}), Error);
  }
}
