#pragma once
// One pass over an export of an audit log: what its lines say, and to which roots its hashes lead. Nothing of it is to
// be believed before its checkpoint is (audit_export_verifier.h).
#include <cstdint>
#include <optional>
#include <vector>

#include "formats/audit_export.h"
#include "formats/audit_export_findings.h"
#include "formats/checkpoint.h"
#include "formats/signed_note.h"
#include "formats/stream.h"

namespace kms::formats {

// The root that the log had at a size, by the hashes of the file; none where they do not say.
struct RootAtSize {
  std::uint64_t size = 0;
  std::optional<MerkleHash> root = {};
};

struct AuditExportScan {
  AuditExportHeader header;
  std::uint64_t end = 0;               // behind the last entry of which the file has the hash
  std::optional<AuditFinding> broken;  // why it was not read to its end; then there is nothing of what follows
  std::uint64_t size = 0;              // of the log, as the last line has it
  SignedNote note;
  Checkpoint checkpoint;
  MerkleHash root{};             // of the tree of this size, by the lines of hashes
  bool entries_lead_to = false;  // whether the entries by themselves lead to the checkpoint's root
  AuditFindings entries;         // where they are not those of the lines of hashes: true if these are
  std::vector<RootAtSize> roots;
};

// Fills in the roots at `sizes`. Takes memory for some lines, whatever the file has. ValidationException that names the
// line for what does not parse, is too long, comes twice or out of its order; and what `read` throws.
AuditExportScan scan_audit_export(ReadFn read, std::vector<RootAtSize> sizes);

}  // namespace kms::formats
