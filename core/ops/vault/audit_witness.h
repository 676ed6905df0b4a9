#pragma once
// Witnesses (formats/audit_log.md, "Cosignature"): a vault that remembers the newest checkpoint of logs of others, and
// signs the next one only with a proof that what it saw is the beginning of it; and a log that keeps what they signed.
#include <cstdint>
#include <optional>
#include <string>

#include "core/ops/kms/fields.h"
#include "formats/signed_note.h"

namespace kms {

inline constexpr Rule kNoteRule{.required = true, .min = 1, .max = formats::kMostNoteBytes};

struct CosignCheckpointRequest {
  std::string checkpoint;
  std::string verifier_key;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Checkpoint", checkpoint,
          with_help(kNoteRule, "Signed note, alone or behind the proof that it continues what was seen last"));
    visit("VerifierKey", verifier_key, {.required = true, .min = 1, .max = 1024, .help = "Key of the log that signed"});
  }
};
struct CosignCheckpointResponse {
  std::string origin;
  std::int64_t size = 0;
  std::string checkpoint;
  std::string verifier_key;
  std::optional<std::int64_t> old_size;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Origin", origin, {.help = "Which log"});
    visit("Size", size, {.help = "How many entries it has"});
    visit("Checkpoint", checkpoint, {.help = "The note, with the line of this witness as well"});
    visit("VerifierKey", verifier_key, {.help = "The key of this witness"});
    visit("OldSize", old_size, {.help = "What this witness saw of the log before; absent the first time"});
  }
};
CosignCheckpointResponse cosign_checkpoint(Call& call, const CosignCheckpointRequest& request);

struct AddCosignaturesRequest {
  std::string checkpoint;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Checkpoint", checkpoint, with_help(kNoteRule, "A checkpoint of this trail that a witness has signed"));
  }
};
struct AddCosignaturesResponse {
  std::int64_t size = 0;
  std::int64_t cosignatures = 0;
  std::string checkpoint;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Size", size, {.help = "How many events the checkpoint has"});
    visit("Cosignatures", cosignatures, {.help = "How many lines of others it has now"});
    visit("Checkpoint", checkpoint, {.help = "The note as it is kept"});
  }
};
AddCosignaturesResponse add_cosignatures(Call& call, const AddCosignaturesRequest& request);

}  // namespace kms
