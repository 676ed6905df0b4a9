// What somebody who has an export and the log's public key alone sees of what was done to it.
#include "formats/audit_export_verifier.h"

#include <doctest/doctest.h>

#include "formats/cosignature.h"
#include "tests/unit/formats/exported_log.h"

using namespace kms;
using namespace kms::formats;
using kms::testing::ExportedLog;
using kms::testing::findings_of;
using kms::testing::joined_lines;
using kms::testing::lines_of_export;
using kms::testing::log_refusal;
using kms::testing::LogSigner;
using kms::testing::report_of;

namespace {

// The lines of an export of 300 entries: line N + 2 is that of entry N, up to 255, and N + 3 behind the first hashes.
struct ExportLines {
  ExportedLog log{300};
  std::vector<std::string> lines = lines_of_export(log.text());

  std::string findings() const { return findings_of(joined_lines(lines), log.demands()); }
  auto line(std::size_t number) { return lines.begin() + static_cast<std::ptrdiff_t>(number) - 1; }
};

std::string export_refusal(const std::string& text) {
  return log_refusal([&] { return report_of(text, ExportedLog(1).demands()).findings.size(); });
}

constexpr std::string_view kNoExport = "ValidationException: this is no export of an audit log: line ";

}  // namespace

TEST_SUITE("formats/audit_export_verifier") {
  TEST_CASE("an export of any size is verified, and says of which entries it is") {
    for (const std::size_t size : {0U, 1U, 2U, 5U, 255U, 256U, 257U, 700U}) {
      CAPTURE(size);
      const ExportedLog log(size);
      const auto report = report_of(log.text(), log.demands());
      CHECK(report.verified());
      CHECK(report.origin == "kmsctl.local/log");
      CHECK(report.end == size);
      CHECK(report.size == size);
      CHECK(report.root == log.root(0, size));
    }
  }

  TEST_CASE("an entry that is missing, edited, inserted, doubled or moved is named") {
    const std::string where = "(Decrypt, 2026-11-27T12:00:00Z, event-";
    ExportLines missing;
    missing.lines.erase(missing.line(5));
    CHECK(missing.findings() == "MISSING: entry 3 is missing before line 5\n");
    ExportLines edited;
    edited.line(261)->replace(14, 7, "Encrypt");
    CHECK(edited.findings() == "EDITED: entry 258 was edited: line 261 (Encrypt, 2026-11-27T12:00:00Z, event-258)\n");
    ExportLines inserted;
    inserted.lines.insert(inserted.line(4), "{\"eventName\":\"Odd\"}\n");
    CHECK(inserted.findings() == "INSERTED: line 4 was inserted: it is no entry there (Odd)\n");
    ExportLines doubled;
    doubled.lines.insert(doubled.line(9), *doubled.line(4));
    CHECK(doubled.findings() == cat("DOUBLED: entry 2 was doubled: it stands once more at line 9 ", where, "2)\n"));
    ExportLines moved;
    moved.lines.insert(moved.line(9), *moved.line(4));
    moved.lines.erase(moved.line(4));
    CHECK(moved.findings() == cat("MOVED: entry 2 was moved: it stands at line 8 ", where, "2)\n"));
    ExportLines far;
    far.lines.insert(far.line(280), *far.line(4));
    far.lines.erase(far.line(4));
    CHECK(far.findings() == cat("MOVED: entry 2 was moved: it stands at line 279 ", where, "2)\n"));
    ExportLines noise;
    *noise.line(4) = "noise\n";
    CHECK(noise.findings() == "EDITED: entry 2 was edited: line 4\n");
  }

  TEST_CASE("twenty faults are listed, and all of them counted") {
    ExportLines many;
    for (std::size_t number = 2; number < 102; ++number) many.line(number)->replace(14, 7, "Encrypt");
    const auto report = report_of(joined_lines(many.lines), many.log.demands());
    CHECK(report.findings.size() == 20);
    CHECK(report.finding_count == 100);
  }

  TEST_CASE("a file that was cut off is told from one that has a part") {
    ExportLines cut;
    cut.lines.resize(100);
    CHECK(cut.findings().starts_with("TRUNCATED: the file was cut off: it ends after a whole line"));
    cut.lines.back().pop_back();
    CHECK(cut.findings().starts_with("TRUNCATED: the file was cut off: it ends within line 100"));
    const ExportedLog log(300);
    for (const auto& [first, end] : {std::pair{3U, 300U}, std::pair{0U, 299U}, std::pair{100U, 100U}}) {
      auto demands = log.demands();
      const std::string part = log.text(first, end, log.checkpoint(300));
      CHECK(findings_of(part, demands).starts_with("PARTIAL: the file has "));
      demands.partial = true;
      CHECK(findings_of(part, demands).empty());
    }
  }

  TEST_CASE("lines of hashes that are gone or changed are no way around") {
    ExportLines gone;
    gone.lines.erase(gone.line(258));
    CHECK(gone.findings().starts_with(
        "HASHES_MISSING: lines are missing before line 302: at least the hashes of entry 0"));
    ExportLines group_gone;
    group_gone.lines.erase(group_gone.line(2), group_gone.line(259));
    CHECK(group_gone.findings().starts_with("HASHES_MISSING: "));
    ExportLines last_gone;
    last_gone.lines.erase(last_gone.line(303));
    CHECK(last_gone.findings().starts_with("HASHES_MISSING: lines are missing before line 303"));
    ExportLines changed;
    const auto base64 = changed.line(258)->begin() + 60;
    *base64 = *base64 == 'A' ? 'B' : 'A';
    CHECK(changed.findings() ==
          "HASHES_CHANGED: lines of hashes were changed; the entries are those of the checkpoint\n");
    changed.line(4)->replace(14, 7, "Encrypt");
    CHECK(changed.findings().starts_with("NOT_ITS_ROOT: "));
  }

  TEST_CASE("a thousand lines in front of hashes are not kept in memory") {
    ExportLines filled;
    filled.lines.insert(filled.line(2), 5000, "{}\n");
    CHECK(filled.findings().starts_with("HASHES_MISSING: lines are missing before line 1026"));
  }

  TEST_CASE("a checkpoint of another key, of another log or without the demanded witness is refused") {
    const ExportedLog log(5);
    const ExportedLog forger(5, "event", 9);
    CHECK(
        findings_of(forger.text(), log.demands()).starts_with("NOT_SIGNED: the checkpoint of the file is not signed"));
    auto demands = log.demands();
    demands.log.name = "kmsctl.local/other";
    CHECK(findings_of(log.text(), demands) ==
          "OTHER_ORIGIN: the export is of the log kmsctl.local/log, the public key of the log kmsctl.local/other\n");
    const LogSigner witness("kmsctl.local/witness", NoteKeyType::kCosignature, 40);
    demands = log.demands();
    demands.witnesses = {witness.key};
    CHECK(findings_of(log.text(), demands) == "NOT_COSIGNED: the witness kmsctl.local/witness has not cosigned\n");
    SignedNote note = log.checkpoint(5);
    note.signatures.push_back(cosign(note.text, 1000, witness.key, witness.signer()));
    const auto report = report_of(log.text(0, 5, note), demands);
    CHECK(report.verified());
    REQUIRE(report.witnessed.size() == 1);
    CHECK(report.witnessed.front().time == 1000);
    demands.newer = note;
    CHECK(findings_of(log.text(), demands).empty());
    note.signatures.back().signature.back() ^= 1U;
    CHECK(findings_of(log.text(0, 5, note), log.demands()).empty());
    demands.newer.reset();
    CHECK(findings_of(log.text(0, 5, note), demands).starts_with("NOT_COSIGNED: a cosignature does not hold"));
  }

  TEST_CASE("another checkpoint shows what was cut off, rewritten or forked") {
    const ExportedLog log(300);
    ExportedLog rewritten(300);
    rewritten.entries().at(100) = "{}";
    auto demands = log.demands();
    for (const std::uint64_t size : {0U, 1U, 100U, 256U, 300U}) {
      demands.newer = demands.older = log.checkpoint(size);
      CHECK(findings_of(log.text(), demands).empty());
      CHECK(findings_of(rewritten.text(), demands).empty() == (size <= 100));
    }
    CHECK(findings_of(rewritten.text(), demands).starts_with("FORKED: the newer checkpoint has another root at 300"));
    const ExportedLog shorter(299);
    CHECK(findings_of(shorter.text(), demands).starts_with("NOT_COVERED: the newer checkpoint is of 300 entries"));
    demands.newer = demands.older = ExportedLog(300, "event", 9).checkpoint(300);
    CHECK(findings_of(log.text(), demands).starts_with("NOT_SIGNED: the newer checkpoint is not signed"));
  }

  TEST_CASE("a part is compared with a checkpoint where its hashes say what the log was then") {
    const ExportedLog log(300);
    auto demands = log.demands();
    demands.partial = true;
    const std::string part = log.text(100, 200, log.checkpoint(300));
    for (const std::uint64_t size : {99U, 100U, 150U, 200U, 201U, 256U, 299U, 300U}) {
      CAPTURE(size);
      demands.newer = log.checkpoint(size);
      const bool compared = (size >= 100 && size <= 200) || size == 300;
      CHECK(findings_of(part, demands).starts_with("NOT_COVERED: ") == !compared);
    }
  }

  TEST_CASE("what is no export is refused with the line at which that is seen") {
    const std::string text = ExportedLog(1).text();
    auto lines = lines_of_export(text);
    CHECK(export_refusal("") == cat(kNoExport, "1 is not the first line of one, which kmsctl audit export writes"));
    CHECK(export_refusal("{}\n").starts_with(cat(kNoExport, "1 is not the first line")));
    CHECK(export_refusal(cat(text, "{}\n")) == cat(kNoExport, "5 comes after the last line of an export"));
    CHECK(export_refusal(cat(lines.at(0), text)) == cat(kNoExport, "2 is a first line, which one has once"));
    CHECK(export_refusal(cat(lines.at(0), lines.at(1), lines.at(2), lines.at(2))) ==
          cat(kNoExport, "4 has hashes twice or out of order"));
    CHECK(export_refusal(cat(lines.at(0), lines.at(1), lines.at(2), lines.at(1))) ==
          cat(kNoExport, "4 is an entry behind hashes that do not end their group"));
    CHECK(export_refusal(cat(lines.at(0), "{\"kmsctlAuditHashes\":1}\n")) ==
          cat(kNoExport, "2 has no hashes as an export has them"));
    CHECK(export_refusal(cat(lines.at(0), "{\"kmsctlAuditEnd\":1}\n")) ==
          cat(kNoExport, "2 is not the last line of one"));
    const std::string no_note = export_line(AuditExportEnd{1, 1, {}, "nothing"});
    CHECK(export_refusal(cat(lines.at(0), lines.at(1), lines.at(2), no_note, "\n"))
              .starts_with(cat(kNoExport, "4 has no checkpoint: ")));
  }
}
