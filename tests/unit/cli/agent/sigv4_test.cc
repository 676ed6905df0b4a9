#include "cli/agent/sigv4.h"

#include <doctest/doctest.h>

#include "core/base/encoding.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/base/time_text.h"
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

// Signs as the reference says, for a canonical request that the test writes down.
std::string signature_of(std::string_view canonical_request, std::string_view timestamp, std::string_view scope) {
  const auto hex_digest = [](std::string_view text) {
    return encode_hex(crypto::digest(crypto::Hash::kSha256, as_bytes(text)));
  };
  const std::string first = cat("AWS4", kSecret);
  SecretBytes key = SecretBytes::copy_of(as_bytes(first));
  for (const std::string_view part : split(scope, '/')) {
    key = SecretBytes::copy_of(crypto::hmac_sha256(key, as_bytes(part)));
  }
  const std::string to_sign = cat("AWS4-HMAC-SHA256\n", timestamp, "\n", scope, "\n", hex_digest(canonical_request));
  return encode_hex(crypto::hmac_sha256(key, as_bytes(to_sign)));
}

constexpr std::string_view kEmptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr std::string_view kScope = "20150830/us-east-1/sts/aws4_request";
constexpr std::string_view kPresigned =
    "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKID%2F20150830%2Fus-east-1%2Fsts%2Faws4_request"
    "&X-Amz-Date=20150830T123600Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host";

// What a presigned GET of "/?QUERY" comes to, when it was signed as "/?SIGNED".
std::optional<ErrorCode> presigned_failure(std::string_view signed_query, std::string_view query) {
  const auto whole = [](std::string_view part) { return cat(part, "&", kPresigned); };
  const std::string value = signature_of(cat("GET\n/\n", whole(signed_query), "\nhost:localhost\n\nhost\n", kEmptyHash),
                                         "20150830T123600Z", kScope);
  const std::string target = cat("/?", whole(query), "&X-Amz-Signature=", value);
  const SignedMessage message{"GET", target, {{"host", "localhost"}}, ""};
  return failure(message, kSecret, kThen);
}

struct HeaderForm {
  std::string_view timestamp = "20150830T123600Z";
  std::string_view scope = "20150830/us-east-1/kms/aws4_request";
  std::string_view signed_headers = "host;x-amz-date;x-amz-target";
  std::string_view query;
  std::string_view body;
  std::string_view more;  // of the Authorization header
  std::vector<std::pair<std::string, std::string_view>> headers;
};

// What a POST comes to that is signed right but for its form.
std::optional<ErrorCode> form_failure(const HeaderForm& form, Time now = kThen) {
  const std::string canonical = cat("POST\n/\n", form.query, "\nhost:localhost\nx-amz-date:", form.timestamp,
                                    "\nx-amz-target:TrentService.ListKeys\n\n", form.signed_headers, "\n",
                                    encode_hex(crypto::digest(crypto::Hash::kSha256, as_bytes(form.body))));
  const std::string authorization =
      cat("AWS4-HMAC-SHA256 Credential=AKID/", form.scope, ", SignedHeaders=", form.signed_headers,
          ", Signature=", signature_of(canonical, form.timestamp, form.scope), form.more);
  const std::string target = cat("/", form.query.empty() ? "" : "?", form.query);
  SignedMessage message{"POST",
                        target,
                        {{"host", "localhost"},
                         {"x-amz-date", form.timestamp},
                         {"x-amz-target", "TrentService.ListKeys"},
                         {"authorization", authorization}},
                        form.body};
  message.headers.insert(message.headers.end(), form.headers.begin(), form.headers.end());
  return failure(message, kSecret, now);
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
    for (const std::string_view expires : {"0", "604801", "x", "", "+60", "-60", "60s", "%2060"}) {
      CAPTURE(expires);
      const std::string target = presigned(expires, zeros);
      CHECK(failure({"GET", target, {{"host", "localhost"}}, ""}, kSecret, kThen) == ErrorCode::kIncompleteSignature);
    }
    const std::string wrong = presigned("60", zeros);
    CHECK(failure({"GET", wrong, {{"host", "localhost"}}, ""}, kSecret, kThen) == ErrorCode::kInvalidRequestSignature);
  }

  TEST_CASE("a query is signed byte for byte: no other spelling of it has its signature") {
    CHECK(presigned_failure("Action=AssumeRole&RoleArn=x%2By", "Action=AssumeRole&RoleArn=x%2By") == std::nullopt);
    CHECK(presigned_failure("Action=AssumeRole&RoleArn=x%2By", "RoleArn=x%2By&Action=AssumeRole") == std::nullopt);
    for (const std::string_view other :
         {"Action=AssumeRole&RoleArn=x+y", "Action=AssumeRole&RoleArn=x%2by", "Action=AssumeRole&RoleArn=%78%2By",
          "%41ction=AssumeRole&RoleArn=x%2By", "Action=AssumeRole&RoleArn=x%20y"}) {
      CAPTURE(other);
      CHECK(presigned_failure("Action=AssumeRole&RoleArn=x%2By", other) == ErrorCode::kInvalidRequestSignature);
    }
    CHECK(presigned_failure("Action=A&Name=%2F", "Action=A&Name=/") == ErrorCode::kInvalidRequestSignature);
  }

  TEST_CASE("a parameter that stands twice, or without a value, is refused though it is signed") {
    for (const std::string_view query :
         {"Action=A&Action=B", "Action=A&%41ction=B", "Action=A&Version", "Action=A&", "Action=A&X-Amz-Date=1"}) {
      CAPTURE(query);
      CHECK(presigned_failure(query, query) == ErrorCode::kIncompleteSignature);
    }
    CHECK(presigned_failure("Action=A&Version=", "Action=A&Version") == ErrorCode::kIncompleteSignature);
    HeaderForm form;
    form.query = "a=1&a=2";
    CHECK(form_failure(form) == ErrorCode::kIncompleteSignature);
    form.query = "a=1&b=2";
    CHECK(form_failure(form) == std::nullopt);
  }

  TEST_CASE("each part of the scope is what it says, whole") {
    CHECK(form_failure({}) == std::nullopt);
    for (const std::string_view scope :
         {"2015/us-east-1/kms/aws4_request", "/us-east-1/kms/aws4_request", "2015083/us-east-1/kms/aws4_request",
          "20150830T/us-east-1/kms/aws4_request", "20150831/us-east-1/kms/aws4_request", "20150830//kms/aws4_request",
          "20150830/us-east-1//aws4_request", "20150830/us-east-1/kms/aws4_reques",
          "20150830/us-east-1/kms/aws4_request/", "20150830/us-east-1/kms/AWS4_REQUEST"}) {
      CAPTURE(scope);
      HeaderForm form;
      form.scope = scope;
      CHECK(form_failure(form) == ErrorCode::kIncompleteSignature);
    }
    for (const std::string_view timestamp :
         {"20150830T123600", "20150830T123600z", "20150830 123600Z", "20150830T12360Z ", "2015083OT123600Z",
          "20150830T126000Z", "20150830T123600.0Z", "1440938160", "20150230T123600Z"}) {
      CAPTURE(timestamp);
      HeaderForm form;
      form.timestamp = timestamp;
      CHECK(form_failure(form) == ErrorCode::kIncompleteSignature);
    }
  }

  TEST_CASE("a header that stands twice, where one of the two is read, is refused though both are signed") {
    for (const auto& twice :
         std::vector<std::pair<std::string, std::string_view>>{{"x-amz-target", "TrentService.ListKeys"},
                                                               {"x-amz-date", "20150830T123600Z"},
                                                               {"host", "localhost"},
                                                               {"authorization", "AWS4-HMAC-SHA256 Credential=AKID"},
                                                               {"x-amz-target", ""}}) {
      CAPTURE(twice.first);
      HeaderForm form;
      form.headers = {twice};
      CHECK(form_failure(form) == ErrorCode::kIncompleteSignature);
    }
    HeaderForm form;
    form.headers = {{"content-type", "a"}, {"content-type", "b"}};
    CHECK(form_failure(form) == ErrorCode::kIncompleteSignature);
    form.headers = {{"accept", "a"}, {"accept", "b"}};  // neither read nor signed
    CHECK(form_failure(form) == std::nullopt);
    // Two headers and one with both values have one canonical form.
    auto two = example();
    set(two, "content-type", "application/x-www-form-urlencoded;");
    two.headers.emplace_back("content-type", "charset=utf-8");
    CHECK(failure(two, kSecret, kThen) == ErrorCode::kIncompleteSignature);
  }

  TEST_CASE("the parts of an Authorization header stand once, and the names of headers in order") {
    HeaderForm form;
    for (const std::string_view more : {", Signature=00", ", Credential=AKID/20150830/us-east-1/kms/aws4_request",
                                        ", SignedHeaders=host", ", Other=x", ","}) {
      CAPTURE(more);
      form.more = more;
      CHECK(form_failure(form) == ErrorCode::kIncompleteSignature);
    }
    form.more = {};
    for (const std::string_view names : {"host;host;x-amz-date;x-amz-target", "x-amz-date;host;x-amz-target",
                                         "Host;x-amz-date;x-amz-target", ";host;x-amz-date;x-amz-target"}) {
      CAPTURE(names);
      form.signed_headers = names;
      CHECK(form_failure(form) == ErrorCode::kIncompleteSignature);
    }
  }

  TEST_CASE("a request is signed in one place") {
    HeaderForm form;
    form.query = kPresigned;
    CHECK(form_failure(form) == ErrorCode::kIncompleteSignature);
    const std::string target = cat("/?", kPresigned, "&X-Amz-Signature=", std::string(64, '0'));
    SignedMessage message{"GET", target, {{"host", "localhost"}}, ""};
    message.headers.emplace_back("x-amz-security-token", "t");
    CHECK(failure(message, kSecret, kThen) == ErrorCode::kIncompleteSignature);
  }

  TEST_CASE("without the body, all is told that can be told") {
    auto message = example();
    message.body.reset();
    CHECK(failure(message, kSecret, kThen) == std::nullopt);
    CHECK(failure(message, "another", kThen) == std::nullopt);  // the body decides
    CHECK(failure(message, kSecret, kThen + std::chrono::hours(1)) == ErrorCode::kInvalidRequestSignature);
    message.headers.emplace_back("x-amz-target", "TrentService.ListKeys");
    CHECK(failure(message, kSecret, kThen) == ErrorCode::kInvalidRequestSignature);
    message.headers.back() = {"x-amz-content-sha256", kEmptyHash};
    CHECK(failure(message, kSecret, kThen) == std::nullopt);
    CHECK(failure(message, "another", kThen) == ErrorCode::kInvalidRequestSignature);
  }
}
