#include "core/policy/action.h"

#include <algorithm>

#include "core/base/text.h"

namespace kms::policy {

std::string Action::text() const {
  return cat(prefix, name);
}

bool Action::is(std::string_view action) const {
  return action.size() == prefix.size() + name.size() && action.starts_with(prefix) && action.ends_with(name);
}

const Action* find_action(std::span<const Action> actions, std::string_view action) {
  const auto found = std::find_if(actions.begin(), actions.end(), [&](const Action& each) { return each.is(action); });
  return found == actions.end() ? nullptr : &*found;
}

}  // namespace kms::policy
