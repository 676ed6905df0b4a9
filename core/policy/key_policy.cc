#include "core/policy/key_policy.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "core/base/error.h"
#include "core/base/json.h"
#include "core/base/text.h"
#include "core/model/principal.h"

namespace kms {
namespace {

[[noreturn]] void fail(std::string_view why) {
  throw Error(ErrorCode::kMalformedPolicy, std::string(why));
}

// JSON parsers keep the last of two members of one name; a policy that means two things is refused.
Json parse_strictly(std::string_view document) {
  constexpr int kDeepest = 32;
  std::vector<std::set<std::string>> names;
  const auto watch = [&](int depth, Json::parse_event_t event, Json& value) {
    if (depth > kDeepest) fail("The policy is nested too deeply.");
    if (event == Json::parse_event_t::object_start) names.emplace_back();
    if (event == Json::parse_event_t::object_end) names.pop_back();
    if (event == Json::parse_event_t::key && !names.back().insert(value.get<std::string>()).second) {
      fail(cat("The policy has the member '", value.get<std::string>(), "' twice in one object."));
    }
    return true;
  };
  Json json = Json::parse(document, watch, /*allow_exceptions=*/false);
  if (json.is_discarded() || !json.is_object()) fail("The policy is not a JSON object.");
  return json;
}

class StatementReader {
 public:
  StatementReader(const Json& json, std::size_t number)
      : json_(json), place_(cat("Statement ", std::to_string(number))) {
    if (!json.is_object()) refuse("is not an object");
  }

  PolicyStatement read() {
    static const std::set<std::string, std::less<>> known = {
        "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"};
    for (const auto& [name, value] : json_.items()) {
      if (!known.contains(name)) refuse(cat("has an unknown member '", name, "'"));
    }
    PolicyStatement statement;
    statement.allows = effect();
    statement.not_principal = one_of("Principal", "NotPrincipal", /*needed=*/true);
    if (statement.not_principal && statement.allows) refuse("may not combine NotPrincipal with Allow");
    statement.principals = principals(json_.at(statement.not_principal ? "NotPrincipal" : "Principal"));
    statement.not_action = one_of("Action", "NotAction", /*needed=*/false);
    statement.actions = texts(statement.not_action ? "NotAction" : "Action");
    statement.resources = texts(one_of("Resource", "NotResource", /*needed=*/false) ? "NotResource" : "Resource");
    for (const std::string& action : statement.actions) check_action(action);
    statement.has_condition = condition();
    return statement;
  }

 private:
  [[noreturn]] void refuse(std::string_view why) const { fail(cat(place_, " ", why, ".")); }

  bool effect() const {
    const auto found = json_.find("Effect");
    if (found == json_.end() || !found->is_string()) refuse("needs an Effect, Allow or Deny");
    const std::string text = *found;
    if (text != "Allow" && text != "Deny") refuse(cat("has the Effect '", text, "': it must be Allow or Deny"));
    return text == "Allow";
  }

  // Whether the second of the two members is there.
  bool one_of(const char* name, const char* negated, bool needed) const {
    const bool plain = json_.contains(name);
    const bool negative = json_.contains(negated);
    if (plain && negative) refuse(cat("has both ", name, " and ", negated));
    if (needed && !plain && !negative) refuse(cat("needs a ", name));
    return negative;
  }

  std::vector<std::string> list(const Json& value, std::string_view name) const {
    const Json array = value.is_array() ? value : Json::array({value});
    std::vector<std::string> out;
    for (const Json& each : array) {
      if (!each.is_string()) refuse(cat("has a ", name, " that is no text"));
      out.push_back(each);
    }
    if (out.empty()) refuse(cat("has an empty ", name));
    return out;
  }

  std::vector<std::string> texts(const char* name) const {
    return json_.contains(name) ? list(json_.at(name), name) : std::vector<std::string>();
  }

  void add_principal(PolicyPrincipals& out, const std::string& text) const {
    if (text == "*") {
      out.everyone = true;
    } else if (is_account_id(text)) {
      out.arns.push_back(root_principal(text));
    } else if (is_account_id(account_of(text)) && text.find_first_of("*?") == std::string::npos) {
      out.arns.push_back(text);
    } else {
      fail("Policy contains a statement with one or more invalid principals.");
    }
  }

  PolicyPrincipals principals(const Json& value) const {
    PolicyPrincipals out;
    if (value.is_string() && value == "*") {
      out.everyone = true;
      return out;
    }
    if (!value.is_object() || value.empty()) refuse("has a Principal that is neither \"*\" nor an object");
    for (const auto& [kind, names] : value.items()) {
      const auto each = list(names, kind);
      if (kind == "AWS") {
        for (const std::string& text : each) add_principal(out, text);
      } else if (kind == "Service") {
        out.services.insert(out.services.end(), each.begin(), each.end());
      } else if (kind != "Federated" && kind != "CanonicalUser") {
        refuse(cat("has a Principal of the unknown kind '", kind, "'"));
      }
    }
    return out;
  }

  void check_action(std::string_view action) const {
    if (action == "*" || lower_ascii(action).starts_with("kms:")) return;
    refuse(cat("has the Action '", action, "', which is none of KMS"));
  }

  bool condition() const {
    const auto found = json_.find("Condition");
    if (found == json_.end()) return false;
    if (!found->is_object()) refuse("has a Condition that is no object");
    for (const auto& [op, keys] : found->items()) {
      if (!keys.is_object()) refuse(cat("has a Condition '", op, "' that is no object"));
    }
    return !found->empty();
  }

  const Json& json_;
  std::string place_;
};

bool covers(const PolicyPrincipals& principals, std::string_view principal) {
  const std::string root = root_principal(account_of(principal));
  return principals.everyone || std::any_of(principals.arns.begin(), principals.arns.end(),
                                            [&](const std::string& arn) { return arn == principal || arn == root; });
}

bool applies(const PolicyStatement& statement, std::string_view principal, std::string_view action) {
  if (statement.actions.empty() || statement.resources.empty()) return false;
  const bool named = std::any_of(statement.actions.begin(), statement.actions.end(),
                                 [&](const std::string& pattern) { return matches_action(pattern, action); });
  return named != statement.not_action && covers(statement.principals, principal) != statement.not_principal;
}

}  // namespace

bool matches_action(std::string_view pattern, std::string_view action) {
  const std::string wanted = lower_ascii(pattern);
  const std::string text = lower_ascii(action);
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string::npos;
  std::size_t resume = 0;
  while (t < text.size()) {
    if (p < wanted.size() && wanted[p] == '*') {  // first: the text may hold a star itself
      star = p++;
      resume = t;
    } else if (p < wanted.size() && (wanted[p] == '?' || wanted[p] == text[t])) {
      ++p;
      ++t;
    } else if (star != std::string::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < wanted.size() && wanted[p] == '*') ++p;
  return p == wanted.size();
}

std::vector<std::string> KeyPolicy::principals() const {
  std::vector<std::string> all;
  for (const PolicyStatement& statement : statements) {
    all.insert(all.end(), statement.principals.arns.begin(), statement.principals.arns.end());
  }
  return all;
}

// A Deny counts with its conditions too: they may hold.
bool KeyPolicy::surely_allows(std::string_view principal, std::string_view action) const {
  bool allowed = false;
  for (const PolicyStatement& statement : statements) {
    if (!applies(statement, principal, action)) continue;
    if (!statement.allows) return false;
    allowed = allowed || !statement.has_condition;
  }
  return allowed;
}

KeyPolicy parse_key_policy(std::string_view document) {
  const Json json = parse_strictly(document);
  for (const auto& [name, value] : json.items()) {
    if (name != "Version" && name != "Id" && name != "Statement")
      fail(cat("The policy has an unknown member '", name, "'."));
  }
  if (const auto version = json.find("Version");
      version != json.end() && *version != "2012-10-17" && *version != "2008-10-17") {
    fail("The Version of the policy must be \"2012-10-17\" or \"2008-10-17\".");
  }
  const auto found = json.find("Statement");
  if (found == json.end()) fail("The policy needs a Statement.");
  const Json list = found->is_array() ? *found : Json::array({*found});
  if (list.empty()) fail("The policy needs a Statement.");
  KeyPolicy policy;
  std::set<std::string> sids;
  for (std::size_t i = 0; i < list.size(); ++i) {
    policy.statements.push_back(StatementReader(list[i], i + 1).read());
    const auto sid = list[i].find("Sid");
    if (sid == list[i].end()) continue;
    if (!sid->is_string()) fail(cat("Statement ", std::to_string(i + 1), " has a Sid that is no text."));
    if (!sids.insert(*sid).second) fail(cat("Two statements have the Sid '", sid->get<std::string>(), "'."));
  }
  return policy;
}

std::string default_key_policy(std::string_view account) {
  return cat(R"({"Version":"2012-10-17","Id":"key-default-1","Statement":[{"Sid":"Enable IAM User Permissions",)",
             R"("Effect":"Allow","Principal":{"AWS":")", root_principal(account),
             R"("},"Action":"kms:*","Resource":"*"}]})");
}

}  // namespace kms
