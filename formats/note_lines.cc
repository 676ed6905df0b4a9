#include "formats/note_lines.h"

#include <charconv>
#include <limits>

#include "core/base/encoding.h"
#include "core/base/error.h"
#include "core/base/text.h"

namespace kms::formats {

std::optional<std::string_view> NoteLines::next() {
  const std::size_t end = rest_.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = rest_.substr(0, end);
  rest_.remove_prefix(end + 1);
  return line;
}

std::optional<std::uint64_t> parse_log_number(std::string_view digits) {
  if (digits.empty() || (digits.size() > 1 && digits.front() == '0')) return std::nullopt;
  std::uint64_t number = 0;
  const char* const end = digits.data() + digits.size();
  const auto [at, failed] = std::from_chars(digits.data(), end, number);
  constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (failed != std::errc() || at != end || number > kMost) return std::nullopt;
  return number;
}

std::optional<MerkleHash> parse_log_hash(std::string_view base64) {
  MerkleHash hash{};
  if (base64_decoded_size(base64) != hash.size() || !decode_base64(base64, hash)) return std::nullopt;
  return hash;
}

std::vector<MerkleHash> parse_log_hashes(NoteLines& lines, std::string_view what) {
  std::vector<MerkleHash> hashes;
  while (const auto line = lines.next()) {
    if (line->empty()) return hashes;
    const std::string number = std::to_string(hashes.size() + 1);
    if (hashes.size() == kMostProofHashes) refuse_log_text(what, "it has more than 63 hashes");
    const auto hash = parse_log_hash(*line);
    if (!hash) refuse_log_text(what, cat("hash ", number, " is not 32 bytes in base64"));
    hashes.push_back(*hash);
  }
  refuse_log_text(what, "no empty line stands before its checkpoint");
}

std::string log_hashes_text(std::span<const MerkleHash> hashes) {
  std::string text;
  for (const MerkleHash& hash : hashes) text += cat(encode_base64(hash), "\n");
  return text;
}

void refuse_log_text(std::string_view what, std::string_view why) {
  throw Error(ErrorCode::kValidation, cat("this is no ", what, ": ", why));
}

}  // namespace kms::formats
