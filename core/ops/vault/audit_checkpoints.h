#pragma once
// What the trail says of itself for those who keep it elsewhere or verify it without the vault: checkpoints and proofs
// (formats/audit_log.md). Each speaks of the trail as it was before the call, whose own event comes behind that.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/ops/kms/fields.h"

namespace kms {

struct GetAuditCheckpointRequest {
  std::optional<std::int64_t> old_size;
  bool witnessed = false;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("OldSize", old_size,
          {.min = 0, .help = "Prove that the trail is the continuation of what it was with so many events"});
    visit("Witnessed", witnessed, {.help = "The largest one that came back from a witness, in place of a new one"});
  }
};
struct GetAuditCheckpointResponse {
  std::string origin;
  std::int64_t size = 0;
  Bytes root_hash;
  std::string checkpoint;
  std::string verifier_key;
  std::optional<std::vector<Bytes>> consistency_proof;
  std::optional<std::int64_t> pruned;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Origin", origin, {.help = "Which log: of this vault, account and Region"});
    visit("Size", size, {.help = "How many events it has"});
    visit("RootHash", root_hash, {.help = "Root of the Merkle tree over them (RFC 6962, SHA-256)"});
    visit("Checkpoint", checkpoint, {.help = "The signed note that says so"});
    visit("VerifierKey", verifier_key, {.help = "The public key that verifies it, as others are given it"});
    visit("ConsistencyProof", consistency_proof, {.help = "With OldSize: the hashes of the proof (RFC 9162)"});
    visit(
        "Pruned", pruned,
        {.help = "How many of the events were pruned, from the oldest on: of a size below, only one that is a multiple "
                 "of 256 is proven to be continued. Absent when none was"});
  }
};
GetAuditCheckpointResponse get_audit_checkpoint(Call& call, const GetAuditCheckpointRequest& request);

struct GetAuditVerifierKeyRequest {
  bool witness = false;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Witness", witness, {.help = "The key that cosigns checkpoints of other logs"});
  }
};
struct GetAuditVerifierKeyResponse {
  std::string verifier_key;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("VerifierKey", verifier_key, {.help = "Name, id and public key (C2SP signed-note)"});
  }
};
GetAuditVerifierKeyResponse get_audit_verifier_key(Call& call, const GetAuditVerifierKeyRequest& request);

struct GetAuditProofRequest {
  std::int64_t number = 0;
  bool witnessed = false;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Number", number, {.required = true, .min = 0, .help = "Of the event, from 0 on"});
    visit("Witnessed", witnessed, {.help = "By the largest checkpoint that came back from a witness"});
  }
};
struct GetAuditProofResponse {
  std::string proof;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Proof", proof, {.help = "That the event is in the trail (C2SP tlog-proof), with the checkpoint"});
  }
};
GetAuditProofResponse get_audit_proof(Call& call, const GetAuditProofRequest& request);

struct GetAuditRangeRequest {
  std::int64_t start = 0;
  std::int64_t end = 0;
  std::int64_t size = 0;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Start", start, {.required = true, .min = 0, .help = "Number of the first event of the part"});
    visit("End", end, {.required = true, .min = 0, .help = "Number of the first event behind it"});
    visit("Size", size, {.required = true, .min = 0, .help = "Of the tree: of a checkpoint"});
  }
};
struct GetAuditRangeResponse {
  std::vector<Bytes> before;
  std::vector<Bytes> after;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Before", before, {.help = "Roots of the perfect subtrees over the events before the part, from the left"});
    visit("After", after, {.help = "Likewise, over those from its end to the end of the tree"});
  }
};
GetAuditRangeResponse get_audit_range(Call& call, const GetAuditRangeRequest& request);

}  // namespace kms
