// The lines of an export, and the writer and reader of them.
#include "formats/audit_export.h"

#include <doctest/doctest.h>

#include "formats/audit_export_reader.h"
#include "tests/unit/formats/exported_log.h"

using namespace kms;
using namespace kms::formats;
using kms::testing::ExportedLog;
using kms::testing::lines_of_export;
using kms::testing::log_refusal;

namespace {

MerkleHash hash_of_ones() {
  MerkleHash hash;
  hash.fill(1);
  return hash;
}

constexpr std::string_view kOnes = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";

std::string replaced_once(std::string text, std::string_view old_part, std::string_view new_part) {
  const std::size_t at = text.find(old_part);
  REQUIRE(at != std::string::npos);
  return text.replace(at, old_part.size(), new_part);
}

}  // namespace

TEST_SUITE("formats/audit_export") {
  TEST_CASE("the three lines that are no entries are spelled as the specification says, and read back") {
    const AuditExportHeader header{"kmsctl.local/log", 2, {hash_of_ones()}};
    CHECK(export_line(header) == cat(R"({"kmsctlAuditExport":{"version":1,"origin":"kmsctl.local/log","first":2,)",
                                     R"("before":[")", kOnes, R"("]}})"));
    CHECK(read_export_header(export_line(header)) == header);
    const AuditExportHashes hashes{2, {hash_of_ones()}};
    CHECK(export_line(hashes) == cat(R"({"kmsctlAuditHashes":{"first":2,"leaves":")", kOnes, R"("}})"));
    CHECK(read_export_hashes(export_line(hashes)) == hashes);
    const AuditExportEnd end{3, 4, {hash_of_ones()}, "log\n4\n"};
    CHECK(export_line(end) ==
          cat(R"({"kmsctlAuditEnd":{"end":3,"size":4,"after":[")", kOnes, R"("],"checkpoint":"log\n4\n"}})"));
    CHECK(read_export_end(export_line(end)) == end);
    CHECK(export_line(AuditExportHeader{"log", 0, {}}).ends_with(R"("before":[]}})"));
  }

  TEST_CASE("a line of another spelling is none") {
    const std::string header = export_line(AuditExportHeader{"log", 2, {hash_of_ones()}});
    for (const auto& change :
         std::vector<std::pair<std::string_view, std::string_view>>{{"\"version\":1", "\"version\":2"},
                                                                    {"\"first\":2", "\"first\":2.0"},
                                                                    {"\"first\":2", "\"first\":-2"},
                                                                    {"\"first\":2", "\"first\":3"},
                                                                    {"\"first\":2", "\"first\":2,\"first\":2"},
                                                                    {"\"first\":2", "\"first\": 2"},
                                                                    {"\"first\":2", "\"first\":9223372036854775808"},
                                                                    {"\"first\":2", "\"first\":\"2\""},
                                                                    {"\"log\"", "\"\""},
                                                                    {"\"log\"", "\"\\u006cog\""},
                                                                    {"\"origin\":\"log\",", ""},
                                                                    {"AQE=", "AQF="},
                                                                    {"}}", "},\"more\":1}"},
                                                                    {"}}", "}} "}}) {
      CAPTURE(change.second);
      CHECK(!read_export_header(replaced_once(header, change.first, change.second)));
    }
    CHECK(!read_export_header(std::string(100'000, '[')));
    CHECK(!read_export_hashes(R"({"kmsctlAuditHashes":{"first":2,"leaves":""}})"));
    CHECK(!read_export_hashes(R"({"kmsctlAuditHashes":{"first":2,"leaves":"AQEB"}})"));
    // Across the end of a group.
    CHECK(!read_export_hashes(
        replaced_once(export_line({254, {hash_of_ones(), hash_of_ones()}}), "\"first\":254", "\"first\":255")));
    CHECK(!read_export_end(R"({"kmsctlAuditEnd":{"end":4,"size":3,"after":[],"checkpoint":""}})"));
    CHECK(!read_export_end(R"({"kmsctlAuditEnd":{"end":2,"size":3,"after":[],"checkpoint":""}})"));
  }

  TEST_CASE("entries stand to the byte, hashes behind each group of 256 and behind the last entry") {
    const ExportedLog log(600);
    const auto lines = lines_of_export(log.text(250, 520, log.checkpoint(600)));
    REQUIRE(lines.size() == 1 + 270 + 3 + 1);
    CHECK(lines.at(1) == cat(ExportedLog(251).entries().back(), "\n"));
    const auto hashes_at = [&](std::size_t line) {
      const std::string& text = lines.at(line);
      return read_export_hashes(std::string_view(text).substr(0, text.size() - 1)).value();
    };
    CHECK(hashes_at(7).first == 250);
    CHECK(hashes_at(7).leaves.size() == 6);
    CHECK(hashes_at(264).first == 256);
    CHECK(hashes_at(264).leaves.size() == 256);
    CHECK(hashes_at(273).first == 512);
    CHECK(hashes_at(273).leaves.size() == 8);
    CHECK(lines_of_export(ExportedLog(256).text()).size() == 259);
    CHECK(lines_of_export(ExportedLog(0).text()).size() == 2);
  }

  TEST_CASE("what would be read as something else is not written") {
    Bytes out;
    AuditExportWriter writer(writing_to(out), {"log", 0, {}});
    for (const std::string& entry :
         {std::string("{}\n"), std::string("{\"kmsctlAuditEnd\":1}"), std::string(kMostExportLine + 1, 'x')}) {
      CHECK(log_refusal([&] { return writer.add(entry); }) ==
            "ValidationException: entry 0 of the log is no line of an export");
    }
    CHECK(log_refusal([&] {
            writer.add(std::string(kMostExportLine, 'x'));
            return 0;
          }) == "accepted");
  }

  TEST_CASE("a reader gives lines of any length up to 1 MiB, and says where a longer one is") {
    const std::string text = cat("a\n\n", std::string(kMostExportLine, 'b'), "\nc");
    MemorySource source(as_bytes(text));
    AuditExportReader reader(source.function());
    std::vector<std::size_t> sizes;
    bool complete = true;
    while (const auto line = reader.next()) {
      sizes.push_back(line->text.size());
      complete = line->complete;
    }
    CHECK(sizes == std::vector<std::size_t>{1, 0, kMostExportLine, 1});
    CHECK(!complete);
    CHECK(!source.asked_after_end());
    const std::string longer = cat("a\n", std::string(kMostExportLine + 1, 'b'), "\n");
    MemorySource other(as_bytes(longer));
    AuditExportReader refusing(other.function());
    (void)refusing.next();
    CHECK(log_refusal([&] { return refusing.next().has_value(); }) ==
          "ValidationException: this is no export of an audit log: line 2 is longer than 1 MiB");
  }
}
