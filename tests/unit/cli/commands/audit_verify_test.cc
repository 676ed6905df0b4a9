// Evidence of an audit log, as somebody without a vault looks at it.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "core/base/text.h"
#include "tests/unit/cli/commands/command_line.h"
#include "tests/unit/cli/commands/refusal.h"
#include "tests/unit/cli/folder.h"
#include "tests/unit/formats/log_page.h"

using kms::cat;
using kms::Json;
using kms::test::CommandLine;
using kms::test::Folder;
using kms::test::refuses;
using kms::testing::page_block;

namespace {

// A folder with the worked example of formats/audit_log.md, and nothing asked of the service.
struct EvidenceLine {
  EvidenceLine() {
    Folder::write("log.jsonl", page_block("export"));
    Folder::write("part.jsonl", page_block("export-of-a-part"));
    Folder::write("now.note", page_block("checkpoint"));
    Folder::write("e.tlog-proof", page_block("tlog-proof"));
    Folder::write("e.json", "{\n    \"Event\": {\n        \"eventID\": \"event-2\"\n    },\n    \"Number\": 2\n}\n");
    const std::string keys = page_block("verifier-keys");
    log_key = keys.substr(0, keys.find('\n'));
    Folder::write("log.vkey", cat(log_key, "\n"));
    Folder::write("witness.vkey", keys.substr(keys.find('\n') + 1));
  }
  std::vector<std::string> of_export(std::vector<std::string> more) {
    more.insert(more.begin(), {"audit", "verify-export"});
    more.insert(more.end(), {"--public-key", "log.vkey"});
    return more;
  }
  std::vector<std::string> of_proof(const std::string& event) {
    return {"audit", "verify-proof", "e.tlog-proof", "--event", event, "--public-key", "log.vkey"};
  }

  Folder folder;
  CommandLine line;
  std::string log_key;
};

constexpr std::string_view kOrigin = "kmsctl.local/3f2b8c1e-5d47-4a90-8e6b-0c9d7a1f2e34/111122223333/eu-central-1";
constexpr std::string_view kCosigned =
    ", cosigned by kmsctl.local/a41d0f7c-92be-4c35-b8d1-6e5f4a3b2c1d/witness at 2026-11-27T12:00:00Z";

}  // namespace

TEST_SUITE("cli/audit verify") {
  TEST_CASE("an export is verified with a line that says what it has, and without asking a vault") {
    EvidenceLine evidence;
    CommandLine& line = evidence.line;
    CHECK(line.run(evidence.of_export({"log.jsonl"})) == 0);
    CHECK(line.out == cat("verified: all 5 entries of the log ", kOrigin, "\n"));
    CHECK(line.run(evidence.of_export({"-"}), page_block("export")) == 0);
    CHECK(line.run({"audit", "verify-export", "log.jsonl", "--public-key", evidence.log_key}) == 0);
    CHECK(line.run(evidence.of_export({"log.jsonl", "--checkpoint", "now.note", "--since-checkpoint", "now.note",
                                       "--witness", "witness.vkey"})) == 0);
    CHECK(line.out.ends_with(cat(kCosigned, " and by", kCosigned.substr(13), "\n")));
    CHECK(line.run(evidence.of_export({"part.jsonl", "--partial"})) == 0);
    CHECK(line.out == cat("verified: 2 of the 5 (1 to 2) entries of the log ", kOrigin, "\n"));
    CHECK(line.requests.empty());
  }

  TEST_CASE("an edited entry is named, and in JSON what was found is the answer") {
    EvidenceLine evidence;
    std::string text = page_block("export");
    text.replace(text.find("event-3"), 7, "event-9");
    Folder::write("log.jsonl", text);
    CHECK(refuses(evidence.line, evidence.of_export({"log.jsonl"}), 6,
                  "log.jsonl: entry 3 was edited: line 5 (event-9)"));
    CHECK(evidence.line.run(evidence.of_export({"log.jsonl", "--output", "json"})) == 6);
    const Json answer = Json::parse(evidence.line.out);
    CHECK(answer.at("Verified") == false);
    CHECK(answer.at("FindingCount") == 1);
    const Json& finding = answer.at("Findings").at(0);
    CHECK(finding.at("Fault") == "EDITED");
    CHECK(finding.at("Entry") == 3);
    CHECK(finding.at("Line") == 5);
    CHECK(finding.at("Event") == "event-9");
    text.replace(text.find("event-0"), 7, "\\u001b[2J0");
    Folder::write("log.jsonl", text);
    CHECK(refuses(evidence.line, evidence.of_export({"log.jsonl"}), 6, "entry 0 was edited: line 2 (\\u001b[2J0)"));
    CHECK(evidence.line.err.find("log.jsonl: 2 faults") != std::string::npos);
  }

  TEST_CASE("what is no key, no export or no file is told from evidence that contradicts") {
    EvidenceLine evidence;
    CommandLine& line = evidence.line;
    Folder::write("notes.txt", "notes\n");
    CHECK(refuses(line, evidence.of_export({"notes.txt"}), 2, "notes.txt: this is no export of an audit log: line 1"));
    CHECK(refuses(line, evidence.of_export({"absent"}), 11, "absent"));
    CHECK(refuses(line, evidence.of_export({"log.jsonl", "--checkpoint", "notes.txt"}), 2, "notes.txt: this is no"));
    CHECK(refuses(line, {"audit", "verify-export", "log.jsonl", "--public-key", "notes.txt"}, 2,
                  "--public-key 'notes.txt'"));
    CHECK(refuses(line, {"audit", "verify-export", "log.jsonl", "--public-key", "absent"}, 11, "absent"));
    CHECK(
        refuses(line, {"audit", "verify-export", "log.jsonl", "--public-key", "witness.vkey"}, 2, "key of a witness"));
    CHECK(refuses(line, evidence.of_export({"log.jsonl", "--witness", "log.vkey"}), 2, "no key of a witness"));
    CHECK(refuses(line, evidence.of_export({"part.jsonl"}), 6, "--partial accepts a part of a log"));
  }

  TEST_CASE("an event is verified as audit show prints it, alone, and as its text") {
    EvidenceLine evidence;
    CommandLine& line = evidence.line;
    const std::string verified = cat("verified: entry 2 of 5 of the log ", kOrigin, " (event-2)");
    CHECK(line.run(evidence.of_proof("e.json")) == 0);
    CHECK(line.out == cat(verified, "\n"));
    Folder::write("text", R"({"eventID":"event-2"})");
    CHECK(line.run(evidence.of_proof("text")) == 0);
    auto words = evidence.of_proof("-");
    words.insert(words.end(), {"--witness", "witness.vkey"});
    CHECK(line.run(words, "{ \"eventID\" :\"event-2\" }\n") == 0);
    CHECK(line.out == cat(verified, kCosigned, "\n"));
    words = evidence.of_proof("e.json");
    words.insert(words.end(), {"--output", "json"});
    CHECK(line.json(words).at("Number") == 2);
    CHECK(line.requests.empty());
  }

  TEST_CASE("another event, another number, another key: each is said") {
    EvidenceLine evidence;
    CommandLine& line = evidence.line;
    Folder::write("other.json", R"({"eventID":"event-3"})");
    CHECK(refuses(line, evidence.of_proof("other.json"), 6, "other.json: event-3: it is not entry 2 of the log"));
    Folder::write("other.json", R"({"Number":3,"Event":{"eventID":"event-2"}})");
    CHECK(refuses(line, evidence.of_proof("other.json"), 6,
                  "other.json: it is event 3, and e.tlog-proof is the proof of entry 2"));
    Folder::write("other.json", R"({"eventID":"event-3","eventID":"event-2"})");
    CHECK(
        refuses(line, evidence.of_proof("other.json"), 2, "other.json: this is no event: a member stands in it twice"));
    std::string proof = page_block("tlog-proof");
    Folder::write("e.tlog-proof", proof.replace(proof.find("J25b"), 4, "J25c"));
    CHECK(refuses(line, evidence.of_proof("e.json"), 6, "it is not entry 2"));
    proof = page_block("tlog-proof");
    Folder::write("e.tlog-proof", proof.replace(proof.find("\n5\n"), 3, "\n6\n"));
    CHECK(refuses(line, evidence.of_proof("e.json"), 6, "e.tlog-proof: the signature by"));
    Folder::write("e.tlog-proof", "notes\n");
    CHECK(refuses(line, evidence.of_proof("e.json"), 2, "e.tlog-proof: this is no proof of a log"));
  }
}
