#pragma once
// What policies need to know of an action. Whoever asks a question hands it in, from the table of operations: nothing
// here lists actions.
#include <span>
#include <string>
#include <string_view>

namespace kms::policy {

struct Action {
  std::string_view prefix;             // of the service, with the colon
  std::string_view name;               // as grants have it: without the prefix
  bool crosses_accounts = false;       // works on keys of other accounts
  bool no_encryption_context = false;  // constraints of grants on that are not asked
  bool by_grant_only = false;          // no policy allows it, and resource control policies do not limit it
  // Those of the condition keys that not every request has; in lower case, families with their / or : alone. What they
  // view must outlive the action.
  std::span<const std::string> condition_keys = {};

  std::string text() const;
  bool is(std::string_view action) const;  // letter for letter
};

// Null when it is not there.
const Action* find_action(std::span<const Action> actions, std::string_view action);

}  // namespace kms::policy
