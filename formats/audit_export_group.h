#pragma once
// The entries of an export that stand in front of a line of hashes, until that comes: their hashes, and what is needed
// to name them. Bounded by the caller's bound on their number, and four megabytes. Not for more than one thread.
#include <cstdint>
#include <string>
#include <vector>

#include "formats/audit_export.h"
#include "formats/audit_export_findings.h"
#include "formats/audit_export_reader.h"

namespace kms::formats {

class ExportGroup {
 public:
  void add(const AuditExportReader::Line& line);
  void clear();

  const std::vector<MerkleHash>& leaves() const { return leaves_; }
  // What differs between these entries and those that `hashes` lists, which stand at line `line`.
  void compare(const AuditExportHashes& hashes, std::uint64_t line, AuditFindings& findings) const;

 private:
  struct Place {
    std::uint64_t line = 0;
    std::size_t begin = 0;  // in `texts_`; both 0 where the text was not kept
    std::size_t end = 0;
  };
  std::string summary_of(const Place& place) const;
  std::vector<MerkleHash> leaves_;
  std::vector<Place> places_;  // of each
  std::string texts_;
};

}  // namespace kms::formats
