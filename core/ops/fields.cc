#include "core/ops/fields.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/encoding.h"
#include "core/base/error.h"

namespace kms {

void refuse_recipient(const std::optional<Recipient>& recipient) {
  if (!recipient) return;
  throw Error(ErrorCode::kValidation, "Recipient is not supported: this machine is no AWS Nitro enclave.");
}

std::size_t page_size(std::int32_t limit, std::int32_t largest) {
  return static_cast<std::size_t>(std::min(limit, largest));
}

Json list_answer(std::string_view member, Json entries, bool truncated, std::string_view next_marker) {
  Json answer{{member, std::move(entries)}, {"Truncated", truncated}};
  if (truncated) answer["NextMarker"] = next_marker;
  return answer;
}

std::string blob(ByteView bytes) {
  return encode_base64(bytes);
}

std::string blob(const SecretBytes& bytes) {
  return encode_base64(bytes.reveal());
}

}  // namespace kms
