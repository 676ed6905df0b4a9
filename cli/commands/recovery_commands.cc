// A recovery code in shares that several people keep.
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <ostream>
#include <utility>

#include "cli/ask.h"
#include "cli/command_of.h"
#include "cli/commands/handed_shares.h"
#include "cli/commands/registry.h"
#include "cli/commands/share_reading.h"
#include "cli/commands/support.h"
#include "cli/credentials.h"
#include "cli/named_files.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/ops/vault/slots.h"
#include "formats/credential_text.h"
#include "formats/recovery_share_set.h"

namespace kms::cli {
namespace {

constexpr const char* kRecoveryGroup = "Vault";
constexpr std::int64_t kMostShares = formats::kMostRecoveryShares;

struct SplitOptions {
  std::int32_t shares = 0;
  std::int32_t threshold = 0;
  std::string out_dir;
  std::string code_file;
  std::optional<std::string> principal;
  std::optional<std::string> label;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("--shares", shares,
          {.required = true, .least = 1, .most = kMostShares, .help = "How many to make, up to 16"});
    visit("--threshold", threshold,
          {.required = true, .least = 1, .most = kMostShares, .help = "How many of them open the vault together"});
    visit("--out-dir", out_dir,
          {.file = true,
           .help = "Write them to new files share-1, share-2, ... of this directory, readable by you alone. Without it "
                   "the terminal shows one after the other"});
    visit("--code-file", code_file,
          {.file = true,
           .help = "Split the recovery code in this private file, instead of a new one; - is standard input"});
    visit("--principal", principal, {.help = "Whom the shares unlock as: user/NAME or root; root when left out"});
    visit("--label", label, {.help = "What the shares are for, as board; slot list shows it"});
  }
};

struct CombineOptions {
  std::vector<std::string> files;
  bool check = false;
  bool show = false;
  std::string output;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("files", files, {.file = true, .help = "Files with shares; without any the terminal asks for them"});
    visit("--check", check, {.help = "Say whether the shares open the vault, and as whom, instead of the code"});
    visit("--show", show, {.help = "Print the recovery code also where standard output is a terminal"});
    visit("-o", output, {.file = true, .help = "Write the recovery code to this new file, readable by you alone"});
  }
};

formats::SharePlan plan_of(const SplitOptions& options) {
  const formats::SharePlan plan{static_cast<std::size_t>(options.shares), static_cast<std::size_t>(options.threshold)};
  if (formats::is_share_plan(plan)) return plan;
  if (plan.threshold > plan.shares) {
    throw Error(ErrorCode::kUsage, cat("--threshold ", std::to_string(plan.threshold), ": there are only ",
                                       std::to_string(plan.shares), " shares (--shares)"));
  }
  throw Error(ErrorCode::kUsage,
              "--threshold 1: each share would be the whole secret; 2 or more, or --shares 1 for a single one");
}

SecretBytes secret_in(Session& session, const std::string& file) {
  auto secret = formats::decode_recovery_code(read_private_file(session.terminal().streams(), file));
  if (secret) return std::move(*secret);
  throw Error(ErrorCode::kUsage, cat(names_standard_input(file) ? "standard input" : file,
                                     ": no intact recovery code, which has 14 groups of four letters and digits"));
}

void split_code_file(Session& session, const SplitOptions& options, const formats::SharePlan& plan) {
  if (options.principal || options.label) {
    throw Error(ErrorCode::kUsage, "--principal and --label are for a new slot: with --code-file none is made");
  }
  const SecretBytes secret = secret_in(session, options.code_file);
  HandedShares handed(session, secret, plan, options.out_dir);
  handed.keep();
  session.out() << handed.report("give the recovery code");
}

void split_new_code(Session& session, const SplitOptions& options, const formats::SharePlan& plan) {
  session.require_open();  // whoever cannot unlock the vault is not shown shares first
  const SecretBytes secret = session.random().secret(formats::kCredentialSize);
  HandedShares handed(session, secret, plan, options.out_dir);
  SlotDescription slot;
  try {
    slot = ask<kms::add_slot>(session, {{"Principal", options.principal.value_or("root")},
                                        {"Kind", to_text(SlotKind::kRecoveryCode)},
                                        {"Credential", blob_member(secret)},
                                        {"Label", options.label.value_or(share_label(plan))}})
               .slot;
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kFile) handed.keep();  // what became of the slot is not known then
    throw;
  }
  handed.keep();
  session.out() << handed.report(cat("open the vault as ", slot.principal, " (slot ", slot.slot_id, ")"));
}

void split_recovery(Session& session, const SplitOptions& options) {
  refuse_answer_form(session, "a text about the shares");
  const formats::SharePlan plan = plan_of(options);
  require_share_target(session, options.out_dir, "--out-dir");
  if (options.code_file.empty()) return split_new_code(session, options, plan);
  split_code_file(session, options, plan);
}

SecretBytes combined_code(Session& session, const std::vector<std::string>& files) {
  const auto shares = files.empty() ? type_shares(session) : read_share_files(session, files);
  SecretBytes secret = formats::combine_recovery_shares(shares, SecretBytes());
  if (secret.size() == formats::kCredentialSize) return secret;
  throw Error(ErrorCode::kUsage, cat("the shares are of a secret of ", std::to_string(secret.size() * 8),
                                     " bits: a recovery code has 256, and each of its shares 33 words"));
}

void check_shares(Session& session, const CombineOptions& options) {
  if (options.show || !options.output.empty()) {
    throw Error(ErrorCode::kUsage, "--check prints no recovery code: leave out --show and -o");
  }
  const std::string& path = session.options().vault;
  (void)vault::inspect(path);  // nobody types shares for a vault that is not there
  const vault::Credential code{SlotKind::kRecoveryCode, combined_code(session, options.files)};
  vault::Options how;
  how.alone_patience = std::chrono::milliseconds(0);  // an agent may have the vault open
  std::unique_ptr<vault::Vault> opened;
  try {
    noting_failure(session.options(), session.terminal(), code,
                   [&] { opened = vault::Vault::open(path, code, session.random(), how); });
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kWrongPassphrase) throw;
    throw Error(error.code(), cat("the shares go together, and open no slot of the vault ", path,
                                  ": they are of another vault, or their slot was removed"));
  }
  session.out() << "The shares open the vault " << path << " as " << opened->principal() << " (slot "
                << opened->unlocking_slot() << ").\n";
}

void combine_recovery(Session& session, const CombineOptions& options) {
  refuse_answer_form(session, options.check ? "whether the shares open the vault" : "a recovery code");
  if (options.check) return check_shares(session, options);
  const std::string target = options.output.empty() ? std::string(kStandardStream) : options.output;
  if (names_standard_output(target) && session.terminal().output_is_terminal() && !options.show) {
    throw Error(ErrorCode::kUsage,
                "the recovery code would be seen: --show prints it at a terminal, -o FILE writes it to a file, and a "
                "pipe takes it to another command");
  }
  constexpr mode_t kPrivate = 0600;
  NamedOutput output(session.terminal().streams(), target, /*force=*/false, kPrivate);
  const SecretBytes code = formats::encode_recovery_code(combined_code(session, options.files));
  session.out().flush();
  output.write(code.reveal());
  output.write(as_bytes(std::string_view("\n")));
  output.commit();
}

}  // namespace

void add_recovery_commands(Commands& commands) {
  commands.push_back(command<SplitOptions>("recovery split", "Make shares of which some open the vault together",
                                           kRecoveryGroup, split_recovery));
  commands.push_back(command<CombineOptions>("recovery combine", "Make the recovery code of shares, or try them",
                                             kRecoveryGroup, combine_recovery));
}

}  // namespace kms::cli
