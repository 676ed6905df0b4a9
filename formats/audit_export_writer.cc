#include "formats/audit_export_writer.h"

#include <utility>

#include "core/base/error.h"
#include "core/base/text.h"

namespace kms::formats {

AuditExportWriter::AuditExportWriter(WriteFn write, const AuditExportHeader& header)
    : write_(std::move(write)), next_(header.first), group_{header.first, {}} {
  write_line(export_line(header));
}

MerkleHash AuditExportWriter::add(std::string_view entry) {
  const bool is_line = entry.size() <= kMostExportLine && entry.find('\n') == std::string_view::npos;
  if (!is_line || kind_of_export_line(entry) != AuditExportLine::kEntry) {
    throw Error(ErrorCode::kValidation, cat("entry ", std::to_string(next_), " of the log is no line of an export"));
  }
  const MerkleHash leaf = merkle_leaf(as_bytes(entry));
  write_line(entry);
  group_.leaves.push_back(leaf);
  ++next_;
  if (next_ % kExportGroup == 0) write_group();
  return leaf;
}

void AuditExportWriter::finish(const AuditExportEnd& end) {
  if (end.end != next_) throw Error(ErrorCode::kInternal, "an export ends where its entries do");
  if (!group_.leaves.empty()) write_group();
  write_line(export_line(end));
}

void AuditExportWriter::write_line(std::string_view line) {
  write_(as_bytes(cat(line, "\n")));
}

void AuditExportWriter::write_group() {
  write_line(export_line(group_));
  group_ = {next_, {}};
}

}  // namespace kms::formats
