#include "core/ops/kms/fields.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/encoding.h"
#include "core/base/error.h"
#include "core/base/text.h"

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

void throw_invalid_marker(std::string_view operation) {
  throw Error(ErrorCode::kInvalidMarker, cat("the marker is not one that ", operation, " answered"));
}

Page::Page(const Call& call, std::string_view member, std::int32_t limit, std::int32_t largest)
    : call_(call), member_(member), size_(page_size(limit, largest)), entries_(std::make_unique<Json>(Json::array())) {}
Page::~Page() = default;

std::string Page::after(std::string_view marker) const {
  if (marker.empty()) return {};
  const auto text = decode_base64(marker);
  const std::string prefix = call_.transaction.order() + ":";
  if (!text || !as_text(*text).starts_with(prefix)) throw_invalid_marker(call_.event.operation);
  return std::string(as_text(*text).substr(prefix.size()));
}

bool Page::add(Json entry, std::string_view item) {
  truncated_ = entries_->size() == size_;  // known only when one more comes
  if (truncated_) return false;
  entries_->push_back(std::move(entry));
  last_ = item;
  return true;
}

Json Page::answer() {
  const std::string marker = truncated_ ? cat(call_.transaction.order(), ":", last_) : std::string();
  return list_answer(member_, std::move(*entries_), truncated_, encode_base64(as_bytes(marker)));
}

std::string blob(ByteView bytes) {
  return encode_base64(bytes);
}

std::string blob(const SecretBytes& bytes) {
  return encode_base64(bytes.reveal());
}

}  // namespace kms
