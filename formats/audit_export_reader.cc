#include "formats/audit_export_reader.h"

#include <utility>

#include "core/base/bytes.h"
#include "core/base/text.h"
#include "formats/note_lines.h"

namespace kms::formats {

void refuse_export_line(std::uint64_t number, std::string_view why) {
  refuse_log_text("export of an audit log", cat("line ", std::to_string(number), " ", why));
}

AuditExportReader::AuditExportReader(ReadFn read) : read_(std::move(read)) {}

std::optional<AuditExportReader::Line> AuditExportReader::next() {
  ++number_;
  std::size_t seen = 0;  // of what was not taken: no byte is looked at twice
  for (;;) {
    const std::string_view rest = std::string_view(read_ahead_).substr(taken_);
    const std::size_t feed = rest.find('\n', seen);
    const bool complete = feed != std::string_view::npos;
    const std::size_t length = complete ? feed : rest.size();
    if (length > kMostExportLine) refuse_export_line(number_, "is longer than 1 MiB");
    if (complete || (at_end_ && !rest.empty())) {
      const std::string_view text = rest.substr(0, length);
      taken_ += length + (complete ? 1 : 0);
      return Line{kind_of_export_line(text), text, number_, complete};
    }
    if (at_end_) return std::nullopt;
    seen = rest.size();
    at_end_ = !read_more();
  }
}

bool AuditExportReader::read_more() {
  constexpr std::size_t kPiece = std::size_t{64} * 1024;
  read_ahead_.erase(0, taken_);
  taken_ = 0;
  const std::size_t had = read_ahead_.size();
  read_ahead_.resize(had + kPiece);
  const std::size_t count = read_(MutableBytes(reinterpret_cast<std::uint8_t*>(read_ahead_.data()) + had, kPiece));
  read_ahead_.resize(had + count);
  return count == kPiece;
}

}  // namespace kms::formats
