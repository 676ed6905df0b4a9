#include "cli/agent/sigv4.h"

#include <doctest/doctest.h>

#include "core/base/encoding.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/crypto/digest.h"
#include "core/crypto/mac.h"

using namespace kms;
using namespace kms::agent;

namespace {

// The example of the AWS General Reference, "Signature Version 4 signing process".
constexpr std::string_view kSecret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
constexpr std::string_view kAuthorization =
    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, "
    "SignedHeaders=content-type;host;x-amz-date, "
    "Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7";

SignedMessage example() {
  return {"GET",
          "/?Action=ListUsers&Version=2010-05-08",
          {{"content-type", "application/x-www-form-urlencoded; charset=utf-8"},
           {"host", "iam.amazonaws.com"},
           {"x-amz-date", "20150830T123600Z"},
           {"authorization", kAuthorization}},
          ""};
}

const Time kThen = parse_time("2015-08-30T12:36:00Z").value();

std::optional<ErrorCode> failure(const SignedMessage& message, std::string_view secret, Time now) {
  try {
    const auto signature = read_signature(message);
    if (!signature) return ErrorCode::kMissingToken;
    verify_signature(*signature, message, SecretBytes::copy_of(as_bytes(secret)), now);
    return std::nullopt;
  } catch (const Error& error) {
    return error.code();
  }
}

void set(SignedMessage& message, std::string_view name, std::string_view value) {
  for (auto& header : message.headers) {
    if (header.first == name) header.second = value;
  }
}

}  // namespace

TEST_SUITE("agent/sigv4") {
  TEST_CASE("the example of the reference verifies, and nothing that differs from it") {
    CHECK(failure(example(), kSecret, kThen) == std::nullopt);
    CHECK(failure(example(), "another", kThen) == ErrorCode::kInvalidRequestSignature);
    auto other = example();
    other.method = "POST";
    CHECK(failure(other, kSecret, kThen) == ErrorCode::kInvalidRequestSignature);
    other = example();
    other.target = "/?Action=ListRoles&Version=2010-05-08";
    CHECK(failure(other, kSecret, kThen) == ErrorCode::kInvalidRequestSignature);
    other = example();
    other.target = "/x?Action=ListUsers&Version=2010-05-08";
    CHECK(failure(other, kSecret, kThen) == ErrorCode::kInvalidRequestSignature);
    other = example();
    other.body = "x";
    CHECK(failure(other, kSecret, kThen) == ErrorCode::kInvalidRequestSignature);
    other = example();
    set(other, "host", "example.com");
    CHECK(failure(other, kSecret, kThen) == ErrorCode::kInvalidRequestSignature);
    other = example();
    other.headers.emplace_back("x-amz-target", "TrentService.ListKeys");  // not signed
    CHECK(failure(other, kSecret, kThen) == ErrorCode::kInvalidRequestSignature);
    other = example();
    other.headers.emplace_back("x-amz-security-token", "token");
    CHECK(failure(other, kSecret, kThen) == ErrorCode::kInvalidRequestSignature);
  }

  TEST_CASE("the order of the query and blanks around values make no difference") {
    auto other = example();
    other.target = "/?Version=2010-05-08&Action=ListUsers";
    CHECK(failure(other, kSecret, kThen) == std::nullopt);
    other = example();
    set(other, "content-type", "  application/x-www-form-urlencoded;   charset=utf-8 ");
    CHECK(failure(other, kSecret, kThen) == std::nullopt);
  }

  TEST_CASE("a signature holds for five minutes to both sides") {
    using std::chrono::seconds;
    CHECK(failure(example(), kSecret, kThen + seconds(300)) == std::nullopt);
    CHECK(failure(example(), kSecret, kThen - seconds(300)) == std::nullopt);
    CHECK(failure(example(), kSecret, kThen + seconds(301)) == ErrorCode::kInvalidRequestSignature);
    CHECK(failure(example(), kSecret, kThen - seconds(301)) == ErrorCode::kInvalidRequestSignature);
  }

  TEST_CASE("what is no signature is told apart from a wrong one") {
    auto none = example();
    none.headers.pop_back();
    CHECK(failure(none, kSecret, kThen) == ErrorCode::kMissingToken);
    for (const std::string_view text :
         {"Basic dXNlcjpwYXNz", "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 Credential=AKID/20150830/us-east-1/iam",
          "AWS4-HMAC-SHA256 Credential=AKID/20150830/us-east-1/iam/aws4_request",
          "AWS4-HMAC-SHA256 Credential=AKID/20150830/us-east-1/iam/aws4_request, SignedHeaders=host",
          "AWS4-HMAC-SHA256 Credential=AKID/20150830/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=zz",
          "AWS4-HMAC-SHA256 Credential=AKID/20150830/us-east-1/iam/aws4_request, SignedHeaders=x-amz-date, "
          "Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
          "AWS4-HMAC-SHA256 Credential=AKID/20150831/us-east-1/iam/aws4_request, SignedHeaders=host, "
          "Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"}) {
      CAPTURE(text);
      auto other = example();
      set(other, "authorization", text);
      CHECK(failure(other, kSecret, kThen) == ErrorCode::kIncompleteSignature);
    }
    auto dateless = example();
    set(dateless, "x-amz-date", "20150830 12:36");
    CHECK(failure(dateless, kSecret, kThen) == ErrorCode::kIncompleteSignature);
  }

  TEST_CASE("a presigned request expires when it says") {
    const auto presigned = [](std::string_view expires, std::string_view signature) {
      return cat("/?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKID%2F20150830%2Fus-east-1%2Fsts%2Faws4_request",
                 "&X-Amz-Date=20150830T123600Z&X-Amz-Expires=", expires,
                 "&X-Amz-SignedHeaders=host&X-Amz-Signature=", signature);
    };
    const std::string zeros(64, '0');
    for (const std::string_view expires : {"0", "604801", "x", ""}) {
      CAPTURE(expires);
      const std::string target = presigned(expires, zeros);
      CHECK(failure({"GET", target, {{"host", "localhost"}}, ""}, kSecret, kThen) == ErrorCode::kIncompleteSignature);
    }
    const std::string wrong = presigned("60", zeros);
    CHECK(failure({"GET", wrong, {{"host", "localhost"}}, ""}, kSecret, kThen) == ErrorCode::kInvalidRequestSignature);
  }
}
