#include "core/policy/request.h"

#include <algorithm>
#include <utility>

#include "core/base/text.h"

namespace kms::policy {
namespace {

constexpr std::size_t kUsualCount = 32;  // of the keys of a request

// Where `name`, in lower case, is or belongs.
template <class Entries>
auto place_of(Entries& entries, std::string_view name) {
  return std::lower_bound(entries.begin(), entries.end(), name,
                          [](const auto& entry, std::string_view wanted) { return entry.first < wanted; });
}

}  // namespace

void ConditionContext::fill() const {
  if (!state_ || !state_->fill) return;
  ConditionContext filled;
  std::exchange(state_->fill, nullptr)(filled);
  if (filled.state_) state_->entries = std::move(filled.state_->entries);
}

std::vector<ContextValue>& ConditionContext::at(std::string_view key) {
  fill();
  if (!state_) {
    state_ = std::make_shared<State>();
    state_->entries.reserve(kUsualCount);
  } else if (state_.use_count() > 1) {
    state_ = std::make_shared<State>(*state_);
  }
  Entries& entries = state_->entries;
  std::string name = lower_ascii(key);
  auto place = place_of(entries, name);
  if (place == entries.end() || place->first != name) {
    place = entries.insert(place, {std::move(name), std::vector<ContextValue>()});
  }
  return place->second;
}

void ConditionContext::set(std::string_view key, std::string value) {
  ContextValue& added = at(key).emplace_back();
  added.values.push_back(std::move(value));
}

void ConditionContext::set_all(std::string_view key, std::vector<std::string> values) {
  at(key).push_back({std::move(values), true});
}

void ConditionContext::replace(std::string_view key, std::string value) {
  at(key) = {{{std::move(value)}, false}};
}

const std::vector<ContextValue>* ConditionContext::find(std::string_view key) const {
  const Entries& all = entries();
  const std::string name = lower_ascii(key);
  const auto found = place_of(all, name);
  return found == all.end() || found->first != name ? nullptr : &found->second;
}

const ConditionContext::Entries& ConditionContext::entries() const {
  static const Entries none;
  fill();
  return state_ ? state_->entries : none;
}

}  // namespace kms::policy
