#include "core/ops/kms/tags.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "core/base/text.h"
#include "tests/support/world.h"

using namespace kms;
using kms::testing::World;

namespace {

Json tags(const std::string& key, const std::string& value) {
  return Json::array({{{"TagKey", key}, {"TagValue", value}}});
}

const Json kInvalid{{"__type", "TagException"}, {"message", "Invalid tag"}};

}  // namespace

TEST_SUITE("ops/tags") {
  TEST_CASE("tags have letters, digits and blanks of any language, and the eight characters that AWS adds") {
    World world;
    const std::string key = world.create_key();
    for (const char* text : {"Owner_1", "a.b:c/d=e+f-g@h", "two words", " ", "Größe", "所有者", "владелец", "٣",
                             "a\u00A0b", "\U0001D400", "\U00020000"}) {
      CAPTURE(text);
      CHECK(world.call("TagResource", {{"KeyId", key}, {"Tags", tags(text, text)}}) == Json::object());
      CHECK(world.call("UntagResource", {{"KeyId", key}, {"TagKeys", {text}}}) == Json::object());
    }
    CHECK(world.call("TagResource", {{"KeyId", key}, {"Tags", tags("empty", "")}}) == Json::object());
  }

  TEST_CASE("other characters are an invalid tag wherever tags are given, and change nothing") {
    World world;
    const std::string key = world.create_key();
    const std::string shared = world.create_key({{"MultiRegion", true}});
    world.call("AddRegion", {{"Region", "us-west-2"}});
    const auto before = world.data();
    for (const std::string text :
         {"A & B", "a,b", "#", "(", "'", "\"", "*",  "!",      "a\nb",   "\t", "\x7f", "\U0001F511",
          "a;b",   "<b>", "$", "%", "^", "~",  "\\", "\u200B", "\u0301", "{}", "?"}) {
      CAPTURE(text);
      for (const Json& bad : {tags(text, "v"), tags("k", text)}) {
        CHECK(world.call("CreateKey", {{"Tags", bad}}) == kInvalid);
        CHECK(world.call("TagResource", {{"KeyId", key}, {"Tags", bad}}) == kInvalid);
        CHECK(world.call("ReplicateKey", {{"KeyId", shared}, {"ReplicaRegion", "us-west-2"}, {"Tags", bad}}) ==
              kInvalid);
        CHECK(world.call("CreatePrincipal", {{"Principal", "user/z"}, {"Tags", bad}}) == kInvalid);
        CHECK(world.call("TagPrincipal", {{"Principal", "user/x"}, {"Tags", bad}}) == kInvalid);
      }
    }
    const std::string nul("a\0b", 3);
    CHECK(world.call("CreateKey", {{"Tags", tags("k", nul)}}) == kInvalid);
    CHECK(world.data() == before);
  }

  TEST_CASE("keys and values are as long as AWS has them, in characters") {
    World world;
    const std::string key = world.create_key();
    const auto repeat = [](const char* character, int count) {
      std::string out;
      for (int i = 0; i < count; ++i) out += character;
      return out;
    };
    CHECK(world.call("TagResource", {{"KeyId", key}, {"Tags", tags(repeat("ü", 128), repeat("字", 256))}}) ==
          Json::object());
    CHECK(world.call("TagResource", {{"KeyId", key}, {"Tags", tags(repeat("ü", 129), "")}})["__type"] ==
          "ValidationException");
    CHECK(world.call("TagResource", {{"KeyId", key}, {"Tags", tags("k", repeat("字", 257))}})["__type"] ==
          "ValidationException");
    CHECK(world.call("TagPrincipal", {{"Principal", "user/x"}, {"Tags", tags("aws:x", "")}})["__type"] ==
          "TagException");
  }

  TEST_CASE("tag keys of a key differ by case; those of a principal do not, as with IAM") {
    World world;
    const std::string key = world.create_key();
    const Json both{{{"TagKey", "Team"}, {"TagValue", "a"}}, {{"TagKey", "team"}, {"TagValue", "b"}}};
    world.call("TagResource", {{"KeyId", key}, {"Tags", both}});
    CHECK(world.call("ListResourceTags", {{"KeyId", key}})["Tags"].size() == 2);
    const auto of_user = [&] {
      return world.call("DescribePrincipal", {{"Principal", "user/x"}})["Principal"]["Tags"];
    };
    CHECK(world.call("TagPrincipal", {{"Principal", "user/x"}, {"Tags", both}})["__type"] == "TagException");
    CHECK(world.call("CreatePrincipal", {{"Principal", "user/z"}, {"Tags", both}})["__type"] == "TagException");
    CHECK(of_user().empty());
    world.call("TagPrincipal", {{"Principal", "user/x"}, {"Tags", tags("Team", "a")}});
    world.call("TagPrincipal", {{"Principal", "user/x"}, {"Tags", tags("team", "b")}});
    CHECK(of_user() == tags("team", "b"));
    world.call("UntagPrincipal", {{"Principal", "user/x"}, {"TagKeys", {"TEAM"}}});
    CHECK(of_user().empty());
  }

  TEST_CASE("who makes a key or a replica with tags needs the permission to tag, which may go by those tags") {
    World world;
    world.call("AddRegion", {{"Region", "us-west-2"}});
    const Json primary = world.call("CreateKey", {{"MultiRegion", true}});
    const std::string key = primary.at("KeyMetadata").at("Arn");
    world.call("CreatePrincipal", {{"Principal", "user/maker"}});
    const auto allow = [&](const Json& statements) {
      const Json policy{{"Version", "2012-10-17"}, {"Statement", statements}};
      world.call("PutPrincipalPolicy", {{"Principal", "user/maker"}, {"PolicyName", "p"}, {"Policy", policy.dump()}});
    };
    const auto as_maker = [&](const char* operation, const Json& request) {
      const std::string root = std::exchange(world.caller.principal, "arn:aws:iam::111122223333:user/maker");
      Json answer = world.call(operation, request);
      world.caller.principal = root;
      return answer.value("__type", "");
    };
    const Json make{{"Effect", "Allow"}, {"Action", {"kms:CreateKey", "kms:ReplicateKey"}}, {"Resource", "*"}};
    const auto tagged = [](Json request, const char* value) {
      request["Tags"] = tags("team", value);
      return request;
    };
    const Json replica{{"KeyId", key}, {"ReplicaRegion", "us-west-2"}};
    allow({make});
    CHECK(as_maker("CreateKey", Json::object()).empty());
    CHECK(as_maker("CreateKey", tagged(Json::object(), "a")) == "AccessDeniedException");
    CHECK(as_maker("ReplicateKey", tagged(replica, "a")) == "AccessDeniedException");
    allow({make,
           {{"Effect", "Allow"},
            {"Action", "kms:TagResource"},
            {"Resource", "arn:aws:kms:*:111122223333:key/*"},
            {"Condition", {{"StringEquals", {{"aws:RequestTag/team", "a"}}}}}}});
    CHECK(as_maker("CreateKey", tagged(Json::object(), "a")).empty());
    CHECK(as_maker("CreateKey", tagged(Json::object(), "b")) == "AccessDeniedException");
    CHECK(as_maker("ReplicateKey", tagged(replica, "b")) == "AccessDeniedException");
    CHECK(as_maker("ReplicateKey", tagged(replica, "a")).empty());
  }
}
