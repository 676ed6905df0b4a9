#include "core/policy/match.h"

#include <doctest/doctest.h>

using namespace kms;
using namespace kms::policy;

namespace {

bool wild(std::string_view pattern, std::string_view text) {
  return matches(pattern_of(pattern, true), text);
}

Request with(std::string_view key, std::string_view value) {
  Request request;
  request.resource = "arn:aws:kms:us-east-1:111122223333:key/1234abcd";
  request.context.set(key, std::string(value));
  return request;
}

}  // namespace

TEST_SUITE("policy/match") {
  TEST_CASE("a star stands for any characters, a question mark for one") {
    CHECK(wild("*", ""));
    CHECK(wild("a*c", "abbc"));
    CHECK(wild("a?c", "abc"));
    CHECK(wild("*b*", "abc"));
    CHECK_FALSE(wild("a?c", "ac"));
    CHECK_FALSE(wild("", "a"));
    CHECK_FALSE(wild("a*c", "abcd"));
    CHECK(wild("*", "*"));
    CHECK(wild("a**b", "ab"));
  }

  TEST_CASE("a pattern that invites trying every way is decided all the same") {
    CHECK_FALSE(wild("*a*a*a*a*b", std::string(10240, 'a')));
    std::string stars;
    for (int i = 0; i < 100; ++i) stars += "*a";
    CHECK_FALSE(wild(stars + "*b", std::string(10240, 'a')));
    CHECK(wild(stars, std::string(10240, 'a')));
  }

  TEST_CASE("actions are compared without regard to case") {
    CHECK(action_matches("kms:*Data*Key", "kms:GenerateDataKey"));
    CHECK(action_matches("KMS:encrypt", "kms:Encrypt"));
    CHECK_FALSE(action_matches("kms:*Data*Key", "kms:GenerateDataKeyPair"));
    CHECK_FALSE(action_matches("kms:", "kms:Encrypt"));
    CHECK_FALSE(action_matches("", "kms:Encrypt"));
    CHECK(action_matches("kms:????", "kms:Sign"));
  }

  TEST_CASE("a wildcard in one part of an ARN does not reach into the next") {
    const Request request = with("a", "b");
    CHECK(resource_matches("arn:aws:kms:*:111122223333:key/*", true, request) == true);
    CHECK(resource_matches("arn:aws:kms:us-*-1:*:key/12?4abcd", true, request) == true);
    CHECK(resource_matches("arn:aws:kms:*:key/*", true, request) == false);
    CHECK(resource_matches("arn:*", true, request) == false);
    CHECK(resource_matches("arn:aws:kms:us-east-1:111122223333:KEY/1234abcd", true, request) == false);
    CHECK(resource_matches("*", true, request) == true);
  }

  TEST_CASE("variables stand for a value, which is no wildcard, and have none before the fifth colon") {
    const Request request = with("aws:PrincipalTag/id", "1234abcd");
    CHECK(resource_matches("arn:aws:kms:*:*:key/${aws:PrincipalTag/id}", true, request) == true);
    CHECK(resource_matches("arn:aws:kms:*:*:key/${AWS:principaltag/ID}", true, request) == true);
    CHECK(resource_matches("arn:aws:kms:*:*:key/${aws:PrincipalTag/other, '1234abcd'}", true, request) == true);
    CHECK(resource_matches("arn:aws:kms:*:*:key/${aws:PrincipalTag/other}", true, request) == std::nullopt);
    CHECK(resource_matches("arn:aws:kms:${aws:PrincipalTag/id}:*:key/*", true, request) == std::nullopt);
    CHECK(resource_matches("arn:aws:kms:*:*:key/${aws:PrincipalTag/id}", false, request) == false);
    CHECK(resource_matches("arn:aws:kms:*:*:key/${id}", true, with("id", "*")) == false);
    CHECK(expand("${*}${?}${$}", true, request.context) == pattern_of("*?$", false));
  }
}
