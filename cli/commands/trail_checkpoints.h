#pragma once
// Checkpoints of the trail, asked for and compared with what this machine remembers.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/session.h"
#include "core/ops/vault/audit_checkpoints.h"
#include "formats/merkle_proof.h"

namespace kms::cli {

// What to type where the trail is not the one that somebody saw.
inline constexpr const char* kCompareCheckpoints =
    "kmsctl audit verify --checkpoint FILE compares the trail with checkpoints that were kept elsewhere";

// ValidationException when one is no hash.
formats::MerkleProof hashes_of(const std::vector<Bytes>& blobs);

// A new checkpoint of the trail in a Region, the session's when empty. VaultDamagedException when it does not continue
// what this machine remembers of that trail; else it is remembered in its place. What cannot be compared, since the
// trail was pruned where it ends, is told of on standard error. With `since`, it has the proof that it continues the
// trail of that size.
GetAuditCheckpointResponse take_checkpoint(Session& session, const std::string& region,
                                           std::optional<std::int64_t> since);

}  // namespace kms::cli
