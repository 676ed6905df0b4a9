#include "formats/pem.h"

#include <doctest/doctest.h>

#include "core/crypto/key_pair.h"

using namespace kms;
using namespace kms::formats;

namespace {

// Written by `openssl pkey -pubout` for an Ed25519 key.
constexpr std::string_view kPem =
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEAfU0Of2FTpptiQrUiq77mhf2kINLV+INWNsdZ8HCEuqY=\n"
    "-----END PUBLIC KEY-----\n";

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  return text.replace(text.find(from), from.size(), to);
}

}  // namespace

TEST_SUITE("formats/pem") {
  TEST_CASE("reads what other tools write, and writes the same") {
    const auto der = decode_public_key(as_bytes(kPem));
    REQUIRE(der);
    CHECK(encode_public_key_pem(*der) == kPem);
    CHECK(decode_public_key(*der) == der);
  }

  TEST_CASE("long keys go over several lines") {
    const Bytes der = crypto::KeyPair::generate(crypto::KeyType::kP521).public_der();
    const std::string pem = encode_public_key_pem(der);
    CHECK(pem.find('\n', 27) == 27 + 64);
    CHECK(decode_public_key(as_bytes(pem)) == der);
  }

  TEST_CASE("takes lines that end in CR LF, a missing last line end, and empty lines at the end") {
    std::string crlf;
    for (const char c : kPem) crlf += c == '\n' ? std::string("\r\n") : std::string(1, c);
    CHECK(decode_public_key(as_bytes(crlf)));
    CHECK(decode_public_key(as_bytes(kPem.substr(0, kPem.size() - 1))));
    CHECK(decode_public_key(as_bytes(std::string(kPem) + "\n\n")));
  }

  TEST_CASE("refuses everything else") {
    const std::string pem(kPem);
    const Bytes der = decode_public_key(as_bytes(pem)).value();
    for (const std::string& text :
         {std::string(), "x" + pem, pem + "x", pem + pem, replaced(pem, "PUBLIC", "RSA PUBLIC"),
          replaced(pem, "END PUBLIC", "END PRIVATE"), replaced(pem, "-----END PUBLIC KEY-----\n", ""),
          replaced(pem, "MCow", "MCow\n"), replaced(pem, "MCow", " MCow"), replaced(pem, "MCow", "MC*w"),
          replaced(pem, "MCow", "\nMCow"), replaced(pem, "qY=", "qY"), replaced(pem, "MCow", "MCsw"),
          replaced(pem, "MCow", "MCowMCowMCow")}) {
      CAPTURE(text);
      CHECK_FALSE(decode_public_key(as_bytes(text)));
    }
    Bytes longer = der;
    longer.push_back(0);
    CHECK_FALSE(decode_public_key(longer));
    CHECK_FALSE(decode_public_key(ByteView(der).first(der.size() - 1)));
    CHECK_FALSE(decode_public_key(Bytes{0x30}));
    CHECK_FALSE(decode_public_key(Bytes{0x30, 0x80, 0, 0}));
    CHECK_FALSE(decode_public_key(Bytes{0x30, 0x81, 1, 0}));
    CHECK_FALSE(decode_public_key(Bytes{0x30, 0x85, 0, 0, 0, 0, 1, 0}));
  }
}
