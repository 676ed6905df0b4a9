#include "core/service/conditions.h"

#include <chrono>
#include <cstdio>

#include "core/base/text.h"
#include "core/service/operation.h"

namespace kms {

// Seconds since 1970, with three digits behind the point where they are not all zero.
std::string ConditionFiller::text_of(const Time& value) {
  const std::int64_t milliseconds = value.time_since_epoch().count();
  std::string text = std::to_string(milliseconds / 1000);
  if (milliseconds % 1000 == 0) return text;
  const std::string fraction = std::to_string(1000 + milliseconds % 1000);
  return cat(text, ".", fraction.substr(1));
}

void ConditionFiller::set(std::string_view key, std::string value) {
  out_->set(key, std::move(value));
}

void ConditionFiller::set_all(std::string_view key, std::vector<std::string> values) {
  if (!values.empty()) out_->set_all(key, std::move(values));
}

void ConditionFiller::set_tag(std::string_view name, const std::string& value) {
  set(cat("aws:RequestTag/", name), value);
}

void ConditionFiller::add_context(const TextMap& pairs) {
  context_.insert(pairs.begin(), pairs.end());
}

void ConditionFiller::add_constraint(std::string_view key, std::string_view name, const TextMap& pairs) {
  for (const auto& [pair, value] : pairs) context_.insert_or_assign(pair, value);
  if (!pairs.empty() && out_ != nullptr) out_->replace(key, std::string(name));
}

void ConditionFiller::add_alias(std::string_view reference) {
  if (out_ == nullptr) return;
  constexpr std::string_view kAlias = "alias/";
  const std::size_t at = reference.starts_with("arn:") ? reference.find(":alias/") : std::string_view::npos;
  if (at != std::string_view::npos) reference.remove_prefix(at + 1);
  if (reference.starts_with(kAlias)) set("kms:RequestAlias", std::string(reference));
}

TextMap ConditionFiller::take_encryption_context() {
  if (out_ != nullptr && !context_.empty()) {
    std::vector<std::string> names;
    for (const auto& [name, value] : context_) {
      set(cat("kms:EncryptionContext:", name), value);
      names.push_back(name);
    }
    set_all("kms:EncryptionContextKeys", std::move(names));
  }
  return std::move(context_);
}

}  // namespace kms
