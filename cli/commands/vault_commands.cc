#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <optional>
#include <ostream>

#include "cli/ask.h"
#include "cli/commands/handed_shares.h"
#include "cli/commands/registry.h"
#include "cli/commands/service_session.h"
#include "cli/commands/support.h"
#include "cli/credentials.h"
#include "cli/output.h"
#include "core/audit/event_names.h"
#include "core/audit/event_text.h"
#include "core/audit/recorder.h"
#include "core/base/error.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/base/time_text.h"
#include "core/model/principal.h"
#include "core/ops/table.h"
#include "core/ops/vault/repairs.h"
#include "core/ops/vault/rollbacks.h"
#include "core/ops/vault/slots.h"
#include "core/ops/vault/upkeep.h"
#include "core/records/vault.h"
#include "formats/credential_text.h"

namespace kms::cli {
namespace {

constexpr const char* kVaultGroup = "Vault";
constexpr const char* kUsualRegion = "us-east-1";

struct InitOptions {
  std::string account = "000000000000";
  NewCredentialOptions credential;
  bool no_recovery_code = false;
  std::string recovery_code_file;
  std::optional<formats::SharePlan> recovery_shares;
  std::string recovery_shares_dir;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("--account", account, {.help = "Account id of 12 digits; 000000000000"});
    credential.fields(visit);
    visit("--no-recovery-code", no_recovery_code, {.help = "Make no recovery code"});
    visit("--recovery-code-file", recovery_code_file,
          {.file = true,
           .help = "Write the recovery code to this new file, readable by you alone; - is standard output. Without it "
                   "the code is shown at a terminal, or not made"});
    visit("--recovery-shares", recovery_shares,
          {.help = "Make shares of which some open the vault together, as 5/3, instead of a recovery code"});
    visit("--recovery-shares-dir", recovery_shares_dir,
          {.file = true,
           .needs = "--recovery-shares",
           .help = "Write the shares to new files share-1, share-2, ... of this directory, readable by you alone. "
                   "Without it the terminal shows one after the other"});
  }
};

void require_new(const std::string& path) {
  struct stat info {};
  if (lstat(path.c_str(), &info) == 0) {
    throw Error(ErrorCode::kAlreadyExists, cat(path, " exists: a vault is made where there is nothing"));
  }
}

// The first record of the trail, in the transaction that makes the vault.
void fill_vault(ServiceSession& session, Transaction& transaction, const EventAuthor& author) {
  put_first_records(transaction, author.home, session.random());
  AuditEvent event(session.clock().now(), make_uuid(session.random()), make_uuid(session.random()));
  event.author = author;
  event.source = "kmsctl";
  event.operation = to_text(VaultEvent::kCreateVault);
  event.read_only = false;
  AuditRecorder().append(transaction, event);
}

// Standard output may be a log that others read: only a terminal, or who asks for it, gets a secret there.
bool wants_recovery_code(ServiceSession& session, const InitOptions& options) {
  if (options.no_recovery_code && !options.recovery_code_file.empty()) {
    throw Error(ErrorCode::kUsage, "give --recovery-code-file or --no-recovery-code, not both");
  }
  if (options.recovery_shares) {
    if (options.no_recovery_code || !options.recovery_code_file.empty()) {
      throw Error(ErrorCode::kUsage,
                  "--recovery-shares take the place of a recovery code: leave out --no-recovery-code and "
                  "--recovery-code-file");
    }
    require_share_target(session, options.recovery_shares_dir, "--recovery-shares-dir");
    return true;
  }
  if (options.no_recovery_code) return false;
  return !options.recovery_code_file.empty() || session.terminal().output_is_terminal();
}

void print_recovery_code(std::ostream& out, const SecretBytes& secret) {
  const SecretBytes code = formats::encode_recovery_code(secret);
  out << "Recovery code (shown this once; write it down, keep it off this machine):\n\n  " << as_text(code.reveal())
      << "\n\n"
      << "It opens the vault wherever a passphrase is asked for.\n";
}

// A vault with the slots of its owner.
void make_vault(ServiceSession& session, const std::vector<vault::NewSlot>& slots, const EventAuthor& author) {
  vault::create(session.options().vault, slots, session.clock().now(), session.random(), {},
                [&](Transaction& transaction) { fill_vault(session, transaction, author); });
}

void report_recovery_code(ServiceSession& session, const InitOptions& options, const SecretBytes* secret) {
  std::ostream& out = session.out();
  const std::string& path = options.recovery_code_file;
  if (secret == nullptr && options.no_recovery_code) return;
  if (secret == nullptr) {
    out << "No recovery code was made, as this is no terminal to show it at: kmsctl slot add --recovery-code makes "
           "one, "
           "and so does init with --recovery-code-file FILE (- is standard output).\n";
  } else if (path.empty() || names_standard_output(path)) {
    print_recovery_code(out, *secret);
  } else {
    out << "The recovery code is in " << path << "; keep it off this machine.\n";
  }
}

// Before anything is made.
void require_valid_owner(const GlobalOptions& global, const InitOptions& options, const AccountRegion& home) {
  if (!global.keyfile.empty() || !global.passphrase_file.empty() || global.passphrase_fd >= 0) {
    throw Error(ErrorCode::kUsage,
                "--keyfile, --passphrase-file and --passphrase-fd open a vault that is there: a new one gets its "
                "credential by --generate-keyfile, --new-passphrase-file or --new-passphrase-fd");
  }
  if (!global.role.empty()) throw Error(ErrorCode::kUsage, "--role: a new vault has no roles yet");
  if (!is_account_id(home.account)) {
    throw Error(ErrorCode::kUsage, cat("--account '", home.account, "': an account id has 12 digits"));
  }
  if (!is_region_name(home.region))
    throw Error(ErrorCode::kUsage, cat("--region: '", home.region, "' is no Region name, as us-east-1 is"));
  const std::string& label = options.credential.label;
  if (count_characters(label) > kLongestSlotLabel) {
    throw Error(ErrorCode::kUsage,
                cat("--label '", label, "': a label has up to ", std::to_string(kLongestSlotLabel), " characters"));
  }
}

void init(ServiceSession& session, const InitOptions& options) {
  refuse_answer_form(session, "a text about the new vault");
  const GlobalOptions& global = session.options();
  const std::string& region = global.region_or_default();
  const AccountRegion home{options.account, region.empty() ? kUsualRegion : region};
  require_valid_owner(global, options, home);
  require_new(global.vault);
  const bool with_code = wants_recovery_code(session, options);
  const bool code_in_file = !options.recovery_code_file.empty() && !names_standard_output(options.recovery_code_file);
  const vault::Credential owner = new_credential(options.credential, session.terminal(), session.random());
  note_short_passphrase(session, owner.kind, owner.secret);
  const SecretBytes recovery = session.random().secret(formats::kCredentialSize);
  const EventAuthor author = founding_author(home, std::string(kUserAgent));
  std::vector<vault::NewSlot> slots{{owner.kind, author.principal, &owner.secret, options.credential.label}};
  const auto& plan = options.recovery_shares;
  if (with_code)
    slots.push_back({SlotKind::kRecoveryCode, author.principal, &recovery, plan ? share_label(*plan) : std::string()});
  std::optional<HandedShares> handed;
  bool code_written = false;
  try {
    if (plan) handed.emplace(session, recovery, *plan, options.recovery_shares_dir);
    if (code_in_file) write_recovery_code(options.recovery_code_file, recovery);
    code_written = code_in_file;
    make_vault(session, slots, author);
  } catch (...) {
    // A keyfile or a code that opens nothing would only mislead.
    if (code_written) unlink(options.recovery_code_file.c_str());
    if (!options.credential.generate_keyfile.empty()) unlink(options.credential.generate_keyfile.c_str());
    throw;
  }
  session.out() << "Created the vault " << global.vault << " for account " << home.account << " in " << home.region
                << ".\n";
  if (!handed) return report_recovery_code(session, options, with_code ? &recovery : nullptr);
  handed->keep();
  session.out() << handed->report("open the vault");
}

// What anybody may know of the vault's files.
Json outside_view(const std::string& path) {
  const vault::Summary summary = vault::inspect(path);
  Json kinds = Json::array();
  for (const SlotKind kind : summary.slots) kinds.push_back(to_text(kind));
  return {{"Vault", path},  {"VaultId", summary.vault_id},     {"FormatVersion", summary.format_version},
          {"Slots", kinds}, {"DataBytes", summary.data_bytes}, {"State", "LOCKED"}};
}

// What the vault tells to whom it may; to others, that it is open, and who they are.
Json inside_view(ServiceSession& session) {
  Json view = Json::object();
  try {
    view = session.call(name_of<kms::get_vault_status>(), Json::object());
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kAccessDenied) throw;
  }
  view.update({{"State", "UNLOCKED"},
               {"Principal", session.principal()},
               {"AccountId", session.home().account},
               {"Region", session.home().region},
               {"Mode", session.mode()}});
  return view;
}

void status(ServiceSession& session, const NoOptions& /*none*/) {
  const GlobalOptions& global = session.options();
  Json view = Json::object();
  if (session.open_at_agent()) {
    view["Agent"] = agent_socket(global);
  } else {
    view = outside_view(global.vault);
    try {
      session.unlock(/*allow_prompt=*/false);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kVaultLocked) throw;
      print_answer(session.out(), std::move(view), global);
      throw;
    }
  }
  view.update(inside_view(session));
  print_answer(session.out(), std::move(view), global);
}

struct CheckOptions {
  bool repair = false;
  bool yes = false;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("--repair", repair,
          {.help = "Drop the records that somebody without a key of the vault put back, added or exchanged, and forget "
                   "those that he erased: what they decided is decided without them"});
    visit("--yes", yes, {.needs = "--repair", .help = "Do not ask"});
  }
};

void repair(Session& session, bool yes) {
  if (!confirmed(session, yes,
                 "Drop every record that is not as it was written last? Make a copy of the vault before.")) {
    throw Error(ErrorCode::kUsage, "nothing was repaired");
  }
  print_call(session, row_of<kms::repair_vault>(), Json::object());
}

void check(Session& session, const CheckOptions& options) {
  if (options.repair) return repair(session, options.yes);
  auto report = ask<kms::check_vault>(session, Json::object());
  const std::size_t problems = report.problems.size();
  print_answer_of(session, row_of<kms::check_vault>(), write_response(std::move(report)));
  if (problems == 0) return;
  throw Error(ErrorCode::kVaultDamaged,
              cat(std::to_string(problems), problems == 1 ? " problem" : " problems",
                  " found: kmsctl vault check --repair drops records that are not as they were written last, kmsctl "
                  "vault restore brings a backup back"));
}

struct AcceptOptions {
  bool yes = false;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("--yes", yes, {.help = "Do not ask"});
  }
};

void accept_older_copy(ServiceSession& session, const AcceptOptions& options) {
  session.allow_rollback();
  const auto rollback = session.unlock(/*allow_prompt=*/true).rollback();
  if (rollback) {
    const std::string question =
        cat("The vault has change ", std::to_string(rollback->found), "; this machine saw change ",
            std::to_string(rollback->expected), " at ", iso_seconds(rollback->seen),
            ". Go on with it? What was changed in between is lost, also what was revoked or denied.");
    if (!confirmed(session, options.yes, question)) throw Error(ErrorCode::kUsage, "nothing was accepted");
  }
  print_call(session, row_of<kms::accept_rollback>(), Json::object());
}

}  // namespace

void add_vault_commands(Commands& commands, ServiceSession& session) {
  commands.push_back(session_command<InitOptions>(session, "init", "Make a new vault", kVaultGroup, init));
  commands.push_back(session_command<NoOptions>(session, "status", "Show the vault; exit code 7 while it is locked",
                                                kVaultGroup, status));
  commands.push_back(session_command<AcceptOptions>(session, "vault accept-rollback",
                                                    "Go on with an older copy of the vault, which was put back",
                                                    kVaultGroup, accept_older_copy, &row_of<kms::accept_rollback>()));
  commands.push_back(command<CheckOptions>("vault check", "Verify every record of the vault", kVaultGroup, check,
                                           &row_of<kms::check_vault>()));
}

}  // namespace kms::cli
