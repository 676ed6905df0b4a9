#include "cli/output.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/error_report.h"
#include "core/base/error.h"

using kms::Json;

namespace {

std::string printed(const std::string& json, const std::string& format, const std::string& query = {}) {
  std::ostringstream out;
  kms::cli::GlobalOptions options;
  options.output = format;
  options.query = query;
  kms::cli::print_answer(out, Json::parse(json), options);
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

  TEST_CASE("times are ISO 8601 with their fraction") {
    CHECK(printed(R"({"K":{"CreationDate":1795515330.123}})", "text", "K.CreationDate") ==
          "2026-11-24T10:15:30.123000+00:00\n");
    CHECK(printed(R"({"DeletionDate":0})", "text") == "1970-01-01T00:00:00+00:00\n");
    CHECK(printed(R"({"Size":0})", "text") == "0\n");
  }

  TEST_CASE("text puts scalars in a line and structures behind their name") {
    CHECK(printed(R"({"Keys":[{"A":"1","B":true},{"A":"2","B":null}]})", "text") == "KEYS\t1\tTrue\nKEYS\t2\tNone\n");
    CHECK(printed(R"({"Keys":[{"A":"1"},{"A":"2"}]})", "text", "Keys[].A") == "1\t2\n");
    CHECK(printed(R"({"N":["x","y"]})", "text") == "N\tx\nN\ty\n");
  }

  TEST_CASE("a table has a row an item") {
    CHECK(printed(R"({"Keys":[{"A":"1"},{"A":"20"}]})", "table") == "Keys\n+----+\n| A  |\n| 1  |\n| 20 |\n+----+\n");
    CHECK(printed(R"({"A":"x","Bee":2})", "table") == "+-----+---+\n| A   | x |\n| Bee | 2 |\n+-----+---+\n");
  }

  TEST_CASE("an unknown format is a usage error") {
    CHECK_THROWS_AS(printed(R"({"A":1})", "yaml"), kms::Error);
  }

  TEST_CASE("a failure is told in one line, with a hint where one helps") {
    CHECK(reported(kms::Error(kms::ErrorCode::kNotFound, "no\nkey"), 3) == "kmsctl: NotFoundException: no key\n");
    CHECK(reported(kms::Error(kms::ErrorCode::kInvalidMac), 6) == "kmsctl: KMSInvalidMacException\n");
    CHECK(reported(kms::Error(kms::ErrorCode::kInvalidCiphertext), 6).find("\nkmsctl: hint: ") != std::string::npos);
  }
}
