#include "formats/audit_export_group.h"

#include "core/base/bytes.h"

namespace kms::formats {

void ExportGroup::add(const AuditExportReader::Line& line) {
  constexpr std::size_t kMostTexts = std::size_t{4} << 20U;
  leaves_.push_back(merkle_leaf(as_bytes(line.text)));
  Place place{line.number, 0, 0};
  if (texts_.size() + line.text.size() <= kMostTexts) {
    place.begin = texts_.size();
    texts_ += line.text;
    place.end = texts_.size();
  }
  places_.push_back(place);
}

void ExportGroup::clear() {
  leaves_.clear();
  places_.clear();
  texts_.clear();
}

std::string ExportGroup::summary_of(const Place& place) const {
  return event_summary(std::string_view(texts_).substr(place.begin, place.end - place.begin));
}

void ExportGroup::compare(const AuditExportHashes& hashes, std::uint64_t line, AuditFindings& findings) const {
  for (const EntryDifference& difference : align_entries(hashes.leaves, leaves_)) {
    const bool stands = difference.found < places_.size();
    const std::uint64_t at = stands ? places_[difference.found].line : line;
    const std::uint64_t number = hashes.first + difference.listed;
    switch (difference.change) {
      case EntryChange::kMissing:
        findings.add_entry(entry_finding(difference.change, number, at, {}), hashes.leaves[difference.listed]);
        break;
      case EntryChange::kInserted:
        findings.add_entry(entry_finding(difference.change, {}, at, summary_of(places_[difference.found])),
                           leaves_[difference.found]);
        break;
      default:
        findings.add(entry_finding(difference.change, number, at, summary_of(places_[difference.found])));
    }
  }
}

}  // namespace kms::formats
