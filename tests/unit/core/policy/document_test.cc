#include "core/policy/document.h"

#include <doctest/doctest.h>

#include "core/base/error.h"
#include "core/base/text.h"

using namespace kms;
using namespace kms::policy;

namespace {

std::string refusal(std::string_view text, DocumentKind kind = DocumentKind::kKeyPolicy) {
  try {
    parse(kind, text);
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::kMalformedPolicy);
    return error.what();
  }
  return "accepted";
}

std::string with(std::string_view members) {
  return cat(R"({"Statement":{"Effect":"Allow","Action":"kms:*","Resource":"*",)", members, "}}");
}

}  // namespace

TEST_CASE("the default key policy has the bytes that AWS writes, and parses") {
  const std::string text = default_key_policy("111122223333");
  CHECK(
      text ==
      R"({"Version":"2012-10-17","Id":"key-default-1","Statement":[{"Sid":"Enable IAM User Permissions","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"}]})");
  const Document document = parse_key_policy(text);
  CHECK(principals_of(document) == std::vector<std::string>{"arn:aws:iam::111122223333:root"});
  CHECK(document.has_variables);
}

TEST_CASE("an account number stands for its root, and names come sorted and once") {
  const Document document = parse_key_policy(with(
      R"("Principal":{"AWS":["111122223333","arn:aws:iam::111122223333:root","arn:aws:iam::111122223333:role/a"]})"));
  CHECK(principals_of(document) ==
        std::vector<std::string>{"arn:aws:iam::111122223333:role/a", "arn:aws:iam::111122223333:root"});
}

TEST_CASE("a key policy statement without Action or Resource is accepted") {
  CHECK(parse_key_policy(R"({"Statement":[{"Effect":"Allow","Principal":"*"}]})").statements.size() == 1);
  CHECK(refusal(R"({"Statement":[{"Effect":"Allow","Resource":"*"}]})", DocumentKind::kIdentity) ==
        "Statement 1: Action or NotAction is missing");
}

TEST_CASE("a malformed policy is refused with what and where") {
  CHECK(refusal("{") == "The policy is not valid JSON.");
  CHECK(refusal("{}") == "The policy has no Statement.");
  CHECK(refusal(R"({"Statement":[],"Extra":1})") == "Policy: unknown member Extra");
  CHECK(refusal(R"({"Statement":[{"Effect":"allow","Principal":"*"}]})") ==
        "Statement 1: Effect must be Allow or Deny");
  CHECK(refusal(with(R"("Sid":"a")")) == "Statement 1: Each statement must contain one or more principals");
  CHECK(refusal(with(R"("Principal":"*","NotPrincipal":"*")")) ==
        "Statement 1: Principal and NotPrincipal exclude each other");
  CHECK(refusal(with(R"("NotPrincipal":"*")")) == "Statement 1: NotPrincipal goes with Deny only");
  CHECK(refusal(with(R"("Principal":"*","Sid":"a","Sid":"b")")) == "The member Sid is given twice.");
  CHECK(refusal(with(R"("Principal":"*","Condition":{"StringIs":{"a":"b"}})")) ==
        "Statement 1: unknown condition operator StringIs");
  for (const char* principal : {"bob", "arn:aws:iam::111122223333:user/*", "arn:aws:sts::111122223333:assumed-role/r",
                                "arn:aws:iam::111122223333:group/g", "11112222333"}) {
    CHECK(refusal(with(cat(R"("Principal":{"AWS":")", principal, "\"}"))) ==
          "Policy contains a statement with one or more invalid principals.");
  }
  CHECK(refusal(with(R"("Principal":"*","Condition":{"ForAllValues:StringEquals":{"kms:EncryptionContext:a":"b"}})"))
            .starts_with("OverlyPermissiveCondition:EncryptionContext: Using the ForAllValues set operator"));
}

TEST_CASE("hostile texts are refused") {
  CHECK(refusal(std::string(100000, '[')) == "The policy is nested too deeply.");
  CHECK(refusal(std::string(131073, ' ')) == "The policy is longer than 131072 bytes.");
  CHECK(refusal(with("\"Principal\":\"*\",\"Sid\":\"\xc4\x80\"")) ==
        "The policy holds a character that key policies do not allow.");
  CHECK(refusal(with("\"Principal\":\"*\",\"Sid\":\"\xc3\xbf\"")) == "accepted");
}

TEST_CASE("what is said of a policy does not grow with it") {
  const std::string name(60'000, 'n');
  const std::string said = refusal(with(cat("\"", name, "\":1,\"", name, "\":2")));
  CHECK(said.starts_with("The member nnn"));
  CHECK(said.size() <= 1024);
}
