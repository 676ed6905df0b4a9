#include "core/ops/vault/audit_witness.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "core/audit/event.h"
#include "core/audit/log_key.h"
#include "core/audit/trail_tree.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/ops/vault/upkeep.h"
#include "core/records/checkpoints.h"
#include "formats/checkpoint.h"
#include "formats/witness_request.h"

namespace kms {
namespace {

using formats::Checkpoint;
using formats::NoteKey;
using formats::SignedNote;
using formats::WitnessRequest;

WitnessRequest submission_of(std::string_view text) {
  if (formats::begins_witness_request(text)) return formats::parse_witness_request(text);
  return {0, {}, formats::parse_note(text)};
}

[[noreturn]] void refuse(ErrorCode code, const Checkpoint& checkpoint, std::string_view why) {
  throw Error(code, cat("no cosignature for ", checkpoint.origin, ": ", why));
}

// That what was seen is the beginning of what is to be signed.
void require_continuation(const Checkpoint& seen, const Checkpoint& next, const WitnessRequest& submission) {
  const std::string known = std::to_string(seen.size);
  if (next.size < seen.size) {
    refuse(ErrorCode::kInvalidSignature, next,
           cat("this witness has seen it with ", known, " entries, and the checkpoint has ", std::to_string(next.size),
               ": the log was cut off, put back, or the checkpoint is an old one"));
  }
  if (next.size == seen.size) {
    if (next.root == seen.root) return;
    refuse(ErrorCode::kInvalidSignature, next,
           cat("this witness has seen another log of ", known, " entries: it was rewritten"));
  }
  if (submission.old_size != seen.size && seen.size != 0) {
    refuse(ErrorCode::kValidation, next,
           cat("this witness has seen it with ", known,
               " entries, and has to see proven that they are its beginning: "
               "send what 'kmsctl audit checkpoint --since-checkpoint ",
               known, "' prints there"));
  }
  if (!formats::verify_consistency({seen.size, next.size, seen.root, next.root}, submission.proof)) {
    refuse(ErrorCode::kInvalidSignature, next,
           cat("the ", known, " entries that this witness has seen are not its beginning: it was rewritten"));
  }
}

// The lines of both, each once.
SignedNote joined(SignedNote note, const std::vector<formats::NoteSignature>& more) {
  for (const auto& line : more) {
    const bool known = std::find(note.signatures.begin(), note.signatures.end(), line) != note.signatures.end();
    if (!known) note.signatures.push_back(line);
  }
  return note;
}

}  // namespace

CosignCheckpointResponse cosign_checkpoint(Call& call, const CosignCheckpointRequest& request) {
  const NoteKey key = formats::parse_verifier_key(request.verifier_key);
  WitnessRequest submission = submission_of(request.checkpoint);
  const Checkpoint next = formats::open_checkpoint(submission.checkpoint, std::span(&key, 1));
  const LogKey witness = LogKey::of_witness(call.transaction, require_care(call.context).id());
  CosignCheckpointResponse answer{
      next.origin, static_cast<std::int64_t>(next.size), {}, formats::verifier_key_text(witness.public_key()), {}};
  const auto seen = find_seen_log(call.transaction, next.origin);
  if (seen) {
    if (formats::parse_verifier_key(seen->verifier_key) != key) {
      refuse(ErrorCode::kInvalidSignature, next, "this witness knows the log by another key");
    }
    const Checkpoint last = formats::parse_checkpoint(formats::parse_note(seen->note).text);
    require_continuation(last, next, submission);
    answer.old_size = static_cast<std::int64_t>(last.size);
  }
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(call.now().time_since_epoch()).count();
  SignedNote& note = submission.checkpoint;
  note.signatures.push_back(witness.cosign(note.text, static_cast<std::uint64_t>(std::max<std::int64_t>(seconds, 0))));
  answer.checkpoint = formats::write_note(note);
  put_seen_log(call.transaction, next.origin, {request.verifier_key, answer.checkpoint});
  return answer;
}

AddCosignaturesResponse add_cosignatures(Call& call, const AddCosignaturesRequest& request) {
  const SignedNote note = formats::parse_note(request.checkpoint);
  const LogKey own = LogKey::of_log(call.transaction, require_care(call.context).id(), call.caller.home);
  const Checkpoint checkpoint = formats::open_checkpoint(note, std::span(&own.public_key(), 1));
  TrailTree tree(call.transaction, audit_log(call.caller.home));
  if (checkpoint.size > tree.size() || tree.root(checkpoint.size) != checkpoint.root) {
    throw Error(ErrorCode::kInvalidSignature,
                "the key of this trail has signed the checkpoint, and the trail is not as it was then: it was "
                "rewritten, or an older copy of the vault put back");
  }
  SignedNote kept = note;
  if (const auto before = find_witnessed_checkpoint(call.transaction, call.caller.home)) {
    const SignedNote known = formats::parse_note(*before);
    const std::uint64_t size = formats::parse_checkpoint(known.text).size;
    if (size > checkpoint.size) {
      throw Error(ErrorCode::kConflict, cat("a witness has signed a larger one already, of ", std::to_string(size),
                                            " events; this one has ", std::to_string(checkpoint.size)));
    }
    if (known.text == note.text) kept = joined(known, note.signatures);
  }
  const auto of_others = std::count_if(kept.signatures.begin(), kept.signatures.end(), [&](const auto& line) {
    return !formats::is_signature_of(line, own.public_key());
  });
  if (of_others == 0) {
    throw Error(ErrorCode::kValidation, "nobody but this vault has signed the checkpoint: audit cosign in another one");
  }
  const std::string text = formats::write_note(kept);
  put_witnessed_checkpoint(call.transaction, call.caller.home, text);
  return {static_cast<std::int64_t>(checkpoint.size), of_others, text};
}

}  // namespace kms
