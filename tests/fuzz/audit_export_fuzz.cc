// Exports of a log that strangers send. What is verified has the entries that the log's key signed, which are those of
// formats/audit_log.md: nothing else can lead to the root of its checkpoint. What is refused is no export, or has a
// finding.
#include <algorithm>
#include <string>
#include <string_view>

#include "core/base/error.h"
#include "core/base/text.h"
#include "formats/audit_export.h"
#include "formats/audit_export_verifier.h"
#include "tests/fuzz/start.h"

namespace {

using kms::formats::AuditExportDemands;

const AuditExportDemands& page_demands() {
  using kms::formats::parse_verifier_key;
  static const AuditExportDemands demands{
      .log = parse_verifier_key("kmsctl.local/3f2b8c1e-5d47-4a90-8e6b-0c9d7a1f2e34/111122223333/eu-central-1+"
                                "6868626a+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"),
      .witnesses = {},
      .partial = true};
  return demands;
}

// Line by line, what reads is written again as the same bytes.
void read_lines_back(std::string_view text) {
  for (const std::string_view line : kms::split(text, '\n')) {
    const auto header = kms::formats::read_export_header(line);
    if (header && export_line(*header) != line) std::abort();
    const auto hashes = kms::formats::read_export_hashes(line);
    if (hashes && export_line(*hashes) != line) std::abort();
    const auto end = kms::formats::read_export_end(line);
    if (end && export_line(*end) != line) std::abort();
  }
}

void require_entries_of_page(std::string_view text, std::uint64_t first, std::uint64_t end) {
  const auto lines = kms::split(text, '\n');
  for (std::uint64_t i = first; i < end; ++i) {
    const std::string entry = kms::cat("{\"eventID\":\"event-", std::to_string(i), "\"}");
    if (lines.at(1 + i - first) != entry) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  return start_fuzzing();
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  read_lines_back(text);
  kms::ByteView rest(data, size);
  const auto read = [&](kms::MutableBytes out) {
    const std::size_t count = std::min(out.size(), rest.size());
    std::copy_n(rest.begin(), count, out.begin());
    rest = rest.subspan(count);
    return count;
  };
  try {
    const auto report = kms::formats::verify_audit_export(read, page_demands());
    if (report.findings.size() > kms::formats::AuditFindings::kMost) std::abort();
    if (report.verified()) require_entries_of_page(text, report.first, report.end);
  } catch (const kms::Error& error) {
    if (error.code() != kms::ErrorCode::kValidation) std::abort();
  }
  return 0;
}
