#include "core/ops/vault/trail_marker.h"

#include <charconv>

#include "core/base/bytes.h"
#include "core/base/encoding.h"
#include "core/base/text.h"

namespace kms {

std::string trail_marker(std::string_view list, std::string_view log, std::uint64_t position) {
  return encode_base64(as_bytes(cat(list, ":", log, ":", std::to_string(position))));
}

std::optional<std::uint64_t> trail_position(std::string_view list, std::string_view log, std::string_view marker) {
  const auto bytes = decode_base64(marker);
  const std::string_view text = bytes ? as_text(*bytes) : std::string_view();
  std::uint64_t position = 0;
  if (const auto colon = text.rfind(':'); colon != std::string_view::npos) {
    (void)std::from_chars(text.data() + colon + 1, text.data() + text.size(), position);
  }
  if (marker != trail_marker(list, log, position)) return std::nullopt;
  return position;
}

}  // namespace kms
