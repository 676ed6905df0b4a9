// audit verify-export: whether an export of the audit log is what the log's key signed. Needs no vault.
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/command_of.h"
#include "cli/commands/audit_evidence.h"
#include "cli/commands/file_transfer.h"
#include "cli/commands/registry.h"
#include "cli/commands/support.h"
#include "core/base/encoding.h"
#include "core/base/terminal_text.h"
#include "formats/audit_export_verifier.h"

namespace kms::cli {
namespace {

struct VerifyExportOptions {
  std::string file;
  std::string public_key;
  std::string checkpoint;
  std::string since_checkpoint;
  bool partial = false;
  std::vector<std::string> witnesses;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("file", file,
          {.required = true, .file = true, .help = "What kmsctl audit export wrote; - is standard input"});
    visit("--public-key", public_key, {.required = true, .file = true, .type = "VKEY", .help = kPublicKeyHelp});
    visit("--checkpoint", checkpoint,
          {.file = true, .help = "A checkpoint of the log: the export has to have all of its entries"});
    visit("--since-checkpoint", since_checkpoint,
          {.file = true, .help = "An older checkpoint of the log: the export has to go on from it"});
    visit("--partial", partial,
          {.help = "Accept a part of the log, as audit export --since gives. Without it, an export that begins late or "
                   "ends early is refused: what is not there might have been cut off"});
    visit("--witness", witnesses, {.file = true, .type = "VKEY", .help = kWitnessHelp});
  }
};

formats::AuditExportDemands demands_of(Session& session, const VerifyExportOptions& options) {
  formats::AuditExportDemands demands{
      .log = verifier_key_of(session, "--public-key", options.public_key, formats::NoteKeyType::kEd25519),
      .witnesses = witness_keys_of(session, options.witnesses),
      .partial = options.partial};
  if (!options.checkpoint.empty()) demands.newer = checkpoint_in(session, options.checkpoint);
  if (!options.since_checkpoint.empty()) demands.older = checkpoint_in(session, options.since_checkpoint);
  return demands;
}

Json findings_json(const formats::AuditExportReport& report) {
  Json findings = Json::array();
  for (const formats::AuditFinding& finding : report.findings) {
    Json one{{"Fault", to_text(finding.fault)}, {"Text", finding.text}};
    if (finding.entry) one["Entry"] = *finding.entry;
    if (finding.line != 0) one["Line"] = finding.line;
    if (!finding.event.empty()) one["Event"] = finding.event;
    findings.push_back(std::move(one));
  }
  return findings;
}

Json report_json(const formats::AuditExportReport& report) {
  Json cosignatures = Json::array();
  for (const formats::WitnessedSize& one : report.witnessed) {
    cosignatures.push_back({{"Witness", one.witness}, {"Size", one.size}, {"Time", witnessed_time(one.time)}});
  }
  return {{"Verified", report.verified()},
          {"Origin", report.origin},
          {"First", report.first},
          {"End", report.end},
          {"Size", report.size},
          {"RootHash", encode_base64(report.root)},
          {"Cosignatures", std::move(cosignatures)},
          {"FindingCount", report.finding_count},
          {"Findings", findings_json(report)}};
}

std::string verified_line(const formats::AuditExportReport& report) {
  const std::string count = std::to_string(report.end - report.first);
  const bool whole = report.first == 0 && report.end == report.size;
  std::string which = whole ? cat("all ", count) : cat(count, " of the ", std::to_string(report.size));
  if (!whole && report.first < report.end) {
    which += cat(" (", std::to_string(report.first), " to ", std::to_string(report.end - 1), ")");
  }
  std::vector<ShownWitness> witnesses;
  witnesses.reserve(report.witnessed.size());
  for (const formats::WitnessedSize& one : report.witnessed) {
    witnesses.push_back(
        {one.size == report.size ? one.witness : cat(one.witness, " (", std::to_string(one.size), " entries)"),
         one.time});
  }
  return cat("verified: ", which, " entries of the log ", report.origin, cosigned_by(witnesses));
}

// Each on a line of its own where there are several, and a last word.
[[noreturn]] void tell_findings(Session& session, const std::string& name, const formats::AuditExportReport& report) {
  if (report.findings.front().fault == formats::AuditFault::kPartial) {
    session.set_hint("--partial accepts a part of a log");
  }
  if (report.finding_count == 1) {
    throw Error(ErrorCode::kInvalidSignature, cat(name, ": ", report.findings.front().text));
  }
  for (const formats::AuditFinding& finding : report.findings) {
    session.err() << "kmsctl: " << escape_controls(cat(name, ": ", finding.text), LineEnds::kEscaped) << '\n';
  }
  const std::uint64_t more = report.finding_count - report.findings.size();
  throw Error(
      ErrorCode::kInvalidSignature,
      cat(name, ": ", std::to_string(report.finding_count), " faults",
          more == 0 ? std::string() : cat(", of which these are the first ", std::to_string(report.findings.size()))));
}

void verify_export(Session& session, const VerifyExportOptions& options) {
  const formats::AuditExportDemands demands = demands_of(session, options);
  Transfer transfer(options.file, {}, session.terminal());
  const std::string& name = transfer.input_name();
  const auto report = of_file(name, [&] { return formats::verify_audit_export(transfer.reader(), demands); });
  if (session.options().names_form()) {
    print(session, report_json(report));
  } else if (report.verified()) {
    session.out() << escape_controls(verified_line(report), LineEnds::kEscaped) << '\n';
  }
  if (!report.verified()) tell_findings(session, name, report);
}

}  // namespace

void add_audit_verify_export_command(Commands& commands) {
  commands.push_back(command<VerifyExportOptions>(
      "audit verify-export", "Verify an export of the audit log, without a vault", "Audit", verify_export));
}

}  // namespace kms::cli
