#include "core/policy/lint.h"

#include <algorithm>
#include <optional>

#include "core/base/text.h"
#include "core/policy/compare.h"
#include "core/policy/condition_keys.h"
#include "core/policy/match.h"

namespace kms::policy {
namespace {

constexpr std::string_view kOurKeys = "kms:";  // how the condition keys of KMS begin, and the global ones
constexpr std::string_view kGlobalKeys = "aws:";

// Reports on one statement of one document.
class Linter {
 public:
  Linter(const Document& document, const Statement& statement, std::size_t number, std::span<const Action> actions,
         std::vector<Finding>& out)
      : document_(document), statement_(statement), number_(number), actions_(actions), out_(out) {}

  void run() {
    check_actions();
    check_principals();
    check_resources();
    for (const ConditionTest& test : statement_.conditions) {
      check_key(test);
      check_operator(test);
      for (const std::string& value : test.values) check_value(test, value);
    }
    check_effect();
  }

 private:
  bool allows() const { return statement_.effect == Effect::kAllow; }
  bool is_key_policy() const { return document_.kind == DocumentKind::kKeyPolicy; }
  void add(Severity severity, const char* code, std::string message) {
    out_.push_back({severity, number_, statement_.sid, code, std::move(message)});
  }
  void warn(const char* code, std::string message) { add(Severity::kWarning, code, std::move(message)); }
  void fail(const char* code, std::string message) { add(Severity::kError, code, std::move(message)); }

  // Whether the pattern is about the service whose actions are known.
  bool is_of_keys(std::string_view pattern) const {
    const std::string service = cat(lower_ascii(pattern.substr(0, pattern.find(':'))), ":");
    return pattern == "*" || std::any_of(actions_.begin(), actions_.end(),
                                         [&](const Action& action) { return action.prefix == service; });
  }
  bool matches_some_action(std::string_view pattern) const {
    return std::any_of(actions_.begin(), actions_.end(),
                       [&](const Action& action) { return action_matches(pattern, action.text()); });
  }
  // Of an action that the entry spells out.
  const Action* by_grant_only(std::string_view entry) const {
    const auto found = std::find_if(actions_.begin(), actions_.end(), [&](const Action& action) {
      return action.by_grant_only && lower_ascii(action.text()) == lower_ascii(entry);
    });
    return found == actions_.end() ? nullptr : &*found;
  }

  void check_actions() {
    for (const std::string& action : statement_.actions) {
      if (is_of_keys(action)) {
        if (!matches_some_action(action)) fail("action-never-matches", cat(action, " matches no action of KMS"));
      } else if (is_key_policy()) {
        warn("action-of-another-service", cat(action, " has no effect in a key policy, which is about one KMS key"));
      }
      if (!is_key_policy() || !allows()) continue;
      if (const Action* found = by_grant_only(action)) {
        warn("retire-grant-by-policy",
             cat(found->text(), " is not given by policies: name a retiring principal in the grant"));
      }
    }
    if (allows() && statement_.not_action && !statement_.actions.empty()) {
      warn("not-action-with-allow", "NotAction with Allow gives every other action of every service: list the actions");
    }
  }

  void check_principals() {
    if (!statement_.principals) return;
    const Principals& named = *statement_.principals;
    if (allows() && named.any && statement_.conditions.empty()) {
      warn("allow-to-everyone", "it allows everybody of every account: name principals, or add a Condition");
    }
    if (!statement_.not_principal) return;
    warn("deny-with-not-principal",
         "NotPrincipal is hard to get right: use Principal \"*\" with ArnNotEquals on aws:PrincipalArn");
    for (const std::string& arn : named.aws) {
      const std::string root = cat(arn.substr(0, arn.find_last_of(':')), ":root");
      const bool has_root = std::find(named.aws.begin(), named.aws.end(), root) != named.aws.end();
      if (arn.find(":iam::") != std::string::npos && !has_root) {
        fail("not-principal-without-account", cat("without ", root, " it denies ", arn, " as well"));
      }
    }
  }

  void check_resources() {
    for (const std::string& entry : statement_.resources) {
      if (entry == "*") continue;
      const std::size_t variable = document_.has_variables ? entry.find("${") : std::string::npos;
      std::size_t colon = std::string::npos;
      int colons = 0;
      for (std::size_t i = 0; i < entry.size(); ++i) {
        if (entry[i] == ':' && ++colons == kArnColons) colon = i;
      }
      if (colons < kArnColons) {
        fail("resource-never-matches", cat(entry, " has fewer than six parts: * or a whole ARN"));
      } else if (variable < colon) {
        fail("variable-too-early", cat(entry, ": variables stand after the fifth colon only"));
      } else if (entry.starts_with("arn:aws:kms:") && !is_kms_resource(std::string_view(entry).substr(colon + 1))) {
        fail("resource-never-matches", cat(entry, " names neither a key/ID nor an alias/NAME"));
      }
      if (is_key_policy()) {
        warn("resource-of-a-key-policy", cat(entry, ": a key policy is about its own key, which \"*\" stands for"));
      }
      if (statement_.not_resource && variable != std::string::npos) {
        warn("not-resource-with-variable", cat(entry, ": a variable without a value makes NotResource match less"));
      }
    }
  }

  static bool is_kms_resource(std::string_view text) {
    const std::string_view start = text.substr(0, text.find_first_of("*?$/"));
    const bool open = start.size() < text.size() && text[start.size()] != '/';
    if (open) return std::string_view("key/").starts_with(start) || std::string_view("alias/").starts_with(start);
    return start == "key" || start == "alias";
  }

  void check_key(const ConditionTest& test) {
    const auto key = find_condition_key(test.key);
    const std::string name = lower_ascii(test.key);
    if (!key) {
      if (name.starts_with(kOurKeys)) fail("unknown-condition-key", cat(test.key, " is no condition key of KMS"));
      if (name.starts_with(kGlobalKeys)) warn("unknown-condition-key", cat(test.key, " never has a value here"));
      return;
    }
    if (!statement_.not_action && !statement_.actions.empty() &&
        std::none_of(statement_.actions.begin(), statement_.actions.end(), [&](const std::string& action) {
          return !is_of_keys(action) || occurs(*key, action, actions_);
        })) {
      fail("condition-key-never-occurs", cat(test.key, " never occurs in a request of these actions"));
    }
    const bool of_identity = name.starts_with("aws:resourcetag/") || name == "kms:resourcealiases";
    if (is_key_policy() && of_identity) {
      warn("aws-refuses", cat(test.key, ": AWS refuses this key in a key policy; kmsctl evaluates it"));
    }
    const bool set = test.op.set != SetQualifier::kNone;
    if (key->type == KeyType::kArray && !set && test.op.comparison != Comparison::kNull) {
      fail("set-operator-missing", cat(test.key, " has several values: use ForAnyValue: or ForAllValues:"));
    }
    if (key->type != KeyType::kArray && set) {
      warn("set-operator-on-single-value", cat(test.key, " has one value: ", test.op_text, " needs no set operator"));
    }
    check_type(test, key->type);
  }

  void check_type(const ConditionTest& test, KeyType type) {
    const std::string& op = test.op_text;
    const auto has = [&](std::string_view part) { return op.find(part) != std::string::npos; };
    const bool wrong = (has("Numeric") && type != KeyType::kNumeric && type != KeyType::kDate) ||
                       (has("Date") && type != KeyType::kDate) || (has("IpAddress") && type != KeyType::kIp) ||
                       (has("Bool") && type != KeyType::kBool) || has("Binary") ||
                       (has("String") && (type == KeyType::kNumeric || type == KeyType::kDate || type == KeyType::kIp));
    if (wrong) warn("operator-of-another-type", cat(op, " does not suit the type of ", test.key));
  }

  void check_operator(const ConditionTest& test) {
    if (test.op.comparison == Comparison::kNull && test.op.if_exists) {
      fail("null-with-if-exists", "Null asks whether the key is there, so IfExists makes it hold always");
    }
    if (!allows() || test.op.comparison == Comparison::kNull) return;
    if (test.op.set == SetQualifier::kForAllValues) {
      warn("for-all-values-with-allow",
           cat("ForAllValues holds for a request without ", test.key, ": add Null \"", test.key, "\": \"false\""));
    } else if (test.op.negated && test.op.set == SetQualifier::kNone && !test.op.if_exists) {
      warn("negated-with-allow", cat(test.op_text, " holds for a request without ", test.key));
    }
  }

  void check_value(const ConditionTest& test, const std::string& value) {
    const bool variable = value.find("${") != std::string::npos;
    if (variable && !document_.has_variables) {
      fail("variable-in-an-old-version", cat(value, " is literal text unless Version is 2012-10-17"));
    }
    if (variable) return;
    const bool of_network = test.op.comparison == Comparison::kIpAddress;
    const bool textual = test.op.comparison <= Comparison::kStringLike || test.op.comparison == Comparison::kArnLike;
    if (textual || of_network) {
      if (of_network && !is_network(value)) fail("value-never-compares", cat(value, " is no address or CIDR range"));
      return;
    }
    if (test.op.comparison == Comparison::kNull) {
      const std::string word = lower_ascii(value);
      if (word != "true" && word != "false") fail("value-never-compares", cat("Null takes true or false, not ", value));
      return;
    }
    // A value that does not even equal itself has the wrong form.
    Comparison equal = test.op.comparison;
    if (test.op_text.find("Numeric") != std::string::npos) equal = Comparison::kNumericEquals;
    if (test.op_text.find("Date") != std::string::npos) equal = Comparison::kDateEquals;
    if (!compare(equal, value, value, false, {})) {
      fail("value-never-compares", cat(value, " has not the form that ", test.op_text, " compares"));
    }
  }

  static bool is_network(const std::string& value) {
    return compare(Comparison::kIpAddress, value, value.substr(0, value.find('/')), false, {});
  }

  void check_effect() {
    if (statement_.actions.empty() || statement_.resources.empty()) {
      fail("no-effect", "a statement without Action or Resource has no effect");
    }
  }

  const Document& document_;
  const Statement& statement_;
  std::size_t number_;
  std::span<const Action> actions_;
  std::vector<Finding>& out_;
};

}  // namespace

std::vector<Finding> lint(const Document& document, std::span<const Action> actions) {
  std::vector<Finding> out;
  for (std::size_t i = 0; i < document.statements.size(); ++i) {
    Linter(document, document.statements[i], i + 1, actions, out).run();
  }
  return out;
}

}  // namespace kms::policy
