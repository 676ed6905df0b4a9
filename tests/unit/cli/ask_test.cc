#include "cli/ask.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "cli/no_session.h"
#include "core/base/error.h"
#include "core/ops/kms/keys.h"

using kms::Json;

namespace {

// Answers what it was given, one answer a call.
class ScriptedSession final : public kms::cli::NoSession {
 public:
  explicit ScriptedSession(std::vector<Json> answers) : answers_(std::move(answers)) {}
  Json call_in(const std::string& /*region*/, std::string_view /*service*/, std::string_view /*operation*/,
               Json request) override {
    requests.push_back(std::move(request));
    return answers_.at(requests.size() - 1);
  }

  std::vector<Json> requests;

 private:
  std::vector<Json> answers_;
};

Json page(const char* key, const char* next_marker) {
  Json answer{{"Keys", Json::array({Json{{"KeyId", key}, {"KeyArn", "arn"}}})}, {"Truncated", next_marker != nullptr}};
  if (next_marker != nullptr) answer["NextMarker"] = next_marker;
  return answer;
}

}  // namespace

TEST_SUITE("cli/ask") {
  TEST_CASE("A list is read page by page, as structs, until there is no more") {
    ScriptedSession session({page("a", "m"), page("b", nullptr)});
    std::string seen;
    kms::cli::ask_pages<kms::list_keys>(session, Json::object(), [&](const kms::ListKeysResponse& answer) {
      for (const kms::KeyListEntry& key : answer.keys) seen += key.key_id;
      seen += answer.truncated ? "+" : ".";
      return true;
    });
    CHECK(seen == "a+b.");
    REQUIRE(session.requests.size() == 2);
    CHECK(session.requests[1]["Marker"] == "m");
  }

  TEST_CASE("Who has seen enough of a list asks for no further page") {
    ScriptedSession session({page("a", "m"), page("b", nullptr)});
    kms::cli::ask_pages<kms::list_keys>(session, Json::object(), [](const auto& /*answer*/) { return false; });
    CHECK(session.requests.size() == 1);
  }

  TEST_CASE("An answer that is none of the operation's is refused") {
    ScriptedSession session(std::vector<Json>{Json{{"Keys", "none"}, {"Truncated", false}}});
    CHECK_THROWS_AS((void)kms::cli::ask<kms::list_keys>(session, Json::object()), kms::Error);
  }
}
