#include "cli/commands/key_words.h"

#include <algorithm>

#include "cli/commands/lists.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/model/principal.h"

namespace kms::cli {
namespace {

constexpr std::string_view kOfKeys = "kms:";
constexpr std::string_view kContextPair = "kms:EncryptionContext:";

std::string pairs_of(const TextMap& pairs) {
  std::vector<std::string> words;
  for (const auto& [key, value] : pairs) words.push_back(cat(key, "=", value));
  return in_a_row(words, " and ");
}

std::string principals_in_words(const policy::Statement& statement, std::string_view account) {
  if (!statement.principals) return "nobody";
  if (statement.principals->any) return statement.not_principal ? "nobody" : "everybody";
  std::vector<std::string> names;
  for (const std::string& arn : statement.principals->aws) names.push_back(short_principal(account, arn));
  for (const std::string& service : statement.principals->services) names.push_back(service);
  return cat(statement.not_principal ? "everybody but " : "", in_a_row(names, " and "));
}

// The names that are left of actions when their prefix is; the first few, where there are many.
std::string actions_in_words(const policy::Statement& statement) {
  constexpr std::size_t kMost = 6;
  const auto everything = [](const std::string& action) { return action == "*" || action == cat(kOfKeys, "*"); };
  if (std::any_of(statement.actions.begin(), statement.actions.end(), everything)) {
    return statement.not_action ? "nothing" : "everything";
  }
  std::vector<std::string> names;
  for (const std::string& action : statement.actions) {
    if (names.size() + 1 == kMost && statement.actions.size() > kMost) break;
    names.push_back(action.starts_with(kOfKeys) ? action.substr(kOfKeys.size()) : action);
  }
  const std::size_t more = statement.actions.size() - names.size();
  if (more > 0) names.push_back(cat(std::to_string(more), " more actions"));
  return cat(statement.not_action ? "everything but " : "", in_a_row(names, " and "));
}

// What many policies ask for in few words, and all else as it is spelt there.
std::string condition_in_words(const policy::ConditionTest& test) {
  const std::string values = in_a_row(test.values, " or ");
  if (test.op_text == "StringEquals" && test.key.starts_with(kContextPair)) {
    return cat(test.key.substr(kContextPair.size()), "=", values);
  }
  return cat(test.key, " ", test.op_text, " ", values);
}

std::string conditions_in_words(const policy::Statement& statement) {
  std::vector<std::string> words;
  for (const policy::ConditionTest& test : statement.conditions) words.push_back(condition_in_words(test));
  return words.empty() ? std::string() : cat(", when ", in_a_row(words, " and "));
}

// What the policy gives to the root of an account, others of the account have by policies of their own.
bool delegates(const policy::Statement& statement) {
  if (statement.effect == policy::Effect::kDeny || !statement.principals || statement.not_principal) return false;
  const auto& names = statement.principals->aws;
  return std::any_of(names.begin(), names.end(), [](const std::string& arn) { return is_root_principal(arn); });
}

Cell statement_in_words(const policy::Statement& statement, std::string_view account) {
  const bool denies = statement.effect == policy::Effect::kDeny;
  const std::string how = delegates(statement) ? " (and who is allowed by policies of the account)" : "";
  return {cat(principals_in_words(statement, account), denies ? " may not " : " may ",
              actions_in_words(statement) == "everything" ? "do " : "", actions_in_words(statement),
              conditions_in_words(statement), how),
          denies ? Style::kDoubtful : Style::kPlain};
}

}  // namespace

Cell state_cell(const std::string& state) {
  if (state == to_text(KeyState::kEnabled)) return {state, Style::kGood};
  const bool goes = state == to_text(KeyState::kPendingDeletion) || state == to_text(KeyState::kPendingReplicaDeletion);
  return {state, goes ? Style::kBad : Style::kDoubtful};
}

std::string_view use_word(KeyUsage usage) {
  switch (usage) {
    case KeyUsage::kSignVerify:
      return "sign";
    case KeyUsage::kGenerateVerifyMac:
      return "mac";
    case KeyUsage::kKeyAgreement:
      return "agree";
    case KeyUsage::kEncapsulateDecapsulate:
      return "encapsulate";
    case KeyUsage::kEncryptDecrypt:
      break;
  }
  return "encrypt";
}

std::string grantee_of(const GrantListEntry& grant, std::string_view account) {
  if (grant.grantee_service_principal) return *grant.grantee_service_principal;
  return short_principal(account, grant.grantee_principal);
}

std::string operations_of(const GrantListEntry& grant) {
  std::vector<std::string> names;
  for (const GrantOperation operation : grant.operations) names.emplace_back(to_text(operation));
  return in_a_row(names);
}

std::string constraints_of(const GrantListEntry& grant) {
  if (!grant.constraints) return {};
  const ConstraintsMember& constraints = *grant.constraints;
  std::vector<std::string> words;
  if (constraints.encryption_context_subset) words.push_back(pairs_of(*constraints.encryption_context_subset));
  if (constraints.encryption_context_equals) {
    const std::string pairs = pairs_of(*constraints.encryption_context_equals);
    words.push_back(pairs.empty() ? "there is no context" : cat("the context is ", pairs, " alone"));
  }
  if (constraints.source_arn) words.push_back(cat("the source is ", *constraints.source_arn));
  return in_a_row(words, " and ");
}

std::vector<Cell> policy_in_words(policy::DocumentKind kind, const std::string& policy, std::string_view account) {
  std::vector<Cell> lines;
  try {
    for (const policy::Statement& statement : policy::parse(kind, policy).statements) {
      lines.push_back(statement_in_words(statement, account));
    }
  } catch (const Error& error) {
    return {Cell(cat("cannot be read: ", error.what()))};
  }
  return lines;
}

}  // namespace kms::cli
