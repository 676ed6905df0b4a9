#pragma once
// What a witness says of a checkpoint: at this time, this was the largest tree of that log that it had seen, and all
// that it saw before are the beginning of it. Ed25519 cosignatures of C2SP tlog-cosignature,
// https://c2sp.org/tlog-cosignature. formats/audit_log.md is the specification of what kmsctl writes.
//   signature = u64 time || Ed25519("cosignature/v1\ntime " time "\n" || text of the checkpoint)
// The statement is the witness's own: it is up to the caller to check a consistency proof before. Pure functions: they
// may run on several threads at once.
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "formats/note_key.h"
#include "formats/signed_note.h"

namespace kms::formats {

struct Cosignature {
  NoteKey witness;
  std::uint64_t time = 0;  // seconds since 1970, up to 2^63 - 1: what the witness says, in the future as well
  bool operator==(const Cosignature&) const = default;
};

// The line of `witness`, of type kCosignature, for the text of a checkpoint. `time` in seconds since 1970.
// ValidationException for a text that is no checkpoint, and a time above 2^63 - 1.
NoteSignature cosign(std::string_view text, std::uint64_t time, const NoteKey& witness, const NoteSigner& sign);

// Those of `known` that cosigned, in the order of `known`, each with its newest time; none is no error: how many are
// enough is up to the caller, who has verified the log's own signature (open_checkpoint). Keys of another type than
// kCosignature are passed over, as are the lines of keys that are not known. ValidationException for a text that is no
// checkpoint; KMSInvalidSignatureException where a cosignature of a known witness is not valid.
std::vector<Cosignature> verify_cosignatures(const SignedNote& note, std::span<const NoteKey> known);

}  // namespace kms::formats
