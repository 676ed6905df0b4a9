#pragma once
// Whether an export of an audit log is what the log's key signed, for who has that key's public half and no vault:
// formats/audit_log.md, "Export". Pure but for reading the file once, in memory that does not grow with it.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "formats/audit_export_findings.h"
#include "formats/note_key.h"
#include "formats/signed_note.h"
#include "formats/stream.h"

namespace kms::formats {

// What the export is held against.
struct AuditExportDemands {
  NoteKey log;  // of type kEd25519; its name is the log's origin
  std::vector<NoteKey>
      witnesses;  // of type kCosignature: each has to have cosigned the checkpoint of the file, or `newer`
  std::optional<SignedNote> newer = {};  // the export has to have all entries of this checkpoint, and its root
  std::optional<SignedNote> older = {};  // the log of the export has to go on from this checkpoint
  bool partial = false;                  // whether the file may begin after entry 0, or end before its checkpoint does
};

// That a witness saw the log at a size.
struct WitnessedSize {
  std::string witness;
  std::uint64_t size = 0;
  std::uint64_t time = 0;  // seconds since 1970
};

struct AuditExportReport {
  std::string origin;       // as the file says
  std::uint64_t first = 0;  // entries from `first` to before `end` stand in the file
  std::uint64_t end = 0;
  std::uint64_t size = 0;  // of the log, by the checkpoint; 0 where the file was not read to it
  MerkleHash root{};
  std::vector<WitnessedSize> witnessed;
  std::vector<AuditFinding> findings;  // the first 20
  std::uint64_t finding_count = 0;     // of all

  bool verified() const { return finding_count == 0; }
};

// ValidationException that names the line for what is no export, or a checkpoint that is none; and what `read` throws.
// Everything else that is wrong is a finding.
AuditExportReport verify_audit_export(ReadFn read, const AuditExportDemands& demands);

}  // namespace kms::formats
