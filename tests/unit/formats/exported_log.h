#pragma once
// A log of some events, as its owner exports it, and what a verifier says of the export.
#include <bit>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/text.h"
#include "formats/audit_export_verifier.h"
#include "formats/audit_export_writer.h"
#include "formats/checkpoint.h"
#include "formats/merkle_run.h"
#include "tests/unit/formats/log_texts.h"
#include "tests/unit/formats/memory_streams.h"

namespace kms::testing {

class ExportedLog {
 public:
  // The events of another `name` are other ones, and so is the key of another seed.
  explicit ExportedLog(std::size_t size, std::string_view name = "event", std::uint8_t seed = 0)
      : signer_("kmsctl.local/log", formats::NoteKeyType::kEd25519, seed) {
    for (std::size_t i = 0; i < size; ++i) {
      const std::string number = std::to_string(i);
      entries_.push_back(cat("{\"eventName\":\"Decrypt\",\"eventTime\":\"2026-11-27T12:00:00Z\",\"eventID\":\"", name,
                             "-", number, "\"}"));
    }
  }

  std::vector<std::string>& entries() { return entries_; }
  std::uint64_t size() const { return entries_.size(); }
  const formats::NoteKey& key() const { return signer_.key; }

  // By the definition of RFC 6962, of the entries from `begin` to before `end`.
  formats::MerkleHash root(std::uint64_t begin, std::uint64_t end) const {
    if (begin == end) return formats::merkle_root_of_nothing();
    if (end - begin == 1) return formats::merkle_leaf(as_bytes(entries_[begin]));
    const std::uint64_t left = std::bit_floor(end - begin - 1);
    return formats::merkle_node(root(begin, begin + left), root(begin + left, end));
  }
  std::vector<formats::MerkleHash> hashes(std::uint64_t begin, std::uint64_t end) const {
    std::vector<formats::MerkleHash> hashes;
    for (const auto& [level, index] : formats::merkle_cover(begin, end)) {
      hashes.push_back(root(index << level, (index + 1) << level));
    }
    return hashes;
  }
  formats::SignedNote checkpoint(std::uint64_t size) const { return checkpoint(size, signer_.key.name, signer_); }
  formats::SignedNote checkpoint(std::uint64_t size, std::string_view origin, const LogSigner& signer) const {
    formats::SignedNote note{formats::checkpoint_text({std::string(origin), size, root(0, size), {}}), {}};
    note.signatures.push_back(formats::sign_note(note.text, signer.key, signer.signer()));
    return note;
  }

  std::string text() const { return text(0, size(), checkpoint(size())); }
  std::string text(std::uint64_t first, std::uint64_t end, const formats::SignedNote& note) const {
    const std::uint64_t log_size = formats::parse_checkpoint(note.text).size;
    Bytes out;
    formats::AuditExportWriter writer(writing_to(out), {signer_.key.name, first, hashes(0, first)});
    for (std::uint64_t i = first; i < end; ++i) writer.add(entries_[i]);
    writer.finish({end, log_size, hashes(end, log_size), formats::write_note(note)});
    return std::string(as_text(out));
  }

  formats::AuditExportDemands demands() const { return {.log = signer_.key, .witnesses = {}}; }

 private:
  LogSigner signer_;
  std::vector<std::string> entries_;
};

inline formats::AuditExportReport report_of(std::string_view text, const formats::AuditExportDemands& demands) {
  MemorySource source(as_bytes(text));
  return formats::verify_audit_export(source.function(), demands);
}

// All findings, a line each.
inline std::string findings_of(std::string_view text, const formats::AuditExportDemands& demands) {
  std::string all;
  for (const auto& finding : report_of(text, demands).findings) {
    all += cat(to_text(finding.fault), ": ", finding.text, "\n");
  }
  return all;
}

// Each with its line feed, but for what has none at the end.
inline std::vector<std::string> lines_of_export(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t length = std::min(text.find('\n'), text.size() - 1) + 1;
    lines.emplace_back(text.substr(0, length));
    text.remove_prefix(length);
  }
  return lines;
}

inline std::string joined_lines(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line;
  return text;
}

}  // namespace kms::testing
