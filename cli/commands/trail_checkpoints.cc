#include "cli/commands/trail_checkpoints.h"

#include <nlohmann/json.hpp>
#include <span>
#include <utility>

#include "cli/ask.h"
#include "cli/commands/remembered_checkpoints.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/ops/table.h"
#include "formats/checkpoint.h"
#include "formats/merkle_tile.h"

namespace kms::cli {
namespace {

using formats::Checkpoint;

GetAuditCheckpointResponse ask_checkpoint(Session& session, const std::string& region,
                                          std::optional<std::int64_t> since) {
  Json request = Json::object();
  if (since) request["OldSize"] = *since;
  const std::string_view operation = name_of<kms::get_audit_checkpoint>();
  Json answer = region.empty() ? session.call(operation, std::move(request))
                               : session.call_in(region, {}, operation, std::move(request));
  return answer_as<kms::get_audit_checkpoint>(std::move(answer));
}

[[noreturn]] void refuse_trail(Session& session, const RememberedCheckpoint& known, std::string_view what) {
  session.set_hint(kCompareCheckpoints);
  throw Error(ErrorCode::kVaultDamaged, cat("the trail ", what, " of ", std::to_string(known.checkpoint.size),
                                            " events that this machine remembers (", known.file,
                                            "): it was rewritten, or an older copy of the vault was put back"));
}

void require_continuation(Session& session, const RememberedCheckpoint& known, const Checkpoint& now,
                          const std::optional<std::vector<Bytes>>& proof) {
  const formats::Consistency grown{known.checkpoint.size, now.size, known.checkpoint.root, now.root};
  if (!formats::verify_consistency(grown, hashes_of(proof.value_or(std::vector<Bytes>())))) {
    refuse_trail(session, known, "is no continuation of that");
  }
}

// Whether it ends where the hashes that would prove it were pruned (formats/audit_log.md).
bool ends_among_pruned(const Checkpoint& known, const GetAuditCheckpointResponse& now) {
  return known.size < static_cast<std::uint64_t>(now.pruned.value_or(0)) && known.size % formats::kTileWidth != 0;
}

}  // namespace

formats::MerkleProof hashes_of(const std::vector<Bytes>& blobs) {
  formats::MerkleProof hashes;
  hashes.reserve(blobs.size());
  for (const Bytes& blob : blobs) {
    const auto hash = formats::to_merkle_hash(blob);
    if (!hash) throw Error(ErrorCode::kValidation, "a proof has what is no hash");
    hashes.push_back(*hash);
  }
  return hashes;
}

GetAuditCheckpointResponse take_checkpoint(Session& session, const std::string& region,
                                           std::optional<std::int64_t> since) {
  auto answer = ask_checkpoint(session, region, since);
  const formats::NoteKey key = formats::parse_verifier_key(answer.verifier_key);
  const Checkpoint now = formats::open_checkpoint(formats::parse_note(answer.checkpoint), std::span(&key, 1));
  if (const auto known = find_remembered(session, key)) {
    if (now.size < known->checkpoint.size)
      refuse_trail(session, *known, cat("has ", std::to_string(now.size), " events, and not those"));
    const auto old_size = static_cast<std::int64_t>(known->checkpoint.size);
    if (ends_among_pruned(known->checkpoint, answer)) {
      session.err() << "kmsctl: what this machine remembers of the trail, " << old_size
                    << " events, ends among the first " << *answer.pruned
                    << ", which were pruned: it cannot be compared, and is remembered anew\n";
    } else if (since != old_size) {
      const auto proven = ask_checkpoint(session, region, old_size);
      const Checkpoint later = formats::open_checkpoint(formats::parse_note(proven.checkpoint), std::span(&key, 1));
      require_continuation(session, *known, later, proven.consistency_proof);
      if (!since) answer = proven;
    } else {
      require_continuation(session, *known, now, answer.consistency_proof);
    }
  }
  remember_checkpoint(session, key, answer.checkpoint);
  return answer;
}

}  // namespace kms::cli
