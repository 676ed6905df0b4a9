// What is asked of a request before more than its header is read.
#include <doctest/doctest.h>

#include "cli/agent/body_limit.h"
#include "cli/agent/protocol.h"
#include "core/base/encoding.h"
#include "core/base/time_text.h"
#include "core/crypto/digest.h"
#include "core/crypto/mac.h"
#include "core/records/vault.h"
#include "tests/unit/cli/agent/http_site.h"
#include "tests/unit/vault/vault_world.h"

using namespace kms;
using namespace kms::agent;
using namespace kms::test;

namespace {

constexpr std::string_view kNow = "2026-11-26T12:00:00Z";
constexpr std::string_view kTimestamp = "20261126T120000Z";

std::string create_vault(VaultWorld& world) {
  const SecretBytes key = raw_key('k');
  vault::create(world.path, {{SlotKind::kKeyfile, kRoot, &key}}, parse_time(kNow).value(), world.random, world.options,
                [&](Transaction& transaction) {
                  put_first_records(transaction, {"111122223333", "us-east-1"}, world.random);
                });
  return world.path;
}

struct OpenSite {
  OpenSite() {
    site.keeper.unlock(keyfile('k'), proof_of_uid(kUnix.uid));
    Client owner(site, kUnix);
    const std::string answer = owner.send(
        "POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: Kmsctl.CreateAccessKey\r\nContent-Length: 20\r\n\r\n"
        "{\"Principal\":\"root\"}");
    REQUIRE(status_of(answer) == "200");
    const Json key = Json::parse(body_of(answer)).at("AccessKey");
    id = key.at("AccessKeyId");
    secret = key.at("SecretAccessKey");
  }

  struct Signing {
    std::string id;
    std::string secret;
    std::string_view service = "kms";
    std::string_view timestamp = kTimestamp;
    bool with_hash = false;
    std::string_view more = "";
  };
  Signing good() const { return {id, secret}; }

  // The header of a signed request, with the empty line that ends it.
  static std::string header(const Signing& by, std::string_view operation, std::string_view body) {
    const auto hex_digest = [](std::string_view text) {
      return encode_hex(crypto::digest(crypto::Hash::kSha256, as_bytes(text)));
    };
    const std::string target = cat("TrentService.", operation);
    const std::string scope = cat(by.timestamp.substr(0, 8), "/us-east-1/", by.service, "/aws4_request");
    const std::string canonical = cat("POST\n/\n\nhost:localhost\nx-amz-date:", by.timestamp, "\nx-amz-target:", target,
                                      "\n\nhost;x-amz-date;x-amz-target\n", hex_digest(body));
    SecretBytes key = secret_of("AWS4" + by.secret);
    for (const std::string_view part : split(scope, '/')) {
      key = SecretBytes::copy_of(crypto::hmac_sha256(key, as_bytes(part)));
    }
    const std::string to_sign = cat("AWS4-HMAC-SHA256\n", by.timestamp, "\n", scope, "\n", hex_digest(canonical));
    return cat("POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Date: ", by.timestamp, "\r\nX-Amz-Target: ", target,
               "\r\nAuthorization: AWS4-HMAC-SHA256 Credential=", by.id, "/", scope,
               ", SignedHeaders=host;x-amz-date;x-amz-target, Signature=",
               encode_hex(crypto::hmac_sha256(key, as_bytes(to_sign))), "\r\n",
               by.with_hash ? cat("X-Amz-Content-Sha256: ", hex_digest(body), "\r\n") : std::string(),
               "Content-Length: ", std::to_string(body.size()), "\r\n", by.more, "\r\n");
  }

  // What comes back before any of the body is sent.
  std::string early(const Signing& by, std::string_view operation, std::string_view body) {
    Client client(site);
    return client.send(header(by, operation, body));
  }

  VaultWorld world;
  Site site{create_vault(world), kNow};
  std::string id;
  std::string secret;
};

std::string type_of(const std::string& answer) {
  return field(answer, "x-amzn-ErrorType");
}

const std::string kBody = cat("{\"Limit\":1", std::string(40000, ' '), "}");

}  // namespace

TEST_SUITE("agent/before body") {
  TEST_CASE("over TCP, what can be verified without the body is, before the body is read") {
    OpenSite open;
    CHECK(open.early(open.good(), "ListKeys", kBody).empty());
    auto by = open.good();
    by.id = "AKIAAAAAAAAAAAAAAAAA";
    CHECK(type_of(open.early(by, "ListKeys", kBody)) == "UnrecognizedClientException");
    by = open.good();
    by.service = "sts";
    CHECK(type_of(open.early(by, "ListKeys", kBody)) == "InvalidSignatureException");
    by = open.good();
    by.timestamp = "20261126T110000Z";
    CHECK(type_of(open.early(by, "ListKeys", kBody)) == "InvalidSignatureException");
    by = open.good();
    by.more = "X-Amz-Security-Token: x\r\n";
    CHECK(type_of(open.early(by, "ListKeys", kBody)) == "UnrecognizedClientException");
    CHECK(type_of(open.early(open.good(), "NoSuchThing", kBody)) == "UnknownOperationException");
    Client unsigned_one(open.site);
    CHECK(type_of(unsigned_one.send("POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: TrentService.ListKeys\r\n"
                                    "Content-Length: 40000\r\n\r\n")) == "MissingAuthenticationTokenException");
    Client foreign(open.site);
    CHECK(type_of(foreign.send("POST / HTTP/1.1\r\nHost: evil\r\nX-Amz-Target: TrentService.ListKeys\r\n"
                               "Content-Length: 40000\r\n\r\n")) == "AccessDeniedException");
    // A wrong secret is found out with the body, or by its hash.
    by = open.good();
    by.secret = "wrong";
    CHECK(open.early(by, "ListKeys", kBody).empty());
    by.with_hash = true;
    CHECK(type_of(open.early(by, "ListKeys", kBody)) == "InvalidSignatureException");
  }

  TEST_CASE("a body in pieces is what was signed, and only that") {
    OpenSite open;
    Client client(open.site);
    std::string body = kBody;
    const std::string header = OpenSite::header(open.good(), "ListKeys", body);
    CHECK(status_of(client.send(header + body)) == "200");
    CHECK(client.send(header).empty());
    CHECK(client.send(body.substr(0, 20000)).empty());
    CHECK(status_of(client.send(body.substr(20000))) == "200");
    CHECK(status_of(client.send(header + body)) == "200");
    body.back() = ' ';
    CHECK(type_of(client.send(header + body)) == "InvalidSignatureException");
    auto by = open.good();
    by.more = "Expect: 100-continue\r\n";
    Client expecting(open.site);
    CHECK(expecting.send(OpenSite::header(by, "ListKeys", kBody)) == "HTTP/1.1 100 Continue\r\n\r\n");
    CHECK(status_of(expecting.send(kBody)) == "200");
  }

  TEST_CASE("over TCP, a body has 64 KiB unless its operation can need more") {
    OpenSite open;
    const std::string large(70000, ' ');
    CHECK(status_of(open.early(open.good(), "ListKeys", large)) == "413");
    CHECK(status_of(open.early(open.good(), "GetKeyPolicy", large)) == "413");
    CHECK(open.early(open.good(), "PutKeyPolicy", large).empty());
    CHECK(status_of(open.early(open.good(), "PutKeyPolicy", std::string(1048577, ' '))) == "413");
    Client form(open.site);
    CHECK(type_of(form.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                            "Content-Length: 70000\r\n\r\n")) == "MissingAuthenticationTokenException");
    for (const Operation& row : operations()) {  // no request that its bounds allow is cut off
      CAPTURE(row.name);
      CHECK(body_limit(row.fields()) >= kSmallBodyLimit);
      CHECK(body_limit(row.fields()) <= kBodyLimit);
    }
  }

  TEST_CASE("bodies under way give way to later ones when they are too many, and none of them is lost in silence") {
    OpenSite open;
    std::vector<std::unique_ptr<Client>> clients;
    const std::string header = OpenSite::header(open.good(), "ListKeys", kBody);
    for (int i = 0; i < 100; ++i) {
      clients.push_back(std::make_unique<Client>(open.site));
      CHECK(clients.back()->send(header + "{").empty());
    }
    CHECK(open.site.bodies.left() < kBody.size());
    Client last(open.site);
    CHECK(last.send(header).empty());
    CHECK(status_of(clients.front()->receive()) == "503");
    CHECK(status_of(last.send(kBody)) == "200");
    CHECK(status_of(clients.back()->send(kBody.substr(1))) == "200");
    clients.clear();
    CHECK(open.site.bodies.left() == std::size_t{1} << 20U);
  }
}
