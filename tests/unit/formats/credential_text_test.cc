#include "formats/credential_text.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "core/base/bytes.h"

using namespace kms;
using namespace kms::formats;

namespace {

SecretBytes secret_of(std::string_view text) {
  return SecretBytes::copy_of(as_bytes(text));
}

SecretBytes counting() {
  SecretBytes secret(kCredentialSize);
  for (std::size_t i = 0; i < secret.size(); ++i) secret.reveal()[i] = static_cast<std::uint8_t>(i * 7);
  return secret;
}

std::string text_of(const SecretBytes& secret) {
  return std::string(as_text(secret.reveal()));
}

bool reads_keyfile(const std::string& text) {
  const auto decoded = decode_keyfile(secret_of(text));
  return decoded && *decoded == counting();
}

bool reads_code(const std::string& text) {
  const auto decoded = decode_recovery_code(secret_of(text));
  return decoded && *decoded == counting();
}

}  // namespace

TEST_SUITE("formats/credential_text") {
  TEST_CASE("the texts are those of the specification") {
    CHECK(text_of(encode_keyfile(counting())) == "kmsctl-keyfile-1 AAcOFRwjKjE4P0ZNVFtiaXB3foWMk5qhqK+2vcTL0tlTVog\n");
    CHECK(text_of(encode_recovery_code(counting())) ==
          "003G-W58W-4CN3-2E1Z-8S6N-8PV2-D5R7-EZM5-HJ9S-N8D8-NYVB-VH6B-TBCM-79ZN");
  }

  TEST_CASE("a keyfile is read with or without the end of its line") {
    const std::string text = text_of(encode_keyfile(counting()));
    CHECK(reads_keyfile(text));
    CHECK(reads_keyfile(text.substr(0, text.size() - 1)));
    CHECK(reads_keyfile(text.substr(0, text.size() - 1) + "\r\n"));
    CHECK(reads_keyfile(text + "\n"));
    CHECK(reads_keyfile(text + "\r\n\n"));
    CHECK(reads_keyfile("\xef\xbb\xbf" + text));
    CHECK_FALSE(decode_keyfile(secret_of(" " + text)));
    CHECK_FALSE(decode_keyfile(secret_of("\n" + text)));
    CHECK_FALSE(decode_keyfile(secret_of(text + " \n")));
    CHECK_FALSE(decode_keyfile(secret_of("\xef\xbb" + text)));
    CHECK_FALSE(decode_keyfile(SecretBytes()));
  }

  TEST_CASE("a passphrase is what its file says, whichever editor wrote it") {
    const auto line = [](const std::string& content) { return text_of(line_of(secret_of(content))); };
    for (const char* content : {"pass", "pass\n", "pass\r\n", "\xef\xbb\xbfpass\r\n"}) {
      CAPTURE(content);
      CHECK(line(content) == "pass");
    }
    CHECK(line("pass\n\n") == "pass\n");  // one end of line alone: what else is there was meant
    CHECK(line("pass\r") == "pass\r");
    CHECK(line(" pass ") == " pass ");
    CHECK(line("\r\n").empty());
    CHECK(line("").empty());
  }

  TEST_CASE("a passphrase that nobody can type has control characters") {
    for (const char* typed : {"pass phrase", "p\xc3\xa4ss", "~"}) CHECK_FALSE(has_control_characters(secret_of(typed)));
    for (const char* odd : {"pass\n", "pass\r", "a\tb", "\x1b[A", "\x7f"})
      CHECK(has_control_characters(secret_of(odd)));
  }

  TEST_CASE("a keyfile with any other character in any place is none") {
    const std::string text = text_of(encode_keyfile(counting()));
    for (std::size_t at = 0; at + 1 < text.size(); ++at) {
      CAPTURE(at);
      std::string changed = text;
      changed[at] = changed[at] == 'A' ? 'B' : 'A';
      CHECK_FALSE(decode_keyfile(secret_of(changed)));
      CHECK_FALSE(decode_keyfile(secret_of(text.substr(0, at))));
    }
  }

  TEST_CASE("a recovery code is read as people write it down") {
    std::string text = text_of(encode_recovery_code(counting()));
    CHECK(reads_code(text));
    std::string changed = text;
    std::transform(changed.begin(), changed.end(), changed.begin(), [](char c) {
      if (c == '0') return 'o';
      if (c == '1') return 'l';
      return c == '-' ? ' ' : static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    });
    CHECK(reads_code(changed));
    text.erase(std::remove(text.begin(), text.end(), '-'), text.end());
    CHECK(text.size() == 56);
    CHECK(reads_code(" " + text + "\n"));
  }

  TEST_CASE("a recovery code with a wrong, missing, doubled or exchanged character is none") {
    const std::string text = text_of(encode_recovery_code(counting()));
    for (std::size_t at = 0; at < text.size(); ++at) {
      if (text[at] == '-') continue;
      CAPTURE(at);
      std::string changed = text;
      changed[at] = changed[at] == 'Q' ? 'R' : 'Q';
      CHECK_FALSE(decode_recovery_code(secret_of(changed)));
      changed = text;
      CHECK_FALSE(decode_recovery_code(secret_of(changed.erase(at, 1))));
      changed = text;
      CHECK_FALSE(decode_recovery_code(secret_of(changed.insert(at, 1, text[at]))));
      changed = text;
      changed[at] = 'U';
      CHECK_FALSE(decode_recovery_code(secret_of(changed)));
    }
    CHECK_FALSE(decode_recovery_code(secret_of(text + std::string(300, ' '))));
    CHECK_FALSE(decode_recovery_code(SecretBytes()));
  }

  TEST_CASE("neither form reads as the other") {
    CHECK_FALSE(decode_recovery_code(encode_keyfile(counting())));
    CHECK_FALSE(decode_keyfile(encode_recovery_code(counting())));
  }
}
