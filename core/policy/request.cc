#include "core/policy/request.h"

#include <utility>

#include "core/base/text.h"

namespace kms::policy {

void ConditionContext::set(std::string_view key, std::string value) {
  entries_[lower_ascii(key)].push_back({{std::move(value)}, false});
}

void ConditionContext::set_all(std::string_view key, std::vector<std::string> values) {
  entries_[lower_ascii(key)].push_back({std::move(values), true});
}

void ConditionContext::replace(std::string_view key, std::string value) {
  entries_[lower_ascii(key)] = {{{std::move(value)}, false}};
}

const std::vector<ContextValue>* ConditionContext::find(std::string_view key) const {
  const auto found = entries_.find(lower_ascii(key));
  return found == entries_.end() ? nullptr : &found->second;
}

}  // namespace kms::policy
