// What a caller without any right may send costs no more than its bytes: every member of every request has a bound.
#include <doctest/doctest.h>

#include <functional>
#include <nlohmann/json.hpp>

#include "core/base/encoding.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "tests/support/world.h"

using namespace kms;
using kms::testing::World;

namespace {

constexpr std::size_t kLongestMessage = 6144;

std::string text_of(std::int64_t size) {
  return std::string(static_cast<std::size_t>(size), 'a');
}

// What `operation` says of a request that it refuses to read; empty where it reads it.
std::string refusal(const Operation& operation, const Json& request) {
  try {
    Json audited;
    (void)operation.read(request, audited);
    return {};
  } catch (const Error& error) {
    return error.code() == ErrorCode::kValidation ? error.what() : "another error";
  }
}

// A value of the field that is longer than its bound by one.
Json too_long(const Field& field) {
  switch (field.kind) {
    case FieldKind::kBlob:
      return encode_base64(Bytes(static_cast<std::size_t>(field.rule.max_or(kLongestText)) + 1));
    case FieldKind::kTextMap:
      return {{"a", text_of(field.rule.max_or(kLongestMap))}};
    case FieldKind::kTextList:
      return Json(std::vector<std::string>(static_cast<std::size_t>(field.rule.max_or(kLongestList)) + 1, "a"));
    case FieldKind::kStructureList:
      return Json(std::vector<Json>(static_cast<std::size_t>(field.rule.max_or(kLongestList)) + 1, Json::object()));
    default:
      return text_of(field.rule.max_or(kLongestText) + 1);
  }
}

// Each member that holds a text, a list, a map or bytes, too long, in an otherwise empty request. `path` is where it
// stands, as messages say.
using Try = std::function<void(const std::string& path, const Json& request)>;

void each_member(const std::vector<Field>& fields, const std::string& path, const std::function<Json(Json)>& wrap,
                 const Try& attempt) {
  for (const Field& field : fields) {
    const std::string here = cat(path, lower_camel(field.name));
    const auto in = [&](Json value) { return wrap(Json{{std::string(field.name), std::move(value)}}); };
    const bool has_length = field.kind != FieldKind::kFlag && field.kind != FieldKind::kInteger &&
                            field.kind != FieldKind::kTimestamp && field.kind != FieldKind::kStructure;
    if (has_length) attempt(here, in(too_long(field)));
    if (field.kind == FieldKind::kTextList) {
      attempt(cat(here, ".1.member"), in(Json::array({text_of(field.item.max_or(kLongestText) + 1)})));
    }
    if (field.kind == FieldKind::kStructure) each_member(field.members, cat(here, "."), in, attempt);
    if (field.kind != FieldKind::kStructureList) continue;
    const auto in_list = [&](Json value) { return in(Json::array({std::move(value)})); };
    each_member(field.members, cat(here, ".1.member."), in_list, attempt);
  }
}

Json pairs(std::size_t count) {
  Json context = Json::object();
  for (std::size_t i = 0; i < count; ++i) context[cat(i % 2 == 0 ? "Z" : "a", std::to_string(i))] = "";
  return context;
}

}  // namespace

TEST_SUITE("service/bounds") {
  TEST_CASE("no text, list, map or blob of any request is read beyond its bound") {
    std::size_t tried = 0;
    for (const Operation& operation : operations()) {
      CAPTURE(std::string(operation.name));
      const auto attempt = [&](const std::string& path, const Json& request) {
        CAPTURE(path);
        ++tried;
        const std::string said = refusal(operation, request);
        CHECK(said.find(cat("at '", path, "' failed to satisfy constraint")) != std::string::npos);
        CHECK(said.size() < kLongestMessage);
      };
      each_member(
          operation.fields(), "", [](Json request) { return request; }, attempt);
    }
    CHECK(tried > 250);
  }

  TEST_CASE("a million characters of encryption context are refused before anybody is asked about them") {
    World world;
    const std::string key = world.create_key();
    world.authorizer.asked.clear();
    const Json answer =
        world.call("Encrypt", {{"KeyId", key}, {"Plaintext", "aGk="}, {"EncryptionContext", pairs(90'000)}});
    CHECK(answer.at("__type") == "ValidationException");
    CHECK(answer.at("message").get<std::string>() ==
          "1 validation error detected: Value at 'encryptionContext' failed to satisfy constraint: Names and values "
          "must have length less than or equal to 8192 together");
    CHECK(world.authorizer.asked.empty());
  }

  TEST_CASE("an encryption context has 8192 characters at most, of names and values, however many bytes they take") {
    World world;
    const std::string key = world.create_key();
    std::string wide;
    for (int i = 0; i < 8191; ++i) wide += "\xC3\xA9";
    Json request{{"KeyId", key}, {"Plaintext", "aGk="}, {"EncryptionContext", {{"a", wide}}}};
    CHECK(world.call("Encrypt", request).contains("CiphertextBlob"));
    request["EncryptionContext"]["b"] = "";
    CHECK(world.call("Encrypt", request).at("__type") == "ValidationException");
  }

  TEST_CASE("a request with many faults is told of the first ones") {
    World world;
    const std::string key = world.create_key();
    Json tags = Json::array();
    for (int i = 0; i < 900; ++i) tags.push_back({{"TagKey", text_of(5000)}, {"TagValue", text_of(5000)}});
    const Json answer = world.call("TagResource", {{"KeyId", key}, {"Tags", tags}});
    const std::string message = answer.at("message");
    CHECK(message.starts_with("1800 validation errors detected: Value 'aaa"));
    CHECK(message.ends_with(" more"));
    CHECK(message.size() < kLongestMessage);
  }

  TEST_CASE("what a message quotes of a value ends between two characters") {
    World world;
    std::string wide;
    for (int i = 0; i < 4000; ++i) wide += "\xE2\x82\xAC";
    const std::string message = world.call("DescribeKey", {{"KeyId", wide}}).at("message");
    CHECK(is_utf8(message));
    CHECK(message.find("...' at 'keyId'") != std::string::npos);
    CHECK(message.size() < kLongestMessage);
  }
}
