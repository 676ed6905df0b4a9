#include "formats/audit_export_verifier.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "core/base/error.h"
#include "core/base/text.h"
#include "formats/audit_export_scan.h"
#include "formats/checkpoint.h"
#include "formats/cosignature.h"

namespace kms::formats {
namespace {

// A checkpoint that came beside the file.
struct OtherCheckpoint {
  std::string_view name;
  const SignedNote& note;
  std::size_t root;  // its place among the roots that the scan was asked for
};

AuditFinding finding_of(AuditFault fault, std::string text) {
  return {.fault = fault, .text = std::move(text)};
}

std::string range_text(std::uint64_t begin, std::uint64_t end) {
  if (begin >= end) return "no entries";
  return cat("the entries ", std::to_string(begin), " to ", std::to_string(end - 1));
}

class ExportVerification {
 public:
  ExportVerification(const AuditExportDemands& demands, const AuditExportScan& scan) : demands_(demands), scan_(scan) {}

  void judge_file() {
    if (scan_.broken) return findings_.add(*scan_.broken);
    const bool of_its_root = scan_.checkpoint.size == scan_.size && scan_.root == scan_.checkpoint.root;
    if (of_its_root) {
      findings_.add_all(scan_.entries);
    } else if (scan_.checkpoint.size == scan_.size && scan_.entries_lead_to) {
      findings_.add(finding_of(AuditFault::kHashesChanged,
                               "lines of hashes were changed; the entries are those of the checkpoint"));
    } else {
      findings_.add(finding_of(AuditFault::kNotItsRoot,
                               "the hashes of the file do not lead to the root of its checkpoint: hashes, numbers or "
                               "the checkpoint were changed, so nothing can be said entry by entry"));
    }
  }

  void judge_signature() {
    const std::string& origin = scan_.header.origin;
    if (origin != demands_.log.name || (!scan_.broken && scan_.checkpoint.origin != demands_.log.name)) {
      const std::string& other = origin != demands_.log.name ? origin : scan_.checkpoint.origin;
      findings_.add(finding_of(AuditFault::kOtherOrigin, cat("the export is of the log ", other,
                                                             ", the public key of the log ", demands_.log.name)));
    } else if (!scan_.broken) {
      is_signed("the checkpoint of the file", scan_.note);
    }
  }

  void judge_extent() {
    if (scan_.broken || demands_.partial) return;
    if (scan_.header.first == 0 && scan_.end == scan_.size) return;
    findings_.add(finding_of(AuditFault::kPartial,
                             cat("the file has ", range_text(scan_.header.first, scan_.end), " of the ",
                                 std::to_string(scan_.size), " of its checkpoint: a part, which was not asked for")));
  }

  void judge_other(const OtherCheckpoint& other) {
    if (!is_signed(other.name, other.note) || scan_.broken) return;
    const Checkpoint checkpoint = parse_checkpoint(other.note.text);
    const std::string size = std::to_string(checkpoint.size);
    const std::string has =
        cat("the file has ", range_text(scan_.header.first, scan_.end), " of ", std::to_string(scan_.size));
    const auto& root = scan_.roots.at(other.root).root;
    if (checkpoint.size > scan_.size) {
      findings_.add(finding_of(AuditFault::kNotCovered, cat(other.name, " is of ", size, " entries, and ", has,
                                                            ": the log was cut off, or the export is older")));
    } else if (!root) {
      findings_.add(finding_of(AuditFault::kNotCovered, cat(other.name, " is of ", size, " entries, and ", has,
                                                            ": it cannot be compared with the part of a log that does "
                                                            "not have its last entry")));
    } else if (*root != checkpoint.root) {
      findings_.add(finding_of(AuditFault::kForked, cat(other.name, " has another root at ", size,
                                                        " entries: the log was rewritten or forked before there")));
    }
  }

  std::vector<WitnessedSize> judge_witnesses() {
    std::vector<WitnessedSize> witnessed;
    if (!scan_.broken) add_cosignatures(scan_.note, witnessed);
    if (demands_.newer) add_cosignatures(*demands_.newer, witnessed);
    for (const NoteKey& witness : demands_.witnesses) {
      if (std::find(cosigned_.begin(), cosigned_.end(), witness) != cosigned_.end()) continue;
      findings_.add(finding_of(AuditFault::kNotCosigned, cat("the witness ", witness.name, " has not cosigned")));
    }
    return witnessed;
  }

  const AuditFindings& findings() const { return findings_; }

 private:
  bool is_signed(std::string_view name, const SignedNote& note) {
    try {
      (void)open_checkpoint(note, std::span(&demands_.log, 1));
      return true;
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kInvalidSignature) throw;
      findings_.add(finding_of(AuditFault::kNotSigned, cat(name, " is not signed by the key of the log ",
                                                           demands_.log.name, ": ", error.what())));
      return false;
    }
  }

  void add_cosignatures(const SignedNote& note, std::vector<WitnessedSize>& witnessed) {
    try {
      const std::uint64_t size = parse_checkpoint(note.text).size;
      for (const Cosignature& one : verify_cosignatures(note, demands_.witnesses)) {
        witnessed.push_back({one.witness.name, size, one.time});
        cosigned_.push_back(one.witness);
      }
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kInvalidSignature) throw;
      findings_.add(finding_of(AuditFault::kNotCosigned, cat("a cosignature does not hold: ", error.what())));
    }
  }

  const AuditExportDemands& demands_;
  const AuditExportScan& scan_;
  AuditFindings findings_;
  std::vector<NoteKey> cosigned_;  // witnesses whose cosignature was found
};

}  // namespace

AuditExportReport verify_audit_export(ReadFn read, const AuditExportDemands& demands) {
  std::vector<RootAtSize> sizes;
  std::vector<OtherCheckpoint> others;
  const auto hold_against = [&](std::string_view name, const std::optional<SignedNote>& note) {
    if (!note) return;
    others.push_back({name, *note, sizes.size()});
    sizes.push_back({parse_checkpoint(note->text).size});
  };
  hold_against("the newer checkpoint", demands.newer);
  hold_against("the older checkpoint", demands.older);
  const AuditExportScan scan = scan_audit_export(std::move(read), std::move(sizes));
  ExportVerification verification(demands, scan);
  verification.judge_file();
  verification.judge_signature();
  verification.judge_extent();
  for (const OtherCheckpoint& other : others) verification.judge_other(other);
  AuditExportReport report{scan.header.origin, scan.header.first, scan.end, scan.size, scan.root, {}, {}, 0};
  report.witnessed = verification.judge_witnesses();
  report.findings = verification.findings().list();
  report.finding_count = verification.findings().count();
  return report;
}

}  // namespace kms::formats
