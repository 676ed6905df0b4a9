// Where the secret that opens a vault comes from.
#include "cli/credentials.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/base/secret_bytes.h"

using kms::Error;
using kms::ErrorCode;
using kms::SecretBytes;

namespace {

// Types the same passphrase whenever it is asked, and keeps what it was asked by.
class TypingTerminal final : public kms::cli::Terminal {
 public:
  bool can_prompt() override { return there; }
  SecretBytes prompt_secret(std::string_view label) override {
    labels.emplace_back(label);
    return SecretBytes::copy_of(kms::as_bytes("typed"));
  }
  bool confirm(std::string_view /*question*/) override { return false; }
  bool input_is_terminal() override { return there; }
  bool output_is_terminal() override { return there; }
  bool error_is_terminal() override { return there; }

  bool there = true;
  std::vector<std::string> labels;
};

// How often the credential was tried until `opens_at`, or until it was given up.
int tries_until(TypingTerminal& terminal, int opens_at, ErrorCode failure = ErrorCode::kWrongPassphrase) {
  kms::cli::GlobalOptions options;
  options.vault = "/the/vault";
  int tries = 0;
  const auto use = [&](const kms::vault::Credential& credential) {
    CHECK(credential.kind == kms::SlotKind::kPassphrase);
    if (++tries < opens_at) throw Error(failure, "");
  };
  try {
    kms::cli::with_unlocking_credential(options, terminal, /*allow_prompt=*/true, use);
  } catch (const Error& error) {
    CHECK(error.code() == (terminal.there ? failure : ErrorCode::kVaultLocked));
    CHECK(tries < opens_at);
  }
  return tries;
}

}  // namespace

TEST_SUITE("credentials of the command line") {
  TEST_CASE("a passphrase that opens nothing is asked for again, three times in all, by the name of the vault") {
    TypingTerminal terminal;
    CHECK(tries_until(terminal, 1) == 1);
    CHECK(terminal.labels == std::vector<std::string>{"Passphrase of /the/vault"});
    CHECK(tries_until(terminal, 3) == 3);
    CHECK(terminal.labels.back() == "That opens nothing. Passphrase of /the/vault");
    CHECK(tries_until(terminal, 9) == 3);
  }

  TEST_CASE("another failure is told at once") {
    TypingTerminal terminal;
    CHECK(tries_until(terminal, 2, ErrorCode::kVaultDamaged) == 1);
  }

  TEST_CASE("nobody is asked where there is no terminal") {
    TypingTerminal terminal;
    terminal.there = false;
    CHECK(tries_until(terminal, 1) == 0);
    CHECK(terminal.labels.empty());
  }
}
