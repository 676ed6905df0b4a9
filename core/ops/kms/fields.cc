#include "core/ops/kms/fields.h"

#include <nlohmann/json.hpp>

#include "core/base/encoding.h"
#include "core/base/error.h"
#include "core/base/text.h"

namespace kms {

void refuse_recipient(const std::optional<Recipient>& recipient) {
  if (!recipient) return;
  throw Error(ErrorCode::kValidation, "Recipient is not supported: this machine is no AWS Nitro enclave.");
}

Json list_answer(std::string_view member, Json entries, bool truncated, std::string_view next_marker) {
  Json answer{{member, std::move(entries)}, {"Truncated", truncated}};
  if (truncated) answer["NextMarker"] = next_marker;
  return answer;
}

Page::Page(const Call& call, std::string_view member, std::int32_t limit, std::int32_t largest)
    : PageBounds(call, limit, largest), member_(member), entries_(std::make_unique<Json>(Json::array())) {}
Page::~Page() = default;

bool Page::add(Json entry, std::string_view item) {
  if (!take(item)) return false;
  entries_->push_back(std::move(entry));
  return true;
}

Json Page::answer() {
  return list_answer(member_, std::move(*entries_), truncated(), next_marker().value_or(""));
}

std::string blob(ByteView bytes) {
  return encode_base64(bytes);
}

std::string blob(const SecretBytes& bytes) {
  return encode_base64(bytes.reveal());
}

}  // namespace kms
