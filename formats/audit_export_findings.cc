#include "formats/audit_export_findings.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/base/json_text.h"
#include "core/base/text.h"

namespace kms::formats {
namespace {

std::string with_event(std::string text, const std::string& event) {
  return event.empty() ? std::move(text) : cat(text, " (", event, ")");
}

AuditFault fault_of(EntryChange change) {
  switch (change) {
    case EntryChange::kEdited:
      return AuditFault::kEdited;
    case EntryChange::kMissing:
      return AuditFault::kMissing;
    case EntryChange::kInserted:
      return AuditFault::kInserted;
    case EntryChange::kMoved:
      return AuditFault::kMoved;
    case EntryChange::kDoubled:
      break;
  }
  return AuditFault::kDoubled;
}

std::string sentence_of(EntryChange change, const std::string& entry, const std::string& line,
                        const std::string& event) {
  switch (change) {
    case EntryChange::kEdited:
      return with_event(cat("entry ", entry, " was edited: line ", line), event);
    case EntryChange::kMissing:
      return cat("entry ", entry, " is missing before line ", line);
    case EntryChange::kInserted:
      return with_event(cat("line ", line, " was inserted: it is no entry there"), event);
    case EntryChange::kMoved:
      return with_event(cat("entry ", entry, " was moved: it stands at line ", line), event);
    case EntryChange::kDoubled:
      break;
  }
  return with_event(cat("entry ", entry, " was doubled: it stands once more at line ", line), event);
}

}  // namespace

std::string event_summary(std::string_view entry) {
  constexpr std::size_t kMostShown = 64;  // bytes of each; names and ids have fewer
  if (!is_within(entry, {})) return {};
  const Json event = Json::parse(entry, nullptr, /*allow_exceptions=*/false);
  std::string summary;
  if (!event.is_object()) return summary;
  for (const char* name : {"eventName", "eventTime", "eventID"}) {
    const auto member = event.find(name);
    if (member == event.end() || !member->is_string()) continue;
    if (!summary.empty()) summary += ", ";
    summary += beginning_of(member->get_ref<const std::string&>(), kMostShown);
  }
  return summary;
}

AuditFinding entry_finding(EntryChange change, std::optional<std::uint64_t> entry, std::uint64_t line,
                           std::string event) {
  std::string text = sentence_of(change, std::to_string(entry.value_or(0)), std::to_string(line), event);
  return {fault_of(change), entry, line, std::move(event), std::move(text)};
}

void AuditFindings::add(AuditFinding finding) {
  ++count_;
  if (kept_.size() < kMost) kept_.push_back({std::move(finding), std::nullopt});
}

void AuditFindings::add_entry(AuditFinding finding, const MerkleHash& leaf) {
  if (merge_moved(finding, leaf)) return;
  ++count_;
  if (kept_.size() < kMost) kept_.push_back({std::move(finding), leaf});
}

void AuditFindings::add_all(const AuditFindings& others) {
  count_ += others.count_;
  for (const Kept& other : others.kept_) {
    if (kept_.size() < kMost) kept_.push_back(other);
  }
}

bool AuditFindings::merge_moved(const AuditFinding& finding, const MerkleHash& leaf) {
  const bool here = finding.fault == AuditFault::kInserted;
  if (!here && finding.fault != AuditFault::kMissing) return false;
  const AuditFault other = here ? AuditFault::kMissing : AuditFault::kInserted;
  const auto found = std::find_if(kept_.begin(), kept_.end(),
                                  [&](const Kept& kept) { return kept.finding.fault == other && kept.leaf == leaf; });
  if (found == kept_.end()) return false;
  const AuditFinding& inserted = here ? finding : found->finding;
  const AuditFinding& missing = here ? found->finding : finding;
  found->finding = entry_finding(EntryChange::kMoved, missing.entry, inserted.line, inserted.event);
  return true;
}

std::vector<AuditFinding> AuditFindings::list() const {
  std::vector<AuditFinding> all;
  all.reserve(kept_.size());
  for (const Kept& kept : kept_) all.push_back(kept.finding);
  return all;
}

}  // namespace kms::formats
