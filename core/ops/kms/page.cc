#include "core/ops/kms/page.h"

#include <algorithm>

#include "core/base/encoding.h"
#include "core/base/error.h"
#include "core/base/text.h"

namespace kms {

std::size_t page_size(std::int32_t limit, std::int32_t largest) {
  return static_cast<std::size_t>(std::min(limit, largest));
}

void throw_invalid_marker(std::string_view operation) {
  throw Error(ErrorCode::kInvalidMarker, cat("the marker is not one that ", operation, " answered"));
}

std::string PageBounds::after(std::string_view marker) const {
  if (marker.empty()) return {};
  const auto text = decode_base64(marker);
  const std::string prefix = call_.transaction.order() + ":";
  if (!text || !as_text(*text).starts_with(prefix)) throw_invalid_marker(call_.event.operation);
  return std::string(as_text(*text).substr(prefix.size()));
}

bool PageBounds::take(std::string_view item) {
  truncated_ = taken_ == size_;  // known only when one more comes
  if (truncated_) return false;
  ++taken_;
  last_ = item;
  return true;
}

std::optional<std::string> PageBounds::next_marker() const {
  if (!truncated_) return std::nullopt;
  return encode_base64(as_bytes(cat(call_.transaction.order(), ":", last_)));
}

}  // namespace kms
