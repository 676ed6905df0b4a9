#pragma once
// Writes an export of an audit log (audit_export.h), entry by entry, in memory bounded by one group of entries' hashes.
// Not for more than one thread.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "formats/audit_export.h"
#include "formats/stream.h"

namespace kms::formats {

class AuditExportWriter {
 public:
  // Writes the first line. ValidationException for a header that no reader takes.
  AuditExportWriter(WriteFn write, const AuditExportHeader& header);

  // The entry that comes next, to the byte as the log has it. ValidationException where it is no line of its own: a
  // line feed in it, more than 1 MiB, or the beginning of a line of another kind. The leaf hash of what was written is
  // the answer.
  MerkleHash add(std::string_view entry);
  std::uint64_t next() const { return next_; }  // number of that entry

  // Once, behind the last entry: the hashes of what is no whole group, and the last line. The numbers in `end` are
  // those of the checkpoint and of next(). ValidationException as export_line().
  void finish(const AuditExportEnd& end);

 private:
  void write_line(std::string_view line);
  void write_group();
  WriteFn write_;
  std::uint64_t next_ = 0;
  AuditExportHashes group_;
};

}  // namespace kms::formats
