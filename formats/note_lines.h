#pragma once
// What the texts of a transparency log are made of: lines, decimal numbers and hashes in base64. For note_key,
// signed_note, checkpoint and tlog_proof. Pure functions: they may run on several threads at once.
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "formats/merkle_tree.h"

namespace kms::formats {

// Takes lines off the front of a text. Views the text, which outlives this and the lines.
class NoteLines {
 public:
  explicit NoteLines(std::string_view text) : rest_(text) {}
  explicit NoteLines(std::string&&) = delete;
  // Without its line feed. Nothing at the end, and where what is left has no line feed: that is no line.
  std::optional<std::string_view> next();
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

// Decimal digits without a leading zero, up to 2^63 - 1, the most that c2sp.org/tlog-cosignature allows a time, and
// that other readers take for a size.
std::optional<std::uint64_t> parse_log_number(std::string_view digits);
// 32 bytes in canonical base64 (RFC 4648 section 4).
std::optional<MerkleHash> parse_log_hash(std::string_view base64);

inline constexpr std::size_t kMostProofHashes = 63;  // of a tree of 2^63 - 1 entries
// A hash a line, up to an empty line, which is taken off as well. ValidationException, `what` it is no part of.
std::vector<MerkleHash> parse_log_hashes(NoteLines& lines, std::string_view what);
std::string log_hashes_text(std::span<const MerkleHash> hashes);  // without the empty line

// ValidationException: "this is no WHAT: WHY".
[[noreturn]] void refuse_log_text(std::string_view what, std::string_view why);

}  // namespace kms::formats
