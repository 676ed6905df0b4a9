#include "core/policy/outsiders.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <tuple>

#include "core/base/text.h"
#include "core/model/principal.h"

namespace kms::policy {
namespace {

constexpr std::string_view kEverybody = "*";

// A condition, as far as two can be told apart: operator, key, values, and whether variables stand in these.
using Term = std::tuple<std::string, std::string, std::set<std::string>, bool>;
using Terms = std::set<Term>;
// Who is let in, and under which conditions: one set of them for each statement that does.
using Admitted = std::map<std::string, std::vector<std::shared_ptr<const Terms>>, std::less<>>;

// For whom a statement holds: for principals of `accounts` alone, where there are such, and under `terms`.
struct Reach {
  std::optional<std::set<std::string, std::less<>>> accounts;
  Terms terms;

  void confine_to(const std::set<std::string, std::less<>>& wanted) {
    if (!accounts) {
      accounts = wanted;
    } else {
      std::erase_if(*accounts, [&](const std::string& each) { return !wanted.contains(each); });
    }
  }
};

// Whether the test fails for each request that has no value for its key, or one that is not listed.
bool demands_equality(const ConditionTest& test, bool has_variables) {
  const Operator& op = test.op;
  if (op.negated || op.if_exists || op.set == SetQualifier::kForAllValues) return false;
  if (op.comparison > Comparison::kStringLike) return false;
  const bool wildcards = op.comparison == Comparison::kStringLike;
  return std::ranges::none_of(test.values, [&](const std::string& value) {
    return (wildcards && value.find_first_of("*?") != std::string::npos) ||
           (has_variables && value.find("${") != std::string::npos);
  });
}

Term term_of(const ConditionTest& test, bool has_variables) {
  const bool variable = has_variables && std::ranges::any_of(test.values, [](const std::string& value) {
                          return value.find("${") != std::string::npos;
                        });
  return {test.op_text, lower_ascii(test.key), {test.values.begin(), test.values.end()}, variable};
}

Reach reach_of(const Statement& statement, bool has_variables) {
  Reach reach;
  for (const ConditionTest& test : statement.conditions) {
    const std::string key = lower_ascii(test.key);
    const bool of_account = key == "kms:calleraccount" || key == "aws:principalaccount";
    const bool of_organization = key == "aws:principalorgid";
    if ((!of_account && !of_organization) || !demands_equality(test, has_variables)) {
      reach.terms.insert(term_of(test, has_variables));
    } else if (of_organization) {
      reach.confine_to({});
    } else {
      reach.confine_to({test.values.begin(), test.values.end()});
    }
  }
  return reach;
}

// The names of those from outside that a statement lets in, each once.
std::set<std::string> outsiders_of(const Statement& statement, const Reach& reach, std::string_view account) {
  std::set<std::string> names;
  const Principals& named = *statement.principals;
  if (named.any || statement.not_principal) {
    if (!reach.accounts) names.emplace(kEverybody);
    if (reach.accounts) {
      for (const std::string& each : *reach.accounts) {
        if (each != account && is_account_id(each)) names.insert(root_principal(each));
      }
    }
  }
  if (statement.not_principal) return names;
  for (const std::string& arn : named.aws) {
    const std::string_view theirs = account_of(arn);
    if (theirs != account && (!reach.accounts || reach.accounts->contains(theirs))) names.insert(arn);
  }
  names.insert(named.services.begin(), named.services.end());
  return names;
}

Admitted admitted_by(const Document& document, std::string_view account) {
  Admitted admitted;
  for (const Statement& statement : document.statements) {
    if (statement.effect != Effect::kAllow || !statement.principals) continue;
    if (statement.actions.empty() || statement.resources.empty()) continue;  // has no effect
    Reach reach = reach_of(statement, document.has_variables);
    const auto names = outsiders_of(statement, reach, account);
    const auto terms = std::make_shared<const Terms>(std::move(reach.terms));
    for (const std::string& name : names) admitted[name].push_back(terms);
  }
  return admitted;
}

// Whether `name` is let in under conditions of which all are among `terms`.
bool lets_in(const Admitted& admitted, std::string_view name, const Terms& terms) {
  const auto found = admitted.find(name);
  return found != admitted.end() && std::ranges::any_of(found->second, [&](const auto& demanded) {
           return std::ranges::includes(terms, *demanded);
         });
}

bool was_let_in(const Admitted& before, std::string_view name, const Terms& terms) {
  if (lets_in(before, name, terms) || lets_in(before, kEverybody, terms)) return true;
  const std::string_view account = account_of(name);
  return !account.empty() && lets_in(before, root_principal(account), terms);
}

}  // namespace

std::vector<std::string> newly_allowed(const Document* before, const Document& after, std::string_view account) {
  const Admitted admitted = admitted_by(after, account);
  if (admitted.empty()) return {};
  const Admitted known = before == nullptr ? Admitted() : admitted_by(*before, account);
  std::vector<std::string> names;
  for (const auto& each : admitted) {
    const std::string& name = each.first;
    const bool is_new = std::ranges::any_of(each.second, [&](const auto& terms) {
      return !was_let_in(known, name, *terms) && (name == kEverybody || !lets_in(admitted, kEverybody, *terms));
    });
    if (is_new) names.push_back(name);
  }
  return names;
}

}  // namespace kms::policy
