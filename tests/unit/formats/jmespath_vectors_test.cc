// The compliance suite of JMESPath: tests/vectors/jmespath.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "core/base/error.h"
#include "core/base/text.h"
#include "formats/jmespath.h"

using namespace kms;
using formats::jmespath::Expression;

namespace {

// What the messages of a kind of error have in common.
bool is_of_kind(const std::string& kind, const std::string& message) {
  const auto says = [&](std::string_view words) { return message.find(words) != std::string::npos; };
  const bool unknown = says("there is no function");
  const bool arity = says("() takes ");
  const bool type = says("(): argument ") || says("(): the expression gives ");
  const bool value = says("the step of a slice is not 0");
  if (kind == "unknown-function") return unknown;
  if (kind == "invalid-arity") return arity;
  if (kind == "invalid-type") return type;
  if (kind == "invalid-value") return value;
  return kind == "syntax" && message.starts_with("at character ") && !unknown && !arity && !type && !value;
}

// Empty: the case comes out as the suite asks.
std::string difference(const Json& given, const Json& wanted) {
  try {
    const Expression expression(wanted.at("expression").get<std::string>());
    if (wanted.contains("bench")) return {};
    const Json got = expression.search(given);  // the suite says nothing of the order of members
    if (wanted.contains("error")) return cat("it selects ", got.dump());
    return got == wanted.at("result") ? std::string() : cat("it selects ", got.dump());
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::kUsage);
    return is_of_kind(wanted.value("error", ""), error.what()) ? std::string() : std::string(error.what());
  }
}

}  // namespace

TEST_SUITE("formats/jmespath") {
  TEST_CASE("every case of the compliance suite comes out as it asks") {
    std::size_t count = 0;
    const std::filesystem::path folder = std::filesystem::path(KMSCTL_TEST_VECTORS) / "jmespath";
    for (const auto& file : std::filesystem::directory_iterator(folder)) {
      if (file.path().extension() != ".json") continue;
      std::ifstream in(file.path());
      for (const Json& group : Json::parse(in)) {
        for (const Json& wanted : group.at("cases")) {
          ++count;
          INFO(file.path().filename().string(), ": ", wanted.dump());
          CHECK(difference(group.at("given"), wanted) == "");
        }
      }
    }
    CHECK(count == 908);
  }
}
