#include "formats/audit_export_scan.h"

#include <utility>

#include "core/base/error.h"
#include "core/base/text.h"
#include "formats/audit_export_group.h"
#include "formats/audit_export_reader.h"
#include "formats/merkle_run.h"

namespace kms::formats {
namespace {

constexpr std::size_t kMostGroupLines = 4 * kExportGroup;  // in front of a line of hashes, whoever inserted some

void append_cover(MerkleRun& run, std::uint64_t begin, std::uint64_t end, const std::vector<MerkleHash>& hashes) {
  auto hash = hashes.begin();
  for (const MerklePosition& position : merkle_cover(begin, end)) run.append(position.level, *hash++);
}

class ExportScanner {
 public:
  ExportScanner(ReadFn read, std::vector<RootAtSize> sizes) : reader_(std::move(read)) {
    scan_.roots = std::move(sizes);
  }

  AuditExportScan scan() {
    read_header();
    while (!scan_.broken && !ended_) {
      const auto line = reader_.next();
      if (!line || !line->complete) {
        cut_off(line ? line->number : 0);
      } else {
        take(*line);
      }
    }
    if (ended_) {
      if (const auto line = reader_.next()) refuse_export_line(line->number, "comes after the last line of an export");
    }
    return std::move(scan_);
  }

 private:
  void read_header() {
    const auto line = reader_.next();
    auto header = line ? read_export_header(line->text) : std::nullopt;
    if (!header) refuse_export_line(1, "is not the first line of one, which kmsctl audit export writes");
    scan_.header = *std::move(header);
    scan_.end = scan_.header.first;
    append_cover(listed_, 0, scan_.end, scan_.header.before);
    found_ = listed_;
    note_root();
    if (!line->complete) cut_off(line->number);
  }

  void take(const AuditExportReader::Line& line) {
    switch (line.kind) {
      case AuditExportLine::kHeader:
        refuse_export_line(line.number, "is a first line, which one has once");
      case AuditExportLine::kEntry:
        return take_entry(line);
      case AuditExportLine::kHashes:
        return take_hashes(line);
      case AuditExportLine::kEnd:
        return take_end(line);
    }
  }

  void take_entry(const AuditExportReader::Line& line) {
    if (last_group_) refuse_export_line(line.number, "is an entry behind hashes that do not end their group");
    if (group_.leaves().size() == kMostGroupLines) return lack_hashes(line.number);
    group_.add(line);
  }

  void take_hashes(const AuditExportReader::Line& line) {
    const auto hashes = read_export_hashes(line.text);
    if (!hashes) refuse_export_line(line.number, "has no hashes as an export has them");
    if (last_group_ || hashes->first < scan_.end) refuse_export_line(line.number, "has hashes twice or out of order");
    if (hashes->first > scan_.end) return lack_hashes(line.number);
    group_.compare(*hashes, line.number, scan_.entries);
    for (const MerkleHash& leaf : hashes->leaves) {
      listed_.append(0, leaf);
      ++scan_.end;
      note_root();
    }
    for (const MerkleHash& leaf : group_.leaves()) found_.append(0, leaf);
    group_.clear();
    last_group_ = scan_.end % kExportGroup != 0;
  }

  void take_end(const AuditExportReader::Line& line) {
    const auto end = read_export_end(line.text);
    if (!end) refuse_export_line(line.number, "is not the last line of one");
    if (!group_.leaves().empty() || end->end > scan_.end) return lack_hashes(line.number);
    if (end->end < scan_.end) refuse_export_line(line.number, "ends the export before its last hashes");
    read_checkpoint(line.number, end->checkpoint);
    ended_ = true;
    scan_.size = end->size;
    const bool as_many = found_.size() == scan_.end;
    append_cover(listed_, scan_.end, end->size, end->after);
    if (as_many) append_cover(found_, scan_.end, end->size, end->after);
    scan_.root = listed_.root();
    scan_.entries_lead_to = as_many && found_.root() == scan_.checkpoint.root;
    note_root();
  }

  void read_checkpoint(std::uint64_t line, const std::string& text) {
    try {
      scan_.note = parse_note(text);
      scan_.checkpoint = parse_checkpoint(scan_.note.text);
    } catch (const Error& error) {
      refuse_export_line(line, cat("has no checkpoint: ", error.what()));
    }
  }

  void cut_off(std::uint64_t line) {
    const std::string where = line == 0 ? std::string("after a whole line") : cat("within line ", std::to_string(line));
    scan_.broken = {.fault = AuditFault::kTruncated,
                    .line = line,
                    .text = cat("the file was cut off: it ends ", where,
                                ", before the checkpoint, so nothing shows which entries it should have from ",
                                std::to_string(scan_.header.first), " on")};
  }

  void lack_hashes(std::uint64_t line) {
    scan_.broken = {
        .fault = AuditFault::kHashesMissing,
        .entry = scan_.end,
        .line = line,
        .text = cat("lines are missing before line ", std::to_string(line), ": at least the hashes of entry ",
                    std::to_string(scan_.end), " and those that follow it")};
  }

  void note_root() {
    for (RootAtSize& at : scan_.roots) {
      if (at.size == listed_.size() && !at.root) at.root = listed_.root();
    }
  }

  AuditExportReader reader_;
  AuditExportScan scan_;
  ExportGroup group_;
  MerkleRun listed_;         // by the lines of hashes
  MerkleRun found_;          // by the entries themselves
  bool last_group_ = false;  // whether the last hashes were those of no whole group: only the end may follow
  bool ended_ = false;
};

}  // namespace

AuditExportScan scan_audit_export(ReadFn read, std::vector<RootAtSize> sizes) {
  return ExportScanner(std::move(read), std::move(sizes)).scan();
}

}  // namespace kms::formats
