#pragma once
// What is allowed in a policy and most likely not meant. Pure functions over a document that parsed.
#include <span>
#include <string>
#include <vector>

#include "core/policy/action.h"
#include "core/policy/document.h"

namespace kms::policy {

enum class Severity { kWarning, kError };

struct Finding {
  Severity severity = Severity::kWarning;
  std::size_t statement = 0;  // from 1
  std::string sid;
  std::string code;     // stable: "action-never-matches"
  std::string message;  // what is wrong, and how to say what was meant
};

// In the order of the statements. `actions` are all that key policies speak of.
std::vector<Finding> lint(const Document& document, std::span<const Action> actions);

}  // namespace kms::policy
