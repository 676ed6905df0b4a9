#pragma once
// The lines of an export of an audit log, or of a part of it, that can be verified without the vault: JSON Lines, of
// which all but three kinds are the entries to the byte. formats/audit_log.md, "Export", is the specification. Here are
// the lines; audit_export_writer.h, audit_export_reader.h and audit_export_verifier.h have whole exports.
// Pure functions: they may run on several threads at once.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "formats/merkle_tree.h"

namespace kms::formats {

inline constexpr std::size_t kMostExportLine = std::size_t{1} << 20U;  // bytes, without its line feed
inline constexpr std::uint64_t kExportGroup = 256;  // after the last entry of each stand the hashes of its entries

// The first line.
struct AuditExportHeader {
  std::string origin;              // which log
  std::uint64_t first = 0;         // number of the first entry in the file; below 2^63
  std::vector<MerkleHash> before;  // of the subtrees of merkle_cover(0, first)
  bool operator==(const AuditExportHeader&) const = default;
};

// Behind the entries of a group.
struct AuditExportHashes {
  std::uint64_t first = 0;         // number of the first of these entries
  std::vector<MerkleHash> leaves;  // of each; 1 to 256, which lie in one group
  bool operator==(const AuditExportHashes&) const = default;
};

// The last line.
struct AuditExportEnd {
  std::uint64_t end = 0;          // number behind that of the last entry in the file
  std::uint64_t size = 0;         // of the log, as the checkpoint has it; not below `end`
  std::vector<MerkleHash> after;  // of the subtrees of merkle_cover(end, size)
  std::string checkpoint;         // a signed note
  bool operator==(const AuditExportEnd&) const = default;
};

enum class AuditExportLine : std::uint8_t { kHeader, kEntry, kHashes, kEnd };
// By how it begins. That it is one, reading it says.
AuditExportLine kind_of_export_line(std::string_view line);

// Without a line feed. ValidationException where reading would refuse the result.
std::string export_line(const AuditExportHeader& header);
std::string export_line(const AuditExportHashes& hashes);
std::string export_line(const AuditExportEnd& end);

// Nothing for a line that export_line() would not write: a number has one spelling, members one order. Checkpoints are
// texts here: nothing is said of them.
std::optional<AuditExportHeader> read_export_header(std::string_view line);
std::optional<AuditExportHashes> read_export_hashes(std::string_view line);
std::optional<AuditExportEnd> read_export_end(std::string_view line);

}  // namespace kms::formats
