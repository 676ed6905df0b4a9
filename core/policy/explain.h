#pragma once
// Why a decision came out as it did, and what would change it. Pure functions, for people and scripts; slower than
// evaluate(), which decides.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/policy/evaluate.h"

namespace kms::policy {

// One operator and key of a Condition against the request.
struct ConditionDetail {
  std::string op;
  std::string key;
  std::vector<std::string> values;                    // as written
  std::vector<std::string> resolved;                  // with variables replaced; "(no value)" where one has none
  std::optional<std::vector<std::string>> requested;  // nothing when the request lacks the key
  bool holds = false;
};

struct StatementDetail {
  StatementResult result;
  std::vector<ConditionDetail> conditions;
  // Whether less is missing here than in `other`: a principal, an action or a resource that differs counts more than
  // all conditions do, since the statement is about something else then.
  bool misses_less_than(const StatementDetail& other) const;
};

struct LayerDetail {
  Layer layer = Layer::kIdentity;
  // "explicit deny", "allows", "leaves it to the identity policies", "no allow" or "not set"
  std::string verdict;
  bool set = false;  // whether there are any such policies
  std::vector<StatementDetail> statements;
};

// What alone would allow it.
enum class Way { kKeyPolicy, kPrincipalPolicy, kGrant };

struct Explanation {
  Decision decision;
  std::vector<LayerDetail> layers;              // always all of them, in the order of the evaluation
  std::optional<StatementDetail> nearest_miss;  // the Allow that misses least; none when allowed
  std::vector<std::string> changes;             // each of which alone would allow it: tried, not guessed
  std::vector<Way> ways;                        // those of them that a new Allow is
  std::vector<std::string> absent_keys;         // condition keys that policies ask for and the request lacks
};

Explanation explain(const Request& request, const Policies& policies);

std::string_view layer_name(Layer layer);  // "service control policies"

}  // namespace kms::policy
