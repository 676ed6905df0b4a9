#include "core/service/response.h"

#include <doctest/doctest.h>

#include <chrono>

#include "core/base/error.h"
#include "core/model/key.h"

using namespace kms;

namespace {

struct Part {
  std::string name;
  std::optional<Time> when;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Name", name, {});
    visit("When", when, {});
  }
};

struct Whole {
  std::optional<std::string> absent;
  std::string empty;
  std::int64_t number = 0;
  KeyState state = KeyState::kEnabled;
  Bytes blob;
  SecretBytes secret;
  SecretText text;
  TextMap map;
  JsonBox document;
  std::vector<Part> parts;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Absent", absent, {});
    visit("Empty", empty, {});
    visit("Number", number, {});
    visit("State", state, {});
    visit("Blob", blob, {});
    visit("Secret", secret, {});
    visit("Text", text, {});
    visit("Map", map, {});
    visit("Document", document, {});
    visit("Parts", parts, {});
  }
};

Whole example() {
  Whole whole;
  whole.number = std::int64_t{1} << 40U;
  whole.state = KeyState::kDisabled;
  whole.blob = {1, 2};
  whole.secret = SecretBytes::copy_of(Bytes{'h', 'i'});
  whole.text.bytes = SecretBytes::copy_of(Bytes{'o', 'h'});
  whole.map = {{"a", "b"}};
  *whole.document = Json::parse("[1]");
  whole.parts.push_back({"one", Time(std::chrono::milliseconds(1500))});
  whole.parts.push_back({"two", std::nullopt});
  return whole;
}

std::string malformed_by(const char* answer) {
  try {
    (void)read_response<Part>(Json::parse(answer));
    return "none";
  } catch (const Error& error) {
    return error.code() == ErrorCode::kInternal ? error.what() : "another error";
  }
}

}  // namespace

TEST_SUITE("service/response") {
  TEST_CASE("what is absent is left out, what is empty is not; times are seconds, and blobs no text") {
    const Json answer = write_response(example());
    CHECK(answer == Json{{"Empty", ""},
                         {"Number", std::int64_t{1} << 40U},
                         {"State", "Disabled"},
                         {"Blob", Json::binary({1, 2})},
                         {"Secret", Json::binary({'h', 'i'})},
                         {"Text", "oh"},
                         {"Map", {{"a", "b"}}},
                         {"Document", Json::array({1})},
                         {"Parts", {{{"Name", "one"}, {"When", 1.5}}, {{"Name", "two"}}}}});
  }

  TEST_CASE("what was written is read, from this process and as it goes over a wire") {
    Json answer = write_response(example());
    for (const bool wire : {false, true}) {
      if (wire) answer["Blob"] = "AQI=";
      if (wire) answer["Secret"] = "aGk=";
      const Whole read = read_response<Whole>(answer);
      CHECK_FALSE(read.absent);
      CHECK(read.state == KeyState::kDisabled);
      CHECK(read.blob == Bytes{1, 2});
      CHECK(read.secret == SecretBytes::copy_of(Bytes{'h', 'i'}));
      CHECK(read.text.bytes == SecretBytes::copy_of(Bytes{'o', 'h'}));
      CHECK(read.map == TextMap{{"a", "b"}});
      CHECK(*read.document == Json::array({1}));
      REQUIRE(read.parts.size() == 2);
      CHECK(read.parts[0].when == Time(std::chrono::milliseconds(1500)));
      CHECK_FALSE(read.parts[1].when);
    }
  }

  TEST_CASE("an answer that is none of the operation's says where, and what else is in it is passed over") {
    CHECK(malformed_by(R"({"Name":"x","More":1})") == "none");
    CHECK(malformed_by("{}").find("has no Name") != std::string::npos);
    CHECK(malformed_by("[]").find("malformed") != std::string::npos);
    CHECK(malformed_by(R"({"Name":1})").find("malformed at Name") != std::string::npos);
    CHECK(malformed_by(R"({"Name":"x","When":"1970"})").find("malformed at When") != std::string::npos);
    CHECK_THROWS_AS((void)read_response<Whole>(Json{{"State", "Bored"}}), Error);
  }
}
