#include "core/policy/request.h"

#include <algorithm>
#include <iterator>
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
  if (!filled.state_) return;
  state_->entries = std::move(filled.state_->entries);
  state_->added = std::move(filled.state_->added);
}

void ConditionContext::own() {
  fill();
  if (!state_) {
    state_ = std::make_shared<State>();
    state_->added.reserve(kUsualCount);
  } else if (state_.use_count() > 1) {
    state_ = std::make_shared<State>(*state_);
  }
}

void ConditionContext::add(std::string_view key, ContextValue value) {
  own();
  state_->added.emplace_back(lower_ascii(key), std::move(value));
}

void ConditionContext::set(std::string_view key, std::string value) {
  add(key, {{std::move(value)}, false});
}

void ConditionContext::set_all(std::string_view key, std::vector<std::string> values) {
  add(key, {std::move(values), true});
}

void ConditionContext::replace(std::string_view key, std::string value) {
  own();
  settle();
  std::string name = lower_ascii(key);
  const auto found = place_of(state_->entries, name);
  if (found == state_->entries.end() || found->first != name) return add(name, {{std::move(value)}, false});
  found->second = {{{std::move(value)}, false}};
}

// Sorts what was added into the entries. Of what has the same name, that comes first which was set first.
void ConditionContext::settle() const {
  if (!state_ || state_->added.empty()) return;
  Entries& entries = state_->entries;
  auto& added = state_->added;
  const auto by_name = [](const auto& a, const auto& b) { return a.first < b.first; };
  std::stable_sort(added.begin(), added.end(), by_name);
  Entries all;
  all.reserve(entries.size() + added.size());
  auto before = entries.begin();
  for (auto& [name, value] : added) {
    while (before != entries.end() && before->first <= name) all.push_back(std::move(*before++));
    if (all.empty() || all.back().first != name) all.emplace_back(std::move(name), std::vector<ContextValue>());
    all.back().second.push_back(std::move(value));
  }
  std::move(before, entries.end(), std::back_inserter(all));
  entries = std::move(all);
  added.clear();
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
  settle();
  return state_ ? state_->entries : none;
}

}  // namespace kms::policy
