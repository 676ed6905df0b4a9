#include "cli/credentials.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <optional>

#include "cli/named_files.h"
#include "cli/process.h"
#include "core/base/error.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "formats/credential_text.h"

namespace kms::cli {
namespace {

using vault::Credential;

constexpr std::size_t kLongestPassphrase = 1024;
constexpr std::size_t kLongestFile = 4096;

enum class Privacy { kChecked, kGiven };

SecretBytes read_secret_file(StandardStreams& streams, const std::string& path, Privacy privacy) {
  const InputFile file(streams, path);
  struct stat status {};
  if (fstat(file.fd(), &status) != 0) throw_file_error(file.name(), errno);
  const bool open_to_others = (status.st_mode & (S_IRWXG | S_IRWXO)) != 0;
  if (privacy == Privacy::kChecked && S_ISREG(status.st_mode) && open_to_others) {
    throw Error(ErrorCode::kFile, cat(file.name(), ": others can read this file (chmod 600 it)"));
  }
  return read_all_secret(file.fd(), kLongestFile, file.name());
}

SecretBytes passphrase_from(SecretBytes text, std::string_view source) {
  text = formats::line_of(std::move(text));
  if (text.empty()) throw Error(ErrorCode::kUsage, cat(source, ": the passphrase is empty"));
  if (text.size() > kLongestPassphrase) {
    throw Error(ErrorCode::kUsage, cat(source, ": the passphrase is longer than 1024 bytes"));
  }
  return text;
}

Credential passphrase_or_code(SecretBytes text) {
  if (std::optional<SecretBytes> code = formats::decode_recovery_code(text)) {
    return {SlotKind::kRecoveryCode, std::move(*code)};
  }
  return {SlotKind::kPassphrase, std::move(text)};
}

SecretBytes passphrase_of_fd(StandardStreams& streams, int fd, std::string_view option) {
  return passphrase_from(read_secret_of_fd(streams, fd, kLongestFile, option), option);
}

SecretBytes passphrase_of_file(StandardStreams& streams, const std::string& path, Privacy privacy) {
  return passphrase_from(read_secret_file(streams, path, privacy), path);
}

Credential keyfile_of(StandardStreams& streams, const std::string& path, Privacy privacy) {
  std::optional<SecretBytes> secret = formats::decode_keyfile(read_secret_file(streams, path, privacy));
  if (!secret) throw Error(ErrorCode::kUsage, cat(path, ": no intact keyfile"));
  return {SlotKind::kKeyfile, std::move(*secret)};
}

bool exists(const std::string& path) {
  return access(path.c_str(), F_OK) == 0;
}

Credential generate_keyfile(const std::string& path, Random& random) {
  if (path == kStandardStream) throw Error(ErrorCode::kUsage, "--generate-keyfile: name a file, - is none");
  SecretBytes secret = random.secret(formats::kCredentialSize);
  OutputFile file(path, /*replace=*/false);
  file.write(formats::encode_keyfile(secret).reveal());
  file.commit();
  return {SlotKind::kKeyfile, std::move(secret)};
}

void require_one_named(const GlobalOptions& options) {
  const int named = (options.passphrase_fd >= 0 ? 1 : 0) + (options.passphrase_file.empty() ? 0 : 1) +
                    (options.keyfile.empty() ? 0 : 1);
  if (named > 1) {
    throw Error(ErrorCode::kUsage, "give one of --passphrase-fd, --passphrase-file and --keyfile, not several");
  }
}

// Those that are there without anybody being asked.
std::optional<Credential> named_credential(const GlobalOptions& options, StandardStreams& streams) {
  require_one_named(options);
  if (options.passphrase_fd >= 0)
    return passphrase_or_code(passphrase_of_fd(streams, options.passphrase_fd, "--passphrase-fd"));
  if (!options.passphrase_file.empty()) {
    return passphrase_or_code(passphrase_of_file(streams, options.passphrase_file, Privacy::kChecked));
  }
  if (!options.keyfile.empty()) return keyfile_of(streams, options.keyfile, Privacy::kChecked);
  return environment_credential(streams);
}

[[noreturn]] void throw_no_credential(const GlobalOptions& options) {
  throw Error(ErrorCode::kVaultLocked,
              cat("the vault ", options.vault, " is locked: kmsctl unlock opens it at a terminal; a script gives ",
                  "--keyfile, --passphrase-file or --passphrase-fd, or sets ", kKeyfileVariable, " or ",
                  kPassphraseFileVariable));
}

Credential ask_for_credential(const GlobalOptions& options, Terminal& terminal, bool again) {
  const std::string label = cat(again ? "That opens nothing. " : "", "Passphrase of ", options.vault);
  return passphrase_or_code(passphrase_from(terminal.prompt_secret(label), "terminal"));
}

}  // namespace

SecretBytes read_private_file(StandardStreams& streams, const std::string& path) {
  return read_secret_file(streams, path, Privacy::kChecked);
}

void fix_credential_variables() {
  for (const char* variable : {kKeyfileVariable, kPassphraseFileVariable}) {
    if (const std::string path = environment(variable); !path.empty()) set_environment(variable, absolute_path(path));
  }
}

std::optional<Credential> environment_credential(StandardStreams& streams) {
  if (const std::string path = environment(kKeyfileVariable); !path.empty()) {
    return keyfile_of(streams, path, Privacy::kChecked);
  }
  if (const std::string path = environment(kPassphraseFileVariable); !path.empty()) {
    return passphrase_or_code(passphrase_of_file(streams, path, Privacy::kChecked));
  }
  const std::string directory = environment("CREDENTIALS_DIRECTORY");
  if (directory.empty()) return std::nullopt;
  if (const std::string path = cat(directory, "/kmsctl.keyfile"); exists(path)) {
    return keyfile_of(streams, path, Privacy::kGiven);
  }
  if (const std::string path = cat(directory, "/kmsctl.passphrase"); exists(path)) {
    return passphrase_or_code(passphrase_of_file(streams, path, Privacy::kGiven));
  }
  return std::nullopt;
}

Credential unlocking_credential(const GlobalOptions& options, Terminal& terminal, bool allow_prompt) {
  if (std::optional<Credential> found = named_credential(options, terminal.streams())) return std::move(*found);
  if (allow_prompt && terminal.can_prompt()) return ask_for_credential(options, terminal, false);
  throw_no_credential(options);
}

void with_unlocking_credential(const GlobalOptions& options, Terminal& terminal, bool allow_prompt,
                               const std::function<void(const Credential&)>& use) {
  constexpr int kMostTries = 3;
  if (const auto named = named_credential(options, terminal.streams())) return use(*named);
  if (!allow_prompt || !terminal.can_prompt()) throw_no_credential(options);
  for (int tries = 1;; ++tries) {
    const Credential asked = ask_for_credential(options, terminal, tries > 1);
    try {
      return use(asked);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kWrongPassphrase || tries == kMostTries) throw;
    }
  }
}

void noting_failure(const GlobalOptions& options, Terminal& terminal, const Credential& credential,
                    const std::function<void()>& open) {
  try {
    open();
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kWrongPassphrase) {
      vault::note_failed_unlock(options.vault,
                                {SystemClock().now(), getuid(), credential.kind, {}, terminal.can_prompt()});
    }
    throw;
  }
}

void write_recovery_code(const std::string& path, const SecretBytes& secret) {
  OutputFile file(path, /*replace=*/false);
  file.write(formats::encode_recovery_code(secret).reveal());
  file.write(as_bytes(std::string_view("\n")));
  file.commit();
}

void use_new_credential(const NewCredentialOptions& options, const std::function<void()>& use) {
  try {
    use();
  } catch (const Error& error) {
    const bool unknown = error.code() == ErrorCode::kFile;
    if (!unknown && !options.generate_keyfile.empty()) unlink(options.generate_keyfile.c_str());
    throw;
  }
}

void require_one_source(const NewCredentialOptions& options, bool recovery_code) {
  const int sources = (options.fd >= 0 ? 1 : 0) + (options.file.empty() ? 0 : 1) +
                      (options.generate_keyfile.empty() ? 0 : 1) + (recovery_code ? 1 : 0);
  if (sources > 1) throw Error(ErrorCode::kUsage, "give one source for the new credential, not several");
}

Credential new_credential(const NewCredentialOptions& options, Terminal& terminal, Random& random) {
  require_one_source(options);
  if (!options.generate_keyfile.empty()) return generate_keyfile(options.generate_keyfile, random);
  SecretBytes first;
  if (options.fd >= 0) {
    first = passphrase_of_fd(terminal.streams(), options.fd, "--new-passphrase-fd");
  } else if (!options.file.empty()) {
    first = passphrase_of_file(terminal.streams(), options.file, Privacy::kChecked);
  } else if (terminal.can_prompt()) {
    first = passphrase_from(terminal.prompt_secret("New passphrase"), "terminal");
  } else {
    throw Error(
        ErrorCode::kVaultLocked,
        "no new passphrase: there is no terminal, so give --new-passphrase-file, --new-passphrase-fd or a new keyfile");
  }
  if (formats::has_control_characters(first)) {
    throw Error(ErrorCode::kUsage,
                "the new passphrase has control characters, as more than one line has: it could not be typed at a "
                "terminal; random bytes belong into a keyfile (--generate-keyfile)");
  }
  const bool typed = options.fd < 0 && options.file.empty();
  if (typed && !(first == terminal.prompt_secret("The same again"))) {
    throw Error(ErrorCode::kUsage, "the two passphrases differ");
  }
  return {SlotKind::kPassphrase, std::move(first)};
}

}  // namespace kms::cli
