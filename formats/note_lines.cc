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

void refuse_log_text(std::string_view what, std::string_view why) {
  throw Error(ErrorCode::kValidation, cat("this is no ", what, ": ", why));
}

}  // namespace kms::formats
