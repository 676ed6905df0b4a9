#pragma once
// What a log asks of a witness: the body of add-checkpoint in C2SP tlog-witness, https://c2sp.org/tlog-witness. A
// checkpoint with the proof that what the witness saw last is the beginning of it. formats/audit_log.md is the
// specification of what kmsctl writes. Pure functions: they may run on several threads at once.
#include <cstdint>
#include <string>
#include <string_view>

#include "formats/merkle_proof.h"
#include "formats/signed_note.h"

namespace kms::formats {

struct WitnessRequest {
  std::uint64_t old_size = 0;  // of what the witness saw last; 0: nothing
  MerkleProof proof;           // of consistency (merkle_proof.h), from there on
  SignedNote checkpoint;
  bool operator==(const WitnessRequest&) const = default;
};

// ValidationException where parse_witness_request() would refuse the result.
std::string witness_request_text(const WitnessRequest& request);
// Verifies nothing. ValidationException, with what is wrong, for what is none, or whose old size is above that of its
// checkpoint. What it reads, witness_request_text() writes as the same bytes.
WitnessRequest parse_witness_request(std::string_view text);
// Whether a text means to be one; else it may be a note alone.
bool begins_witness_request(std::string_view text);

}  // namespace kms::formats
