#include "core/ops/vault/audit_checkpoints.h"

#include <algorithm>

#include "core/audit/event.h"
#include "core/audit/log_key.h"
#include "core/audit/trail_tree.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/ops/vault/upkeep.h"
#include "core/records/checkpoints.h"
#include "formats/checkpoint.h"
#include "formats/tlog_proof.h"

namespace kms {
namespace {

LogKey own_key(const Call& call) {
  return LogKey::of_log(call.transaction, require_care(call.context).id(), call.caller.home);
}

std::vector<Bytes> as_blobs(const std::vector<formats::MerkleHash>& hashes) {
  std::vector<Bytes> blobs;
  blobs.reserve(hashes.size());
  for (const formats::MerkleHash& hash : hashes) blobs.emplace_back(hash.begin(), hash.end());
  return blobs;
}

formats::SignedNote witnessed_note(const Call& call) {
  const auto note = find_witnessed_checkpoint(call.transaction, call.caller.home);
  if (note) return formats::parse_note(*note);
  throw Error(ErrorCode::kNotFound,
              "no checkpoint of this trail came back from a witness (audit cosign there, audit checkpoint --add here)");
}

formats::SignedNote note_for(const Call& call, TrailTree& tree, bool witnessed) {
  return witnessed ? witnessed_note(call) : own_key(call).checkpoint(tree.size(), tree.root(tree.size()));
}

}  // namespace

GetAuditCheckpointResponse get_audit_checkpoint(Call& call, const GetAuditCheckpointRequest& request) {
  TrailTree tree(call.transaction, audit_log(call.caller.home));
  const formats::SignedNote note = note_for(call, tree, request.witnessed);
  const formats::Checkpoint checkpoint = formats::parse_checkpoint(note.text);
  GetAuditCheckpointResponse answer{checkpoint.origin,
                                    static_cast<std::int64_t>(checkpoint.size),
                                    {checkpoint.root.begin(), checkpoint.root.end()},
                                    formats::write_note(note),
                                    formats::verifier_key_text(own_key(call).public_key()),
                                    {},
                                    {}};
  const std::uint64_t pruned = call.transaction.log_begin(audit_log(call.caller.home));
  if (pruned > 0) answer.pruned = static_cast<std::int64_t>(pruned);
  if (request.old_size) {
    answer.consistency_proof =
        as_blobs(tree.consistency(static_cast<std::uint64_t>(*request.old_size), checkpoint.size));
  }
  call.notes.push_back(checkpoint_time_record(call.caller.home, call.now()));
  return answer;
}

GetAuditVerifierKeyResponse get_audit_verifier_key(Call& call, const GetAuditVerifierKeyRequest& request) {
  const LogKey key =
      request.witness ? LogKey::of_witness(call.transaction, require_care(call.context).id()) : own_key(call);
  return {formats::verifier_key_text(key.public_key())};
}

GetAuditProofResponse get_audit_proof(Call& call, const GetAuditProofRequest& request) {
  TrailTree tree(call.transaction, audit_log(call.caller.home));
  const auto number = static_cast<std::uint64_t>(request.number);
  const formats::SignedNote note = note_for(call, tree, request.witnessed);
  const std::uint64_t size = formats::parse_checkpoint(note.text).size;
  if (number >= size) {
    const std::string_view whose = request.witnessed ? "the checkpoint that a witness has signed" : "the trail";
    throw Error(ErrorCode::kNotFound, cat(whose, " has ", std::to_string(size),
                                          " events, from 0 on, and none of number ", std::to_string(number)));
  }
  return {formats::tlog_proof_text({{}, number, tree.inclusion(number, size), note})};
}

GetAuditRangeResponse get_audit_range(Call& call, const GetAuditRangeRequest& request) {
  TrailTree tree(call.transaction, audit_log(call.caller.home));
  const Surroundings around =
      tree.surroundings(static_cast<std::uint64_t>(request.start), static_cast<std::uint64_t>(request.end),
                        static_cast<std::uint64_t>(request.size));
  return {as_blobs(around.before), as_blobs(around.after)};
}

}  // namespace kms
