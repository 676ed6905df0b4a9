// Making a backup: the vault spools it as a whole, and the command fetches it piece by piece.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <ostream>

#include "cli/ask.h"
#include "cli/command_of.h"
#include "cli/commands/lists.h"
#include "cli/commands/registry.h"
#include "cli/commands/support.h"
#include "cli/credentials.h"
#include "cli/output.h"
#include "cli/process.h"
#include "cli/terminal_stream.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/ops/vault/backups.h"
#include "core/ops/vault/slots.h"
#include "formats/credential_text.h"

namespace kms::cli {
namespace {

constexpr std::int64_t kLargeBackup = std::int64_t{64} << 20U;

struct BackupOptions {
  std::string file;
  bool force = false;
  NewCredentialOptions passphrase;
  std::string recovery_code_file;
  std::vector<std::string> recipients;
  bool keep_vault_slots = false;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("-o", file,
          {.required = true,
           .file = true,
           .help = "Output file; in a directory, vault-DATE.kmsbackup; - is standard output"});
    visit("--force", force, {.help = "Replace an output file that exists"});
    passphrase.source_fields(visit);
    visit("--recovery-code-file", recovery_code_file,
          {.file = true, .help = "Make a recovery code that opens it, and write that to this new file"});
    visit("--recipient", recipients,
          {.type = "RECIPIENT",
           .help = "What kmsctl slot recipient printed for a slot of another vault, which opens it"});
    visit("--keep-vault-slots", keep_vault_slots,
          {.help = "Let what opens the vault open the backup as well; it does where nothing else is named"});
  }

  bool has_passphrase() const { return passphrase.fd >= 0 || !passphrase.file.empty(); }
  bool has_own() const { return has_passphrase() || !recovery_code_file.empty() || !recipients.empty(); }
};

// The file of a new recovery code, until it opens something.
class RecoveryCodeFile {
 public:
  RecoveryCodeFile(const std::string& path, const SecretBytes& secret) : path_(path) {
    write_recovery_code(path, secret);
  }
  ~RecoveryCodeFile() {
    if (!path_.empty()) unlink(path_.c_str());
  }
  RecoveryCodeFile(const RecoveryCodeFile&) = delete;
  RecoveryCodeFile& operator=(const RecoveryCodeFile&) = delete;
  RecoveryCodeFile(RecoveryCodeFile&&) = delete;
  RecoveryCodeFile& operator=(RecoveryCodeFile&&) = delete;
  void keep() { path_.clear(); }

 private:
  std::string path_;
};

void require_sense(const BackupOptions& options) {
  require_one_source(options.passphrase);
  if (options.keep_vault_slots && !options.has_own()) {
    throw Error(ErrorCode::kUsage,
                "--keep-vault-slots means something beside --new-passphrase-file, "
                "--new-passphrase-fd, --recovery-code-file or --recipient: without these it is so");
  }
  if (names_standard_output(options.recovery_code_file)) {
    throw Error(ErrorCode::kUsage, cat("--recovery-code-file '", options.recovery_code_file,
                                       "': give a new file, which only you can read"));
  }
}

Json backup_request(Session& session, const BackupOptions& options, const SecretBytes& code) {
  Json request = Json::object();
  if (options.has_passphrase()) {
    const vault::Credential made = new_credential(options.passphrase, session.terminal(), session.random());
    note_short_passphrase(session, made.kind, made.secret);
    request["Passphrase"] = blob_member(made.secret);
  }
  if (!code.empty()) request["RecoveryCode"] = blob_member(code);
  if (!options.recipients.empty()) request["Recipients"] = options.recipients;
  if (options.keep_vault_slots) request["KeepVaultSlots"] = true;
  return request;
}

// Once it is read, or given up, nobody needs it.
void end_quietly(Session& session, const std::string& id) {
  try {
    session.call(name_of<kms::end_backup>(), {{"BackupId", id}});
  } catch (const Error&) {  // NOLINT(bugprone-empty-catch): it goes by itself within the hour
  }
}

void fetch(Session& session, const BackupVaultResponse& made, NamedOutput& output) {
  const bool shows = made.size >= kLargeBackup && session.terminal().error_is_terminal();
  for (std::int64_t done = 0; done < made.size;) {
    const auto piece = ask<kms::read_backup>(session, {{"BackupId", made.backup_id}, {"Offset", done}});
    if (piece.data.empty()) throw Error(ErrorCode::kInternal, "the backup ends before its end");
    output.write(piece.data);
    done += static_cast<std::int64_t>(piece.data.size());
    if (shows) draw(done < made.size ? cat("\rbackup  ", std::to_string(done * 100 / made.size), " %") : "\r\033[K");
  }
}

// In a directory that is there, a file a day.
std::string output_path(Session& session, const std::string& named) {
  struct stat info {};
  if (stat(named.c_str(), &info) != 0 || !S_ISDIR(info.st_mode)) return named;
  constexpr std::size_t kDate = 10;  // 2026-11-28
  return cat(named, named.ends_with('/') ? "" : "/", "vault-", iso_seconds(session.clock().now()).substr(0, kDate),
             ".kmsbackup");
}

std::string openers(const BackupOptions& options) {
  std::vector<std::string> words;
  if (options.keep_vault_slots || !options.has_own()) words.emplace_back("what opens the vault");
  if (options.has_passphrase()) words.emplace_back("its passphrase");
  if (!options.recovery_code_file.empty()) words.push_back(cat("the code in ", options.recovery_code_file));
  if (!options.recipients.empty()) {
    words.push_back(count_of(static_cast<std::int64_t>(options.recipients.size()), "recipient", "recipients"));
  }
  return in_a_row(words, " or ");
}

void back_up(Session& session, const BackupOptions& options) {
  refuse_answer_form(session, "a line about the backup, or with -o - the backup");
  require_sense(options);
  session.require_open();
  const std::string path = output_path(session, options.file);
  NamedOutput output(session.terminal().streams(), path, options.force, under_umask(S_IRUSR | S_IWUSR));
  if (output.is_standard_output()) refuse_terminal(session.terminal(), "a backup");
  SecretBytes code;
  std::optional<RecoveryCodeFile> code_file;
  if (!options.recovery_code_file.empty()) {
    code = session.random().secret(formats::kCredentialSize);
    code_file.emplace(options.recovery_code_file, code);
  }
  const auto made = ask<kms::backup_vault>(session, backup_request(session, options, code));
  try {
    fetch(session, made, output);
    output.commit();
  } catch (const Error&) {
    end_quietly(session, made.backup_id);
    throw;
  }
  if (code_file) code_file->keep();
  end_quietly(session, made.backup_id);
  if (output.is_standard_output()) return;
  session.out() << "Backed up the vault as of its change " << made.sequence << ": "
                << count_of(made.records, "record", "records") << ", "
                << count_of(made.segments, "file of the trail", "files of the trail") << ", "
                << count_of(made.size, "byte", "bytes") << ", in " << path << ".\nIt opens by " << openers(options)
                << ": kmsctl backup verify " << path << " reads it.\n";
}

struct RecipientOptions {
  std::string slot;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("slot-id", slot, {.required = true, .help = "Id of a slot, from slot list"});
  }
};

void show_recipient(Session& session, const RecipientOptions& options) {
  refuse_answer_form(session, "one line");
  const auto slots = ask<kms::list_slots>(session, Json::object()).slots;
  const auto found = std::ranges::find_if(slots, [&](const ListedSlot& slot) { return slot.slot_id == options.slot; });
  if (found == slots.end()) {
    throw Error(ErrorCode::kNotFound, cat("there is no slot ", options.slot, ": kmsctl slot list shows them"));
  }
  if (!found->recipient) throw Error(ErrorCode::kUnsupportedOperation, "nothing is sealed to the slots of this store");
  session.out() << *found->recipient << '\n';
}

}  // namespace

void add_backup_commands(Commands& commands) {
  constexpr const char* kGroup = "Vault";
  commands.push_back(
      command<BackupOptions>("vault backup", "Write all that the vault holds to one sealed file", kGroup, back_up));
  commands.push_back(command<RecipientOptions>(
      "slot recipient", "Show what backups of other vaults are sealed to for a slot", kGroup, show_recipient));
}

}  // namespace kms::cli
