#pragma once
// A proof that an entry is in a log, for who has the entry and the log's verifier key and nothing else: C2SP
// tlog-proof, https://c2sp.org/tlog-proof, files named *.tlog-proof. formats/audit_log.md is the specification of what
// kmsctl writes. This reads and writes it. It is a proof when open_checkpoint() accepts the note, and the path leads
// from the entry's leaf hash to the checkpoint's root (merkle_proof.h). Pure functions: they may run on several threads
// at once.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "formats/merkle_tree.h"
#include "formats/note_lines.h"
#include "formats/signed_note.h"

namespace kms::formats {

inline constexpr std::size_t kMostProofExtra = std::size_t{64} * 1024;

struct TlogProof {
  Bytes extra;                   // nobody signed it; kmsctl writes none, and keeps it
  std::uint64_t index = 0;       // of the entry, from 0; below the checkpoint's size
  std::vector<MerkleHash> path;  // inclusion proof: the leaf's sibling first
  SignedNote checkpoint;
  bool operator==(const TlogProof&) const = default;
};

// ValidationException where parse_tlog_proof() would refuse the result.
std::string tlog_proof_text(const TlogProof& proof);
// Verifies nothing. ValidationException, with what is wrong, for what is none, whose checkpoint is none, or whose index
// is not below the checkpoint's size. What it reads, tlog_proof_text() writes as the same bytes.
TlogProof parse_tlog_proof(std::string_view text);

}  // namespace kms::formats
