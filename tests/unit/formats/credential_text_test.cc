#include "formats/credential_text.h"

#include <doctest/doctest.h>

#include <string>

#include "core/base/bytes.h"
#include "core/base/random.h"

namespace kms::formats {
namespace {

SecretBytes secret_text(std::string_view text) {
  return SecretBytes::copy_of(as_bytes(text));
}
std::string text_of(const SecretBytes& secret) {
  return std::string(as_text(secret.reveal()));
}

TEST_SUITE("credential text") {
  TEST_CASE("a keyfile is one line and reads back") {
    const SecretBytes secret = SystemRandom().secret(kCredentialSize);
    const std::string line = text_of(encode_keyfile(secret));
    CHECK(line.starts_with("kmsctl-keyfile-1 "));
    CHECK(line.size() == 17 + 44 + 1 + 8 + 1);
    const auto back = decode_keyfile(secret_text(line));
    REQUIRE(back);
    CHECK(*back == secret);
    CHECK(decode_keyfile(secret_text(line.substr(0, line.size() - 1))));
  }

  TEST_CASE("a keyfile with any changed character is none") {
    const std::string line = text_of(encode_keyfile(SystemRandom().secret(kCredentialSize)));
    for (std::size_t i = 0; i + 1 < line.size(); ++i) {
      std::string changed = line;
      changed[i] = changed[i] == 'a' ? 'b' : 'a';
      CHECK_FALSE(decode_keyfile(secret_text(changed)));
      CHECK_FALSE(decode_keyfile(secret_text(line.substr(0, i))));
    }
  }

  TEST_CASE("a recovery code has fourteen groups of four and reads back in any spelling") {
    const SecretBytes secret = SystemRandom().secret(kCredentialSize);
    const std::string code = text_of(encode_recovery_code(secret));
    CHECK(code.size() == 14 * 4 + 13);
    std::string loose = " ";
    for (const char letter : code) {
      if (letter == '-') {
        loose += "  ";
      } else if (letter == '0') {
        loose += 'o';
      } else if (letter == '1') {
        loose += 'L';
      } else {
        loose += static_cast<char>(letter >= 'A' ? letter - 'A' + 'a' : letter);
      }
    }
    for (const auto& text : {code, loose}) {
      const auto back = decode_recovery_code(secret_text(text));
      REQUIRE(back);
      CHECK(*back == secret);
    }
  }

  TEST_CASE("a recovery code with a wrong or missing letter is none") {
    const std::string code = text_of(encode_recovery_code(SystemRandom().secret(kCredentialSize)));
    for (std::size_t i = 0; i < code.size(); ++i) {
      if (code[i] == '-') continue;
      std::string changed = code;
      changed[i] = changed[i] == '7' ? '8' : '7';
      CHECK_FALSE(decode_recovery_code(secret_text(changed)));
      CHECK_FALSE(decode_recovery_code(secret_text(code.substr(0, i) + code.substr(i + 1))));
      CHECK_FALSE(decode_recovery_code(secret_text(code + "0")));
    }
  }
}

}  // namespace
}  // namespace kms::formats
