// audit export: the audit log, or a part of it, in files for others.
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>

#include "cli/command_of.h"
#include "cli/commands/audit_log_part.h"
#include "cli/commands/audit_questions.h"
#include "cli/commands/cloudtrail_files.h"
#include "cli/commands/registry.h"
#include "cli/commands/support.h"
#include "cli/named_files.h"
#include "core/audit/event_csv.h"
#include "core/base/bytes.h"
#include "core/base/error.h"
#include "core/base/terminal_text.h"
#include "core/base/text.h"
#include "formats/audit_export_writer.h"

namespace kms::cli {

enum class ExportFormat : std::uint8_t { kJsonLines, kCsv, kCloudTrail };

}  // namespace kms::cli

namespace kms {

template <>
struct EnumNames<cli::ExportFormat> {
  static constexpr auto kAll =
      std::to_array<EnumName<cli::ExportFormat>>({{cli::ExportFormat::kJsonLines, "jsonl"},
                                                  {cli::ExportFormat::kCsv, "csv"},
                                                  {cli::ExportFormat::kCloudTrail, "cloudtrail"}});
};

}  // namespace kms

namespace kms::cli {
namespace {

constexpr mode_t kPrivateFile = 0600;

struct ExportOptions {
  std::string target;
  std::string output;
  std::string since;
  std::string until;
  ExportFormat format = ExportFormat::kJsonLines;
  bool force = false;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("target", target,
          {.file = true, .help = "Of cloudtrail, the directory; else a file, or nothing for standard output"});
    visit("-o", output, {.file = true, .help = "The same as an option"});
    visit("--force", force, {.help = "Replace a file that exists; those of cloudtrail have names of their own"});
    visit("--format", format,
          {.help = "jsonl: events as they are stored, with what kmsctl audit verify-export needs; csv: a row an event, "
                   "for spreadsheets; cloudtrail: gzip files as AWS CloudTrail delivers them. jsonl when left out"});
    visit("--since", since,
          {.help = "The part of the log that has all events from then on: a time, or 30m, 2h, 7d back from now. Events "
                   "of other times may stand in it, since a log is in the order of its numbers"});
    visit("--until", until, {.help = "and before then"});
  }
};

std::string export_target(const ExportOptions& options) {
  if (!options.target.empty() && !options.output.empty()) {
    throw Error(ErrorCode::kUsage, cat("give ", options.target, " or -o ", options.output, ", not both"));
  }
  return options.target.empty() ? options.output : options.target;
}

// What is written as it comes: a file that appears when it is complete, or standard output.
class ExportOutput {
 public:
  ExportOutput(Session& session, const std::string& target, bool force)
      : session_(session),
        output_(session.terminal().streams(), target.empty() ? std::string(kStandardStream) : target, force,
                kPrivateFile) {}

  void write(ByteView bytes) {
    constexpr std::size_t kPiece = std::size_t{64} * 1024;
    pending_ += as_text(bytes);
    if (pending_.size() >= kPiece) flush();
  }
  void commit() {
    flush();
    output_.commit();
  }

 private:
  void flush() {
    const bool shown = output_.is_standard_output() && session_.terminal().output_is_terminal();
    if (shown) {
      session_.out() << escape_controls(pending_, LineEnds::kKept);
    } else {
      output_.write(as_bytes(pending_));
    }
    pending_.clear();
  }

  Session& session_;
  NamedOutput output_;
  std::string pending_;
};

void export_json_lines(Session& session, const AuditLogPart& part, ExportOutput& output) {
  formats::AuditExportWriter writer([&](ByteView bytes) { output.write(bytes); }, part.header);
  for_each_entry(session, part, [&](const StoredEvent& event) { writer.add(event.text); });
  writer.finish(part.end);
}

void export_csv(Session& session, const AuditLogPart& part, ExportOutput& output) {
  output.write(as_bytes(csv_header()));
  for_each_entry(session, part, [&](const StoredEvent& event) {
    output.write(as_bytes(csv_row(static_cast<std::uint64_t>(event.number), event.text)));
  });
}

void export_cloudtrail(Session& session, const AuditLogPart& part, const std::string& directory) {
  CloudTrailFiles files(directory, session.home(), session.random());
  for_each_entry(session, part, [&](const StoredEvent& event) { files.add(event.text); });
  files.finish();
  session.out() << std::to_string(part.end.end - part.header.first) << " events in " << std::to_string(files.files())
                << " files below " << escape_controls(directory, LineEnds::kEscaped) << '\n';
}

void export_log(Session& session, const ExportOptions& options) {
  refuse_answer_form(session, "events; --format says in which form");
  const std::string target = export_target(options);
  const bool to_files = options.format == ExportFormat::kCloudTrail;
  if (to_files && (target.empty() || names_standard_output(target))) {
    throw Error(ErrorCode::kUsage, "--format cloudtrail makes files: name a directory for them");
  }
  if (to_files && options.force) {
    throw Error(ErrorCode::kUsage, "--format cloudtrail replaces no files: --force means nothing with it");
  }
  const TimeBounds bounds{time_or_back(session, options.since), time_or_back(session, options.until)};
  if (to_files) return export_cloudtrail(session, audit_log_part(session, bounds), target);
  ExportOutput output(session, target, options.force);
  const AuditLogPart part = audit_log_part(session, bounds);
  if (options.format == ExportFormat::kCsv) {
    export_csv(session, part, output);
  } else {
    export_json_lines(session, part, output);
  }
  output.commit();
}

}  // namespace

void add_audit_export_command(Commands& commands) {
  commands.push_back(command<ExportOptions>("audit export", "Export the audit log, so that others can verify it",
                                            "Audit", export_log));
}

}  // namespace kms::cli
