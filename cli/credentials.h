#pragma once
// Where the secret that opens a vault comes from, and where a new one goes.
#include <functional>
#include <optional>
#include <string>

#include "cli/session.h"
#include "cli/terminal.h"
#include "core/base/random.h"
#include "vault/local/vault.h"

namespace kms::cli {

// The first of: --passphrase-fd, --passphrase-file, --keyfile, $KMSCTL_KEYFILE, $KMSCTL_PASSPHRASE_FILE, the files
// kmsctl.keyfile and kmsctl.passphrase in $CREDENTIALS_DIRECTORY (systemd), the terminal when `allow_prompt`. A file
// that others may read is refused, except in $CREDENTIALS_DIRECTORY, which is private itself. A passphrase that reads
// as a recovery code is one. Throws kVaultLocked when there is no source, kFile, or kUsage for a content that is no
// passphrase (1 to 1024 bytes, see formats::line_of()) or no keyfile.
vault::Credential unlocking_credential(const GlobalOptions& options, Terminal& terminal, bool allow_prompt);

// Does what the credential is for. Where the terminal was asked and the answer opens nothing
// (WrongPassphraseException), it is asked again, three times in all.
void with_unlocking_credential(const GlobalOptions& options, Terminal& terminal, bool allow_prompt,
                               const std::function<void(const vault::Credential&)>& use);

// Does what opens the vault's files in this process by the credential. Where that opens nothing, the attempt is noted
// beside them (vault::note_failed_unlock()) for the trail, and the error passed on.
void noting_failure(const GlobalOptions& options, Terminal& terminal, const vault::Credential& credential,
                    const std::function<void()>& open);

// Files that the environment names.
inline constexpr const char* kKeyfileVariable = "KMSCTL_KEYFILE";
inline constexpr const char* kPassphraseFileVariable = "KMSCTL_PASSPHRASE_FILE";
// Makes the paths in them absolute, for a program that is started from here and may be in another directory.
void fix_credential_variables();

// What the environment names: see above. Nothing where it names none.
std::optional<vault::Credential> environment_credential(StandardStreams& streams);

// The content of a file that holds a secret: kFile where others may read it, or it is longer than 4096 bytes.
SecretBytes read_private_file(StandardStreams& streams, const std::string& path);

struct NewCredentialOptions {
  int fd = -1;                   // read a passphrase from here
  std::string file;              // or from this file
  std::string generate_keyfile;  // or make one at random and write it here
  std::string label;             // what the credential is for; not where one is replaced

  // Parts of the options of a command (option_fields.h).
  template <class Visitor>
  void source_fields(Visitor& visit) {
    visit("--new-passphrase-fd", fd, {.least = 0, .help = "Read the new passphrase from this file descriptor"});
    visit("--new-passphrase-file", file, {.file = true, .help = "Read the new passphrase from this private file"});
  }
  template <class Visitor>
  void fields(Visitor& visit) {
    source_fields(visit);
    visit("--generate-keyfile", generate_keyfile,
          {.file = true, .help = "Write a new keyfile here, readable by you alone"});
    visit("--label", label, {.help = "What the credential is for, as cron or laptop; slot list shows it"});
  }
};

// UsageException where more than one is named, for who does something before new_credential().
void require_one_source(const NewCredentialOptions& options, bool recovery_code = false);
// Without a source the terminal is asked, twice. A keyfile is written with mode 0600, and replaces nothing. Throws as
// above, kUsage for a passphrase that could not be typed, and kFile when the keyfile exists.
vault::Credential new_credential(const NewCredentialOptions& options, Terminal& terminal, Random& random);
// Into a new file, readable by this user alone. FileException, also when there is one.
void write_recovery_code(const std::string& path, const SecretBytes& secret);
// Does what a new credential was made for. A new keyfile goes again when that fails: one that opens nothing would only
// mislead. It stays where the disk failed: what became of the slot is not known then.
void use_new_credential(const NewCredentialOptions& options, const std::function<void()>& use);

}  // namespace kms::cli
