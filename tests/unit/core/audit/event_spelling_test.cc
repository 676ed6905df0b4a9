// An event that went through the hands of others is still the text of the trail.
#include "core/audit/event_spelling.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <random>

#include "core/audit/event_text.h"
#include "core/base/error.h"
#include "core/base/ordered_json.h"
#include "core/base/text.h"
#include "tests/support/world.h"

using namespace kms;
using kms::testing::World;

namespace {

const AccountRegion kSpellingHome{"111122223333", "eu-central-1"};

AuditEvent event_by(EventAuthor author) {
  AuditEvent event(Time(std::chrono::seconds(1'700'000'000)), "event-1", "request-1");
  event.author = std::move(author);
  event.operation = "Encrypt";
  event.resources = {"arn:aws:kms:eu-central-1:111122223333:key/1", "arn:aws:kms:eu-central-1:111122223333:alias/a"};
  return event;
}

std::vector<EventAuthor> authors_of_all_kinds() {
  EventAuthor user{kSpellingHome, AuthorKind::kUser, "arn:aws:iam::111122223333:user/x\x7f\xe2\x80\xae", "AIDA"};
  user.source_address = "127.0.0.1";
  user.user_agent = "aws \"cli\" \\ \x01 \xff \xe2\x80\xa8";
  EventAuthor root{kSpellingHome, AuthorKind::kRoot, "arn:aws:iam::111122223333:root", "111122223333"};
  RoleSession session;
  session.role_id = "AROA";
  session.role_arn = "arn:aws:iam::111122223333:role/deployer";
  EventAuthor role{kSpellingHome, AuthorKind::kRole, "arn:aws:sts::111122223333:assumed-role/deployer/me", "AROA:me"};
  role.session = std::make_shared<const RoleSession>(session);
  return {user, root, role, vault_author(kSpellingHome)};
}

// Values as requests have them, and as none has.
Json awkward_json(std::mt19937& chance, int depth) {
  const auto below = [&](unsigned bound) { return std::uniform_int_distribution<unsigned>(0, bound - 1)(chance); };
  static const std::vector<Json> kPlain{nullptr,
                                        true,
                                        0,
                                        -1,
                                        1'700'000'000.5,
                                        1e300,
                                        0.1,
                                        -0.0,
                                        UINT64_MAX,
                                        INT64_MIN,
                                        "",
                                        "\"\\/\b\f\n\r\t\x01\x7f",
                                        "\xff\xc3\xa9\xe2\x80\xa8",
                                        "\xf0\x9f\x94\x91",
                                        Json::binary({1, 2, 3}),
                                        Json::object(),
                                        Json::array()};
  const unsigned kind = depth == 0 ? 0 : below(3);
  if (kind == 0) return kPlain.at(below(static_cast<unsigned>(kPlain.size())));
  Json made = kind == 1 ? Json::object() : Json::array();
  for (unsigned i = below(5); i > 0; --i) {
    Json value = awkward_json(chance, depth - 1);
    if (kind == 1) {
      made[cat(std::string(1, static_cast<char>('A' + below(50))), "\xc3\xa9")] = std::move(value);
    } else {
      made.push_back(std::move(value));
    }
  }
  return made;
}

// What audit show prints: sorted, indented, and controls as escapes.
std::string as_shown(const std::string& stored) {
  return Json{{"Number", 7}, {"Event", Json::parse(stored)}}.dump(4, ' ', /*ensure_ascii=*/true) + "\n";
}

bool is_among(const GivenEvent& given, const std::string& stored) {
  return std::find(given.spellings.begin(), given.spellings.end(), stored) != given.spellings.end();
}

std::string given_refusal(std::string_view text) {
  try {
    (void)read_given_event(text);
  } catch (const Error& error) {
    return cat(wire_name(error.code()), ": ", error.what());
  }
  return "read";
}

}  // namespace

TEST_SUITE("audit/event_spelling") {
  TEST_CASE("an event of any author, with any content, comes back from what is shown of it to the byte") {
    std::mt19937 chance(1);
    for (int turn = 0; turn < 400; ++turn) {
      for (EventAuthor& author : authors_of_all_kinds()) {
        AuditEvent event = event_by(std::move(author));
        *event.request_parameters = awkward_json(chance, 3);
        *event.response_elements = awkward_json(chance, 2);
        if (turn % 2 == 0) *event.additional_data = awkward_json(chance, 2);
        if (turn % 3 == 0) *event.service_details = awkward_json(chance, 2);
        if (turn % 5 == 0) event.failure = EventFailure{ErrorCode::kAccessDenied, "not \"allowed\"\n"};
        if (turn % 7 == 0) event.resources.clear();
        if (turn % 11 == 0) *event.request_parameters = {{"a", std::string(9000, 'x')}, {"b", "short"}};
        if (turn % 13 == 0) *event.request_parameters = std::string(9000, 'x');
        const std::string stored = encode(event);
        CAPTURE(stored);
        const GivenEvent given = read_given_event(as_shown(stored));
        REQUIRE(is_among(given, stored));
        CHECK(given.number == 7U);
        CHECK(given.summary == "Encrypt, 2023-11-14T22:13:20Z, event-1");
        REQUIRE(is_among(read_given_event(Json::parse(stored).dump(2)), stored));
        REQUIRE(is_among(read_given_event(cat(stored, "\n")), stored));
        REQUIRE(is_among(read_given_event(OrderedJson::parse(stored).dump(1)), stored));
      }
    }
  }

  TEST_CASE("the events of calls come back as well") {
    World world;
    const std::string key = world.create_key({{"Description", "caf\xc3\xa9"}});
    world.call("CreateAlias", {{"AliasName", "alias/a"}, {"TargetKeyId", key}});
    world.call("Encrypt",
               {{"KeyId", "alias/a"}, {"Plaintext", "aGk="}, {"EncryptionContext", {{"b", "1"}, {"a", "2"}}}});
    world.call("DescribeKey", {{"KeyId", "alias/none"}});
    world.call("CreateGrant",
               {{"KeyId", key}, {"GranteePrincipal", world.caller.principal}, {"Operations", {"Decrypt"}}});
    world.call("EnableKeyRotation", {{"KeyId", key}});
    world.call("RotateKeyOnDemand", {{"KeyId", key}});
    const auto& log = world.store.records.logs.at(audit_log(world.caller.home));
    REQUIRE(log.size() >= 7);
    for (const std::string& stored : log) CHECK(is_among(read_given_event(as_shown(stored)), stored));
  }

  TEST_CASE("an event of another version or of a program comes back from its text") {
    const std::string odd = R"({"z":1,"a":{"c":1,"b":2},"eventName":"X"})";
    CHECK(is_among(read_given_event(odd), odd));
    CHECK(is_among(read_given_event(R"({"Number": 3, "Event": {"z": 1, "a": {"c": 1, "b": 2}, "eventName": "X"}})"),
                   odd));
    const std::string spaced = R"({"a": 1})";
    CHECK(is_among(read_given_event(cat(spaced, "\n")), spaced));
    CHECK(!read_given_event(spaced).number);
  }

  TEST_CASE("what is no event is refused, and so is a member that stands twice") {
    CHECK(given_refusal("") == "ValidationException: this is no event: it is no JSON object");
    CHECK(given_refusal("[]") == "ValidationException: this is no event: it is no JSON object");
    CHECK(given_refusal("{} {}") == "ValidationException: this is no event: it is no JSON object");
    CHECK(given_refusal(R"({"Event":{"eventName":"A","eventName":"B"}})") ==
          "ValidationException: this is no event: a member stands in it twice");
    CHECK(given_refusal(R"({"a":1,"b":[{"c":1,"c":1}]})") ==
          "ValidationException: this is no event: a member stands in it twice");
    CHECK(given_refusal(R"({"a":{"b":1},"b":{"b":1}})") == "read");
    CHECK(given_refusal(std::string(1000, '[')) == "ValidationException: this is no event: it has too many parts");
  }
}
