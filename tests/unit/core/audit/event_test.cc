// What an event of the trail holds of a request, however long that is.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "core/base/encoding.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/crypto/digest.h"
#include "tests/support/world.h"

using namespace kms;
using kms::testing::World;

namespace {

constexpr std::size_t kLongestParameters = 8192;

Json context_of(std::size_t size) {
  return {{"app", std::string(size - 3, '\x01')}};  // six bytes each, as JSON
}

std::string sha256(const std::string& text) {
  return encode_hex(crypto::digest(crypto::Hash::kSha256, as_bytes(text)));
}

}  // namespace

TEST_SUITE("service/audit_event") {
  TEST_CASE("a denied call leaves the size and the digest of what is too long, and all the rest") {
    World world;
    const std::string key = world.create_key();
    world.authorizer.denied.insert("kms:Encrypt");
    const Json context = context_of(8000);
    CHECK(world.call("Encrypt", {{"KeyId", key}, {"Plaintext", "aGk="}, {"EncryptionContext", context}})["__type"] ==
          "AccessDeniedException");
    const Json event = world.audited().back();
    CHECK(event.dump().size() < kLongestParameters);
    CHECK(event["requestParameters"]["keyId"] == key);
    const Json& instead = event["requestParameters"]["encryptionContext"];
    CHECK(instead["omitted"] == true);
    CHECK(instead["originalSize"] == context.dump().size());
    CHECK(instead["sha256"] == sha256(context.dump()));
  }

  TEST_CASE("the longest members give way, until the rest fits") {
    World world;
    const std::string key = world.create_key();
    Json tags = Json::array();
    for (int i = 0; i < 40; ++i) tags.push_back({{"TagKey", cat("t", std::to_string(i))}, {"TagValue", "v"}});
    const Json made = world.call("CreateKey", {{"Description", std::string(7000, 'd')}, {"Tags", tags}});
    CHECK(made.contains("KeyMetadata"));
    const Json parameters = world.audited().back()["requestParameters"];
    CHECK(parameters.dump().size() <= kLongestParameters);
    CHECK(parameters["description"]["omitted"] == true);
    CHECK(parameters["tags"].size() == 40);
  }

  TEST_CASE("an event that fits is whole") {
    World world;
    const std::string key = world.create_key();
    const Json context{{"app", std::string(7000, 'x')}};
    CHECK(world.call("Encrypt", {{"KeyId", key}, {"Plaintext", "aGk="}, {"EncryptionContext", context}})
              .contains("CiphertextBlob"));
    CHECK(world.audited().back()["requestParameters"]["encryptionContext"] == context);
  }

  TEST_CASE("messages and user agents show their beginning") {
    World world;
    world.caller.user_agent = std::string(5000, 'u');
    const std::string name = cat("alias/", std::string(2000, 'n'));
    const Json answer = world.call("DescribeKey", {{"KeyId", name}});
    CHECK(answer["message"].get<std::string>().size() > 2000);
    const Json event = world.audited().back();
    CHECK(event["errorMessage"] == answer["message"].get<std::string>().substr(0, 1024));
    CHECK(event["userAgent"] == std::string(1024, 'u'));
  }

  TEST_CASE("of no request does the reader record a blob or what is sensitive, nor is that a condition") {
    constexpr const char* kSecret = "c2VjcmV0LXNlY3JldA==";
    std::size_t secrets = 0;
    for (const Operation& operation : operations()) {
      CAPTURE(std::string(operation.name));
      Json request{{"KeyId", "alias/app"}};
      for (const Field& field : operation.fields()) {
        if (field.kind != FieldKind::kBlob && !field.sensitive) continue;
        ++secrets;
        CHECK(field.rule.condition.kind == ConditionKind::kNone);
        request[std::string(field.name)] = field.kind == FieldKind::kTextList ? Json::array({kSecret}) : Json(kSecret);
      }
      Json audited;
      try {
        (void)operation.read(request, audited);
      } catch (const Error& error) {  // other members are missing
        CHECK(error.code() == ErrorCode::kValidation);
      }
      CHECK(audited.dump().find(kSecret) == std::string::npos);
    }
    CHECK(secrets > 30);
  }
}
