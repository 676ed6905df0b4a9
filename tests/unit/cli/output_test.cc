#include "cli/output.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>

#include "cli/colour.h"
#include "cli/error_report.h"
#include "cli/pages.h"
#include "core/base/error.h"
#include "core/base/terminal_text.h"
#include "core/service/response.h"

using kms::Json;

namespace {

const kms::OperationInfo& list_things() {
  static const kms::OperationInfo operation{"", "", kms::fields_of<kms::EmptyResponse>,
                                            kms::fields_of<kms::EmptyResponse>};
  return operation;
}

std::string printed(const std::string& json, const std::string& format, const std::string& query = {},
                    bool to_terminal = false) {
  std::ostringstream out;
  kms::cli::GlobalOptions options;
  options.to_terminal = to_terminal;
  options.output = format;
  options.query = query;
  kms::cli::print_answer(out, Json::parse(json), options);
  return out.str();
}

std::string printed_by_page(const Json& whole, std::size_t page_size, const kms::cli::GlobalOptions& options) {
  std::ostringstream out;
  kms::cli::ListPrinter printer(out, options, list_things());
  Json kept = Json::object();
  const auto member = whole.begin();
  const std::string& name = member.key();
  const Json& entries = member.value();
  for (std::size_t at = 0; at == 0 || at < entries.size(); at += page_size) {
    Json page{{name, Json::array()}};
    for (std::size_t i = at; i < std::min(at + page_size, entries.size()); ++i) page[name].push_back(entries[i]);
    if (!printer.print(page)) kms::cli::append_page(kept, std::move(page));
  }
  printer.end(std::move(kept), "");
  return out.str();
}

std::string reported(const kms::Error& error, int exit_code) {
  std::ostringstream err;
  CHECK(kms::cli::report(error, err) == exit_code);
  return err.str();
}

}  // namespace

TEST_SUITE("output") {
  TEST_CASE("json is indented as aws does, and an empty answer prints nothing") {
    CHECK(printed(R"({"KeyId":"1"})", "json") == "{\n    \"KeyId\": \"1\"\n}\n");
    CHECK(printed("{}", "json").empty());
    CHECK(printed("null", "text").empty());
  }

  TEST_CASE("a blob is printed in base64") {
    std::ostringstream out;
    kms::cli::print_answer(out, {{"Blobs", Json::array({Json::binary({'h', 'i'})})}}, [] {
      kms::cli::GlobalOptions text;
      text.output = "text";
      return text;
    }());
    CHECK(out.str() == "BLOBS\taGk=\n");
  }

  TEST_CASE("a query is asked of an answer without content as well, and its null is shown") {
    CHECK(printed("{}", "json", "A") == "null\n");
    CHECK(printed("{}", "text", "A") == "None\n");
    CHECK(printed("{}", "table", "A").empty());
    CHECK(printed(R"({"A":{}})", "json", "A").empty());
    CHECK(printed(R"({"A":[]})", "json", "A") == "[]\n");
    CHECK(printed(R"({"A":[]})", "text", "A").empty());
  }

  TEST_CASE("a list that comes in pages is printed as one that comes whole") {
    for (const char* json :
         {R"({"Keys":[]})", R"({"Keys":[{"A":"1"}]})", R"({"N":["x","y\n","]"]})",
          R"({"Ke\u001bys":[{"A":"1","B":{"CreationDate":1.5}},{"A":"\u001b"},{},{"A":[1]},"x"]})"}) {
      for (const char* format : {"", "json", "table", "yaml"}) {
        for (const char* query : {"", "N[1]"}) {
          for (const std::size_t page_size : {1U, 2U, 10U}) {
            kms::cli::GlobalOptions options;
            options.output = format;
            options.query = query;
            CAPTURE(json);
            CAPTURE(format);
            CHECK(printed_by_page(Json::parse(json), page_size, options) == printed(json, format, query));
          }
        }
      }
    }
  }

  TEST_CASE("pages are printed when they come, unless all of them are asked for in one") {
    const auto printed_at_once = [](const char* format, const char* query) {
      kms::cli::GlobalOptions options;
      options.output = format;
      options.query = query;
      std::ostringstream out;
      Json page{{"Keys", {"1"}}};
      kms::cli::ListPrinter(out, options, list_things()).print(page);
      return !out.str().empty();
    };
    CHECK(printed_at_once("", ""));
    CHECK(printed_at_once("text", ""));
    CHECK(printed_at_once("text", "Keys"));
    CHECK_FALSE(printed_at_once("table", ""));
    CHECK_FALSE(printed_at_once("json", "Keys"));
    CHECK_FALSE(printed_at_once("yaml", ""));
    CHECK(printed_at_once("yaml-stream", "Keys"));
  }

  TEST_CASE("each page of a text is a text of its own, also to a query, and so is where the list goes on") {
    kms::cli::GlobalOptions options;
    options.output = "text";
    const Json list = Json::parse(R"({"K":[{"A":"1"},{"A":"2","B":"x"},{"A":"3"}]})");
    CHECK(printed_by_page(list, 2, options) == "K\t1\t\nK\t2\tx\nK\t3\n");
    options.query = "length(K)";
    CHECK(printed_by_page(list, 2, options) == "2\n1\n");
    std::ostringstream out;
    options.query.clear();
    kms::cli::ListPrinter(out, options, list_things()).end(Json::object(), "here");
    CHECK(out.str() == "NEXTTOKEN\there\n");
  }

  TEST_CASE("control characters are escapes in JSON and tables, wherever they go") {
    const std::string hostile =
        R"({"Na\u001bme":"a\u001b[2J\u009b\u202e\u007f\nEVENTS\tb","L":[{"\u009bK":"\u001b"}]})";
    for (const bool to_terminal : {false, true}) {
      for (const char* format : {"json", "table"}) {
        const std::string text = printed(hostile, format, {}, to_terminal);
        CAPTURE(text);
        CHECK(text.find("a\\u001b[2J\\u009b\\u202e\\u007f\\nEVENTS\\tb") != std::string::npos);
        CHECK(kms::is_displayable(text));
        CHECK(text.find('\t') == std::string::npos);
      }
      CHECK(Json::parse(printed(hostile, "json", {}, to_terminal)) == Json::parse(hostile));
    }
  }

  TEST_CASE("a tab or newline inside a field of a text ends neither the field nor the line") {
    const std::string forged = R"({"Events":[{"A":"x\nEVENTS\t1.11\tFORGED\r","B":"\u001b[2J"}]})";
    CHECK(printed(forged, "text") == "EVENTS\tx\\nEVENTS\\t1.11\\tFORGED\\r\t\x1b[2J\n");
    CHECK(printed(forged, "text", {}, true) == "EVENTS\tx\\nEVENTS\\t1.11\\tFORGED\\r\t\\u001b[2J\n");
    CHECK(printed(forged, "text", "Events[].A") == "x\\nEVENTS\\t1.11\\tFORGED\\r\n");
  }

  TEST_CASE("a single value for a program is the value, and for a terminal a line") {
    const std::string policy = R"({"Policy":"{\n  \"a\": 1\n}"})";
    CHECK(printed(policy, "text", "Policy") == "{\n  \"a\": 1\n}\n");
    CHECK(printed(policy, "text", "Policy", true) == "{\\n  \"a\": 1\\n}\n");
  }

  TEST_CASE("an unknown format is a usage error") {
    CHECK_THROWS_AS(printed(R"({"A":1})", "xml"), kms::Error);
  }

  TEST_CASE("YAML has a line for a member, and a scalar alone is that of JSON") {
    CHECK(printed(R"({"B":{"D":true},"A":"12"})", "yaml") == "A: '12'\nB:\n  D: true\n");
    CHECK(printed(R"({"A":"x"})", "yaml", "A") == "\"x\"\n");
    CHECK(printed(R"({"A":"x"})", "yaml", "B") == "null\n");
    CHECK(printed("{}", "yaml").empty());
    CHECK(printed(R"({"A":"x"})", "yaml-stream") == "- A: x\n");
    CHECK(printed(R"({"A":"x"})", "yaml-stream", "A") == "- x\n");
    CHECK(printed("{}", "yaml-stream").empty());
    kms::cli::GlobalOptions options;
    options.output = "yaml-stream";
    CHECK(printed_by_page(Json::parse(R"({"N":["x","y","z"]})"), 2, options) == "- N:\n  - x\n  - y\n- N:\n  - z\n");
    CHECK(printed(R"({"A":"a\u001b[2J\u009b\u202e\nB: c"})", "yaml") == "A: \"a\\e[2J\\x9B\\u202e\\nB: c\"\n");
  }

  TEST_CASE("a failure is told in one line, with a hint where one helps") {
    CHECK(reported(kms::Error(kms::ErrorCode::kNotFound, "no\nkey"), 3) == "kmsctl: NotFoundException: no\\nkey\n");
    CHECK(reported(kms::Error(kms::ErrorCode::kInvalidMac), 6) == "kmsctl: KMSInvalidMacException\n");
    CHECK(reported(kms::Error(kms::ErrorCode::kInvalidCiphertext), 6).find("\nkmsctl: hint: ") != std::string::npos);
  }
  TEST_CASE("the name of an error stands out for a person, and what it quotes does not") {
    std::ostringstream err;
    kms::cli::report(kms::Error(kms::ErrorCode::kNotFound, "no \033[31mkey"), err, {true, true});
    CHECK(err.str() == "\033[1;31mkmsctl: NotFoundException\033[0m: no \\u001b[31mkey\n");
  }

  TEST_CASE("colours are for terminals that have them, unless nobody wants them or the option says so") {
    kms::cli::GlobalOptions options;
    CHECK_FALSE(kms::cli::wants_colour(options, /*to_terminal=*/false));
    options.color = "on";
    CHECK(kms::cli::wants_colour(options, false));
    options.color = "off";
    CHECK_FALSE(kms::cli::wants_colour(options, true));
  }
}
