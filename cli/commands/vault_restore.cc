// vault restore: a backup becomes a vault again, at a place where there is none.
#include <map>
#include <ostream>
#include <set>

#include "cli/command_of.h"
#include "cli/commands/backup_file.h"
#include "cli/commands/lists.h"
#include "cli/commands/registry.h"
#include "cli/commands/service_session.h"
#include "cli/commands/support.h"
#include "cli/credentials.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/upkeep/restoration.h"

namespace kms::cli {
namespace {

struct RestoreOptions {
  std::string file;
  std::string to;
  bool resurrect = false;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("file", file, {.required = true, .file = true, .help = "What vault backup wrote; - is standard input"});
    visit("--to", to, {.required = true, .file = true, .help = "Directory of the vault, which is made"});
    visit("--resurrect", resurrect,
          {.help = "Bring back the keys, too, that the vault has destroyed since the backup was made"});
  }
};

// The keys that the vault has which commands use, where that is the one of the backup; else nothing, and why.
std::optional<std::set<std::string>> keys_of_present_vault(Session& session, const OpenedBackupFile& opened,
                                                           std::string& why) {
  const std::string& path = session.options().vault;
  try {
    if (vault::inspect(path).vault_id != opened.backup->vault_id()) {
      why = cat("the vault ", path, " is another one");
      return std::nullopt;
    }
    std::unique_ptr<vault::Vault> present;
    noting_failure(session.options(), session.terminal(), opened.credential,
                   [&] { present = vault::Vault::open(path, opened.credential, session.random(), {}); });
    std::map<std::string, std::uint64_t> logs;
    for (const vault::BackupLog& log : opened.backup->summary().logs) logs.emplace(log.name, log.size);
    if (reaches(*present, logs)) return arns_of_keys(*present);
    why = cat("the vault ", path, " is older than the backup");
    return std::nullopt;
  } catch (const Error& error) {
    why = error.code() == ErrorCode::kNotFound ? cat("there is no vault at ", path) : error.what();
    return std::nullopt;
  }
}

// Those that the vault has no more.
std::vector<Key> destroyed_since(Session& session, const OpenedBackupFile& opened, bool resurrect) {
  std::string why;
  const auto present = keys_of_present_vault(session, opened, why);
  if (!present && resurrect) return {};  // all of it was to come back
  if (!present) {
    session.err()
        << "kmsctl: note: whether keys were destroyed since the backup is not known, and all of them come back: " << why
        << '\n';
    return {};
  }
  return keys_beyond(opened.backup->vault(), *present);
}

void require_sound_backup(Session& session, vault::UnpackedBackup& backup) {
  const CheckReport report = backup.vault().check();
  auto problems = report.problems;
  const auto differences = backup.differences();
  problems.insert(problems.end(), differences.begin(), differences.end());
  if (problems.empty()) return;
  for (const std::string& problem : problems) session.err() << "kmsctl: " << problem << '\n';
  throw Error(ErrorCode::kVaultDamaged,
              "the vault in the backup was damaged when the backup was made, and nothing was restored: look for an "
              "older backup");
}

void report_restored(Session& session, const RestoreOptions& options, const Restoration& restoration) {
  std::ostream& out = session.out();
  const auto count = static_cast<std::int64_t>(restoration.destroyed.size());
  out << "Restored the vault to " << options.to << ", as incarnation " << restoration.incarnation << ".\n";
  if (restoration.slots_kept) {
    out << "What opened the vault when the backup was made opens it.\n";
  } else {
    out << "What opened the backup opens it, and nothing else: kmsctl --vault " << options.to
        << " slot add adds more.\n";
  }
  if (count == 0) return;
  out << count_of(count, "key that was", "keys that were") << " destroyed since the backup "
      << (restoration.resurrects ? "came back:\n" : "stayed out (--resurrect brings them back):\n");
  for (const Key& key : restoration.destroyed) out << "  " << key.arn() << '\n';
}

void restore(Session& session, const RestoreOptions& options) {
  refuse_answer_form(session, "a text about the vault");
  const OpenedBackupFile opened = open_backup_file(session, options.file, options.to);
  vault::UnpackedBackup& backup = *opened.backup;
  require_sound_backup(session, backup);
  const Restoration restoration{make_uuid(session.random()),
                                backup.summary().time,
                                backup.summary().sequence,
                                backup.slot(),
                                backup.is_slot_of_vault(),
                                destroyed_since(session, opened, options.resurrect),
                                options.resurrect};
  BackupSession inside(session, backup);
  const EventAuthor author = founding_author(inside.home(), std::string(kUserAgent));
  const Time now = session.clock().now();
  backup.restore(options.to, inside.owner(), now, [&](Transaction& transaction) {
    record_restoration(inside.context(), transaction, author, restoration, now);
  });
  // Whatever outside of the vault remembers its newest change learns of the new incarnation here.
  report_restored(session, options, restoration);
}

}  // namespace

void add_restore_command(Commands& commands) {
  commands.push_back(
      command<RestoreOptions>("vault restore", "Make a vault of a backup, where there is none", "Vault", restore));
}

}  // namespace kms::cli
