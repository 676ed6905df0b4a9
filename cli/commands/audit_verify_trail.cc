// audit verify: the trail of each Region against its tree, against what this machine remembers of it, and against
// checkpoints that somebody kept.
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "cli/ask.h"
#include "cli/command_of.h"
#include "cli/commands/audit_evidence.h"
#include "cli/commands/lists.h"
#include "cli/commands/registry.h"
#include "cli/commands/remembered_checkpoints.h"
#include "cli/commands/support.h"
#include "cli/commands/trail_checkpoints.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/ops/table.h"
#include "core/ops/vault/audit_verification.h"
#include "core/ops/vault/regions.h"
#include "formats/checkpoint.h"

namespace kms::cli {
namespace {

struct VerifyTrailOptions {
  std::vector<std::string> checkpoints;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("--checkpoint", checkpoints,
          {.file = true,
           .help = "A checkpoint of this vault that was kept elsewhere, as in git: the trail has to continue it. Again "
                   "for more"});
  }
};

// All events of a Region. What the last part says.
VerifyAuditTrailResponse compare_events(Session& session, const std::string& region,
                                        std::vector<std::string>& problems) {
  const std::string_view operation = name_of<kms::verify_audit_trail>();
  Json request = Json::object();
  for (;;) {
    auto part = answer_as<kms::verify_audit_trail>(session.call_in(region, {}, operation, request));
    for (const std::string& problem : part.problems) problems.push_back(cat(region, ": ", problem));
    if (!part.truncated) return part;
    if (session.terminal().error_is_terminal()) {
      session.err() << "kmsctl: " << region << ": " << part.checked << " of " << part.size << " events\n";
    }
    request["Marker"] = part.next_marker.value();
  }
}

// Of which the events were not compared.
std::string pruned_part(const VerifyAuditTrailResponse& trail) {
  if (!trail.pruned) return {};
  std::string since = trail.first_time ? cat(", those from ", shown_time(*trail.first_time), " on are compared") : "";
  return cat(" (the first ", std::to_string(*trail.pruned), " were pruned", since, ")");
}

// That the trail continues a checkpoint of its own.
void compare_with(Session& session, const std::string& region, const formats::Checkpoint& kept) {
  Json request{{"OldSize", kept.size}};
  const auto now = answer_as<kms::get_audit_checkpoint>(
      session.call_in(region, {}, name_of<kms::get_audit_checkpoint>(), std::move(request)));
  const auto root = formats::to_merkle_hash(now.root_hash);
  const formats::Consistency grown{kept.size, static_cast<std::uint64_t>(now.size), kept.root,
                                   root.value_or(formats::MerkleHash{})};
  if (root && formats::verify_consistency(grown, hashes_of(now.consistency_proof.value()))) return;
  throw Error(ErrorCode::kVaultDamaged, cat("the trail does not continue the checkpoint of ", std::to_string(kept.size),
                                            " events: it was rewritten, or an older copy of the vault was put back"));
}

class TrailVerifier {
 public:
  explicit TrailVerifier(Session& session) : session_(session) {}

  void verify(const std::string& region, const std::vector<std::string>& files) {
    const auto trail = compare_events(session_, region, problems_);
    (void)attempt([&] { return take_checkpoint(session_, region, {}); });
    const auto answer = session_.call_in(region, {}, name_of<kms::get_audit_verifier_key>(), Json::object());
    const formats::NoteKey key =
        formats::parse_verifier_key(answer_as<kms::get_audit_verifier_key>(answer).verifier_key);
    std::size_t compared = 0;
    for (const std::string& file : files) compared += compare_file(region, key, file) ? 1U : 0U;
    session_.out() << region << ": " << count_of(trail.size, "event", "events") << pruned_part(trail);
    if (compared > 0)
      session_.out() << ", and " << count_of(static_cast<std::int64_t>(compared), "checkpoint", "checkpoints");
    session_.out() << '\n';
  }
  std::size_t compared_files() const { return compared_files_; }
  const std::vector<std::string>& problems() const { return problems_; }

 private:
  template <class Act>
  auto attempt(const Act& act) -> std::optional<decltype(act())> {
    try {
      return act();
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kVaultDamaged && error.code() != ErrorCode::kValidation) throw;
      problems_.emplace_back(error.what());
      return std::nullopt;
    }
  }
  // Whether it is of this Region's trail.
  bool compare_file(const std::string& region, const formats::NoteKey& key, const std::string& file) {
    const formats::SignedNote note = checkpoint_in(session_, file);
    if (formats::parse_checkpoint(note.text).origin != key.name) return false;
    ++compared_files_;
    const formats::Checkpoint kept = formats::open_checkpoint(note, std::span(&key, 1));
    (void)attempt([&] {
      compare_with(session_, region, kept);
      return true;
    });
    return true;
  }

  Session& session_;
  std::size_t compared_files_ = 0;
  std::vector<std::string> problems_;
};

void verify_trail(Session& session, const VerifyTrailOptions& options) {
  refuse_answer_form(session, "a line for each Region");
  TrailVerifier verifier(session);
  for (const RegionDescription& region : ask<kms::list_regions>(session, Json::object()).regions) {
    verifier.verify(region.region, options.checkpoints);
  }
  for (const std::string& problem : verifier.problems()) session.err() << "kmsctl: " << problem << '\n';
  if (!verifier.problems().empty()) {
    session.set_hint(kCompareCheckpoints);
    throw Error(ErrorCode::kVaultDamaged, "the trail is not what its tree, or somebody who saw it, says");
  }
  if (verifier.compared_files() < options.checkpoints.size()) {
    throw Error(ErrorCode::kInvalidSignature, "a checkpoint that was given is of no trail of this vault");
  }
}

}  // namespace

void add_audit_verify_command(Commands& commands) {
  commands.push_back(
      command<VerifyTrailOptions>("audit verify", "Verify the trail of each Region", "Audit", verify_trail));
}

}  // namespace kms::cli
