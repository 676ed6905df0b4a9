// Looking into a backup: without its vault, with a credential that opens it.
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/command_of.h"
#include "cli/commands/backup_file.h"
#include "cli/commands/key_list.h"
#include "cli/commands/registry.h"
#include "cli/output.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/ops/vault/key_details.h"
#include "core/service/response.h"

namespace kms::cli {
namespace {

struct BackupOpener {
  std::string slot_id;
  bool of_vault = false;
  bool proven = false;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("SlotId", slot_id, {.help = "Of the slot whose credential opened it"});
    visit("OfVault", of_vault, {.help = "Whether it is a slot of the vault, too"});
    visit("Proven", proven, {.help = "Whether that proves that the file comes from the vault"});
  }
};

struct LogInBackup {
  std::string log;
  std::int64_t size = 0;
  Bytes root_hash;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Log", log, {.help = "Its name: of a trail, audit/ACCOUNT/REGION"});
    visit("Size", size, {.help = "Events, with those that were pruned"});
    visit("RootHash", root_hash, {.help = "Root of the tree over them"});
  }
};

struct BackupReport {
  std::string vault_id;
  Time creation_date;
  std::int64_t sequence = 0;
  std::int64_t records = 0;
  std::int64_t secrets = 0;
  std::int64_t log_entries = 0;
  std::int64_t segments = 0;
  std::string program_version;
  BackupOpener opened_by;
  std::vector<LogInBackup> logs;
  std::vector<std::string> problems;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("VaultId", vault_id, {.help = "UUID of the vault"});
    visit("CreationDate", creation_date, {.help = "When the backup was made"});
    visit("Sequence", sequence, {.help = "Number of the last change of the vault that is in it"});
    visit("Records", records, {.help = "Intact ones, of every kind"});
    visit("Secrets", secrets, {.help = "Of these, secrets"});
    visit("LogEntries", log_entries, {.help = "Intact entries of the audit trail"});
    visit("Segments", segments, {.help = "Files of the audit trail"});
    visit("ProgramVersion", program_version, {.help = "Of the kmsctl that made it"});
    visit("OpenedBy", opened_by, {.help = "What opened it"});
    visit("Logs", logs, {.help = "Its audit trails, each with the root of its tree"});
    visit("Problems", problems, {.help = "What is wrong with the vault in it; empty when that is sound"});
  }
};

struct VerifyBackupOptions {
  std::string file;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("file", file, {.required = true, .file = true, .help = "What vault backup wrote; - is standard input"});
  }
};

BackupReport report_of(const vault::UnpackedBackup& backup, const BackupFindings& found) {
  const vault::BackupSummary& summary = backup.summary();
  BackupReport report;
  report.vault_id = backup.vault_id();
  report.creation_date = summary.time;
  report.sequence = static_cast<std::int64_t>(summary.sequence);
  report.records = static_cast<std::int64_t>(found.report.records);
  report.secrets = static_cast<std::int64_t>(found.report.secrets);
  report.log_entries = static_cast<std::int64_t>(found.report.log_entries);
  report.segments = static_cast<std::int64_t>(summary.segments);
  report.program_version = summary.made_by;
  report.opened_by = {backup.slot(), backup.is_slot_of_vault(), backup.is_proven()};
  report.logs.reserve(summary.logs.size());
  for (const vault::BackupLog& log : summary.logs) {
    report.logs.push_back({log.name, static_cast<std::int64_t>(log.size), Bytes(log.root.begin(), log.root.end())});
  }
  report.problems = found.problems;
  return report;
}

void verify_file(Session& session, const VerifyBackupOptions& options) {
  const OpenedBackupFile opened = open_backup_file(session, options.file, scratch_target(session));
  BackupReport report = report_of(*opened.backup, verify_backup(session, *opened.backup));
  const std::size_t problems = report.problems.size();
  print_answer(session.out(), write_response(std::move(report)), session.options(), fields_of<BackupReport>());
  if (problems == 0) return;
  throw Error(ErrorCode::kVaultDamaged,
              cat(std::to_string(problems), problems == 1 ? " problem" : " problems",
                  " found: the file is as it was written, and the vault in it was damaged by then; look for an older ",
                  "backup"));
}

struct ListBackupOptions {
  std::string file;
  bool wide = false;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("file", file, {.required = true, .file = true, .help = "What vault backup wrote; - is standard input"});
    add_wide(visit, wide);
  }
};

void list_file(Session& session, const ListBackupOptions& options) {
  (void)shows_people(session, options.wide);  // refuses what contradicts itself before anything is read
  const OpenedBackupFile opened = open_backup_file(session, options.file, scratch_target(session));
  BackupSession inside(session, *opened.backup);
  KeyListOptions all;
  all.all = true;
  all.wide = options.wide;
  list_keys(inside, all, session.clock().now());
}

}  // namespace

void add_backup_look_commands(Commands& commands) {
  constexpr const char* kGroup = "Vault";
  commands.push_back(command<VerifyBackupOptions>("backup verify", "Read a backup, and verify all that it holds",
                                                  kGroup, verify_file));
  commands.push_back(command<ListBackupOptions>("backup list", "List the keys in a backup", kGroup, list_file,
                                                &row_of<kms::list_key_details>()));
}

}  // namespace kms::cli
