#pragma once
// The lines of an export of an audit log as they come, one in memory at a time. What they say is not judged here.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "formats/audit_export.h"
#include "formats/stream.h"

namespace kms::formats {

// ValidationException: "this is no export of an audit log: line N WHY".
[[noreturn]] void refuse_export_line(std::uint64_t number, std::string_view why);

// Not for more than one thread.
class AuditExportReader {
 public:
  explicit AuditExportReader(ReadFn read);

  struct Line {
    AuditExportLine kind = AuditExportLine::kEntry;
    std::string_view text;     // without its line feed, up to the next call
    std::uint64_t number = 0;  // from 1 on
    bool complete = true;      // whether there is a line feed: without one, the file was cut off
  };
  // Nothing at the end. ValidationException for a line of more than 1 MiB; and what `read` throws.
  std::optional<Line> next();

 private:
  bool read_more();
  ReadFn read_;
  std::string read_ahead_;  // of which the first `taken_` bytes were given
  std::size_t taken_ = 0;
  std::uint64_t number_ = 0;
  bool at_end_ = false;
};

}  // namespace kms::formats
