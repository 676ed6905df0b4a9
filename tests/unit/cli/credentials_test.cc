// Where the secret that opens a vault comes from.
#include "cli/credentials.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/base/secret_bytes.h"
#include "tests/unit/cli/typing_terminal.h"

using kms::Error;
using kms::ErrorCode;
using kms::SecretBytes;
using kms::test::TypingTerminal;

namespace {

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
