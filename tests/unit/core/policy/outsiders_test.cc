#include "core/policy/outsiders.h"

#include <doctest/doctest.h>

#include <chrono>

#include "core/base/text.h"

using namespace kms;
using namespace kms::policy;

namespace {

constexpr std::string_view kOwn = "111122223333";
constexpr const char* kOwnRoot = R"({"AWS":"111122223333"})";
constexpr const char* kStranger = R"({"AWS":"444455556666"})";
constexpr const char* kRole = R"({"AWS":"arn:aws:iam::444455556666:role/reader"})";

std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& each : names) out += cat(out.empty() ? "" : " ", each);
  return out;
}

// A statement that allows everything to whom `principal` names, under `condition` when there is one.
std::string allows(std::string_view principal, std::string_view condition = "") {
  return cat(R"({"Effect":"Allow","Action":"kms:*","Resource":"*","Principal":)", principal,
             condition.empty() ? "" : cat(R"(,"Condition":{)", condition, "}"), "}");
}

Document key_policy(const std::string& statements) {
  return parse_key_policy(cat(R"({"Version":"2012-10-17","Statement":[)", statements, "]}"));
}

// Where nobody was let in before.
std::string lets_in(const std::string& statements) {
  return joined(newly_allowed(nullptr, key_policy(statements), kOwn));
}

std::string widens(const std::string& before, const std::string& after) {
  const Document old = key_policy(before);
  return joined(newly_allowed(&old, key_policy(after), kOwn));
}

}  // namespace

TEST_SUITE("policy/outsiders") {
  TEST_CASE("who belongs to the account is no outsider, however named") {
    CHECK(joined(newly_allowed(nullptr, parse_key_policy(default_key_policy(kOwn)), kOwn)).empty());
    CHECK(lets_in(allows(R"({"AWS":["arn:aws:iam::111122223333:role/a","arn:aws:iam::111122223333:user/b/c",)"
                         R"("arn:aws:sts::111122223333:assumed-role/a/s","111122223333"]})"))
              .empty());
  }

  TEST_CASE("principals of other accounts and services are named as the document does, sorted and once") {
    CHECK(lets_in(allows(kStranger)) == "arn:aws:iam::444455556666:root");
    CHECK(lets_in(cat(allows(R"({"AWS":["arn:aws:iam::999988887777:user/z","arn:aws:iam::444455556666:role/reader"]})"),
                      ",", allows(kRole), ",", allows(kOwnRoot))) ==
          "arn:aws:iam::444455556666:role/reader arn:aws:iam::999988887777:user/z");
    CHECK(lets_in(allows(R"({"AWS":"arn:aws:sts::444455556666:assumed-role/reader/s"})")) ==
          "arn:aws:sts::444455556666:assumed-role/reader/s");
    CHECK(lets_in(allows(R"({"Service":"s3.amazonaws.com"})")) == "s3.amazonaws.com");
  }

  TEST_CASE("everybody is one name, and nobody is named beside it whom it includes") {
    CHECK(lets_in(allows(R"("*")")) == "*");
    CHECK(lets_in(allows(R"({"AWS":"*"})")) == "*");
    CHECK(lets_in(cat(allows(kStranger), ",", allows(R"("*")"))) == "*");
    CHECK(lets_in(allows(R"({"AWS":["*","444455556666"],"Service":"s3.amazonaws.com"})")) == "*");
  }

  TEST_CASE("everybody but somebody is everybody") {
    Document document = key_policy(allows(kStranger));
    document.statements.front().not_principal = true;  // which no parser lets through with Allow
    CHECK(joined(newly_allowed(nullptr, document, kOwn)) == "*");
  }

  TEST_CASE("a denial lets nobody in, nor does a statement without effect") {
    CHECK(lets_in(R"({"Effect":"Deny","Action":"kms:*","Resource":"*","Principal":"*"})").empty());
    CHECK(lets_in(R"({"Effect":"Allow","Resource":"*","Principal":"*"})").empty());
    CHECK(lets_in(R"({"Effect":"Allow","Action":"kms:*","Principal":"*"})").empty());
  }

  TEST_CASE("everybody of the own account or organization is nobody from outside") {
    for (const char* condition :
         {R"("StringEquals":{"kms:CallerAccount":"111122223333"})",
          R"("StringEquals":{"KMS:calleraccount":"111122223333"})",
          R"("StringEquals":{"aws:PrincipalAccount":["111122223333"]})",
          R"("StringLike":{"aws:PrincipalAccount":"111122223333"})",
          R"("StringEqualsIgnoreCase":{"aws:PrincipalAccount":"111122223333"})",
          R"("ForAnyValue:StringEquals":{"kms:CallerAccount":"111122223333"})",
          R"("StringEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"})",
          R"("StringEquals":{"kms:CallerAccount":"111122223333","kms:ViaService":"s3.eu-central-1.amazonaws.com"})"}) {
      CAPTURE(condition);
      CHECK(lets_in(allows(R"("*")", condition)).empty());
    }
  }

  TEST_CASE("everybody of another account is that account") {
    CHECK(lets_in(allows(R"("*")", R"("StringEquals":{"kms:CallerAccount":"444455556666"})")) ==
          "arn:aws:iam::444455556666:root");
    CHECK(lets_in(allows(R"({"AWS":"*"})",
                         R"("StringEquals":{"kms:CallerAccount":["999988887777","111122223333","444455556666"]})")) ==
          "arn:aws:iam::444455556666:root arn:aws:iam::999988887777:root");
    CHECK(lets_in(allows(R"("*")", R"("StringEquals":{"kms:CallerAccount":["111122223333","444455556666"],)"
                                   R"("aws:PrincipalAccount":"111122223333"})"))
              .empty());
  }

  TEST_CASE("a condition that can hold for strangers takes nothing off") {
    for (const char* condition :
         {R"("StringEqualsIfExists":{"kms:CallerAccount":"111122223333"})",
          R"("ForAllValues:StringEquals":{"kms:CallerAccount":"111122223333"})",
          R"("StringNotEquals":{"kms:CallerAccount":"111122223333"})", R"("StringLike":{"kms:CallerAccount":"1111*"})",
          R"("StringLike":{"kms:CallerAccount":"????????????"})",
          R"("StringEquals":{"kms:CallerAccount":"${aws:PrincipalAccount}"})",
          R"("StringNotEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"})",
          R"("StringEqualsIfExists":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"})", R"("Null":{"kms:CallerAccount":"false"})",
          R"("StringEquals":{"aws:SourceAccount":"111122223333"})",
          R"("StringEquals":{"kms:ViaService":"s3.eu-central-1.amazonaws.com"})"}) {
      CAPTURE(condition);
      CHECK(lets_in(allows(R"("*")", condition)) == "*");
    }
  }

  TEST_CASE("a stranger by name whom the condition shuts out is not let in") {
    CHECK(lets_in(allows(kRole, R"("StringEquals":{"aws:PrincipalAccount":"111122223333"})")).empty());
    CHECK(lets_in(allows(kRole, R"("StringEquals":{"aws:PrincipalAccount":"444455556666"})")) ==
          "arn:aws:iam::444455556666:role/reader");
  }

  TEST_CASE("who was let in before is not let in newly") {
    CHECK(widens(allows(kOwnRoot), allows(kStranger)) == "arn:aws:iam::444455556666:root");
    CHECK(widens(allows(kStranger), allows(kStranger)).empty());
    CHECK(widens(allows(kStranger), allows(kOwnRoot)).empty());
    CHECK(widens(allows(kStranger), allows(kRole)).empty());  // the account could let its role in
    CHECK(widens(allows(kRole), allows(kStranger)) == "arn:aws:iam::444455556666:root");
    CHECK(widens(allows(R"("*")"), allows(R"({"AWS":"444455556666","Service":"s3.amazonaws.com"})")).empty());
    CHECK(widens(allows(kStranger), allows(R"("*")")) == "*");
    CHECK(widens(R"({"Effect":"Deny","Action":"kms:*","Resource":"*","Principal":"*"})", allows(R"("*")")) == "*");
  }

  TEST_CASE("who was let in under a condition is let in anew where that is gone or another one") {
    const std::string_view home = R"("IpAddress":{"aws:SourceIp":"10.0.0.0/8"})";
    const std::string_view world = R"("IpAddress":{"aws:SourceIp":"0.0.0.0/0"})";
    const std::string_view both = R"("IpAddress":{"aws:SourceIp":"10.0.0.0/8"},"Bool":{"aws:SecureTransport":"true"})";
    CHECK(widens(allows(R"("*")", home), allows(R"("*")", home)).empty());
    CHECK(widens(allows(R"("*")", home), allows(R"("*")", both)).empty());
    CHECK(widens(allows(R"("*")", both), allows(R"("*")", home)) == "*");
    CHECK(widens(allows(R"("*")", home), allows(R"("*")", world)) == "*");
    CHECK(widens(allows(R"("*")", home), allows(R"("*")")) == "*");
    CHECK(widens(allows(kRole, home), allows(kRole)) == "arn:aws:iam::444455556666:role/reader");
    CHECK(widens(allows(R"("*")", home), allows(kRole)) == "arn:aws:iam::444455556666:role/reader");
    CHECK(widens(allows(R"("*")"), allows(R"("*")", home)).empty());
    // One that holds for some, beside a stranger who needs none.
    CHECK(lets_in(cat(allows(R"("*")", home), ",", allows(kRole))) == "* arn:aws:iam::444455556666:role/reader");
  }

  TEST_CASE("a trust policy is read alike") {
    const Document trust = parse_trust_policy(
        R"({"Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":["444455556666","111122223333"]}}})");
    CHECK(joined(newly_allowed(nullptr, trust, kOwn)) == "arn:aws:iam::444455556666:root");
  }

  TEST_CASE("the largest policies take no time") {
    std::string names;
    std::string tests;
    for (int each = 0; each < 300; ++each) {
      names += cat(each == 0 ? "" : ",", R"("arn:aws:iam::444455556666:role/r)", std::to_string(each), "\"");
      tests += cat(each == 0 ? "" : ",", R"("aws:PrincipalTag/t)", std::to_string(each), R"(":"v")");
    }
    const std::string all = allows(cat(R"({"AWS":[)", names, "]}"), cat(R"("StringEquals":{)", tests, "}"));
    const auto begin = std::chrono::steady_clock::now();
    CHECK(widens(all, all).empty());
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(2));
  }
}
