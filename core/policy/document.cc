#include "core/policy/document.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "core/base/error.h"
#include "core/base/json.h"
#include "core/base/json_text.h"
#include "core/base/text.h"
#include "core/model/principal.h"

namespace kms::policy {
namespace {

constexpr std::size_t kMaxSize = 131072;
constexpr int kMaxDepth = 16;
constexpr std::string_view kContextKeys = "kms:encryptioncontext:";

// The message does not grow with what it quotes.
[[noreturn]] void refuse(const std::string& what) {
  constexpr std::size_t kLongestMessage = 1024;
  throw Error(ErrorCode::kMalformedPolicy, std::string(beginning_of(what, kLongestMessage)));
}

[[noreturn]] void refuse(const std::string& where, std::string_view what) {
  refuse(cat(where, ": ", what));
}

[[noreturn]] void refuse_principal() {
  refuse("Policy contains a statement with one or more invalid principals.");
}

// Tab, LF, CR and U+0020 to U+00FF, in UTF-8.
void check_characters(std::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool control = byte < 0x20 && c != '\t' && c != '\n' && c != '\r';
    if (control || byte > 0xc3 || byte == 0xc0 || byte == 0xc1) {
      refuse("The policy holds a character that key policies do not allow.");
    }
  }
}

// JSON with the depth bounded and a member named twice refused: the library would keep the last one silently.
Json parse_json(std::string_view text) {
  std::vector<std::set<std::string>> open;
  const auto watch = [&](int depth, Json::parse_event_t event, Json& parsed) {
    if (depth > kMaxDepth) refuse("The policy is nested too deeply.");
    if (event == Json::parse_event_t::object_start) open.emplace_back();
    if (event == Json::parse_event_t::object_end) open.pop_back();
    if (event == Json::parse_event_t::key && !open.back().insert(parsed.get<std::string>()).second) {
      refuse(cat("The member ", parsed.get<std::string>(), " is given twice."));
    }
    return true;
  };
  try {
    return Json::parse(text, watch);
  } catch (const Json::exception&) {
    refuse("The policy is not valid JSON.");
  }
}

void check_members(const Json& object, const std::string& where, std::initializer_list<std::string_view> known) {
  if (!object.is_object()) refuse(where, "must be an object");
  for (const auto& [name, value] : object.items()) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      refuse(where, cat("unknown member ", name));
    }
  }
}

std::string text_member(const Json& object, const char* name, const std::string& where) {
  const auto found = object.find(name);
  if (found == object.end()) return {};
  if (!found->is_string()) refuse(where, cat(name, " must be a string"));
  return found->get<std::string>();
}

// Numbers and booleans stand for their text in conditions alone.
std::string value_text(const Json& value, const std::string& where, bool scalars) {
  if (value.is_string()) return value.get<std::string>();
  if (scalars && (value.is_number() || value.is_boolean())) return value.dump();
  refuse(where, "must be a string or an array of strings");
}

std::vector<std::string> texts(const Json& value, const std::string& where, bool scalars = false) {
  if (!value.is_array()) return {value_text(value, where, scalars)};
  std::vector<std::string> out;
  for (const Json& item : value) out.push_back(value_text(item, where, scalars));
  if (out.empty()) refuse(where, "must not be empty");
  return out;
}

bool is_account(std::string_view text) {
  return is_account_id(text);
}

// assumed-role/ROLE/SESSION and federated-user/NAME, which IAM ARNs do not cover.
bool is_session_arn(std::string_view text) {
  constexpr std::string_view prefix = "arn:aws:sts::";
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  if (text.size() < 14 || !is_account(text.substr(0, 12)) || text[12] != ':') return false;
  text.remove_prefix(13);
  if (text.find_first_of("*? ") != std::string_view::npos) return false;
  constexpr std::string_view federated = "federated-user/";
  constexpr std::string_view role = "assumed-role/";
  if (text.starts_with(federated)) return text.size() > federated.size();
  if (!text.starts_with(role)) return false;
  text.remove_prefix(role.size());
  const std::size_t slash = text.find('/');
  return slash != std::string_view::npos && slash > 0 && slash + 1 < text.size();
}

void add_aws(Principals& out, const std::string& text) {
  if (text == "*") {
    out.any = true;
  } else if (is_account(text)) {
    out.aws.push_back(root_principal(text));
  } else if (is_session_arn(text) || (text.starts_with("arn:") && principal_arn("", text))) {
    out.aws.push_back(text);
  } else {
    refuse_principal();
  }
}

Principals read_principals(const Json& value, const std::string& where) {
  Principals out;
  if (value.is_string()) {
    if (value.get<std::string>() != "*") refuse_principal();
    out.any = true;
    return out;
  }
  check_members(value, cat(where, ": Principal"), {"AWS", "Service", "Federated", "CanonicalUser"});
  if (value.empty()) refuse(where, "must contain one or more principals");
  for (const auto& [kind, names] : value.items()) {
    for (const std::string& name : texts(names, cat(where, ": Principal ", kind))) {
      if (name.empty()) refuse_principal();
      if (kind == "AWS") add_aws(out, name);
      if (kind == "Service") out.services.push_back(name);
    }
  }
  return out;
}

// Of a pair such as Action and NotAction; null when neither is given.
const Json* one_of(const Json& object, const std::string& name, bool& negated, const std::string& where) {
  const auto plain = object.find(name);
  const auto inverse = object.find(cat("Not", name));
  if (plain != object.end() && inverse != object.end()) {
    refuse(where, cat(name, " and Not", name, " exclude each other"));
  }
  negated = inverse != object.end();
  if (negated) return &*inverse;
  return plain == object.end() ? nullptr : &*plain;
}

void read_statement_principals(DocumentKind kind, const Json& json, const std::string& where, Statement& out) {
  const Json* value = one_of(json, "Principal", out.not_principal, where);
  const bool wanted = kind != DocumentKind::kIdentity && kind != DocumentKind::kServiceControl;
  if (!wanted) {
    if (value != nullptr) refuse(where, "this kind of policy does not name principals");
    return;
  }
  if (value == nullptr) refuse(where, "Each statement must contain one or more principals");
  if (out.not_principal && out.effect == Effect::kAllow) refuse(where, "NotPrincipal goes with Deny only");
  out.principals = read_principals(*value, where);
}

void check_action(const std::string& action, const std::string& where) {
  if (action == "*") return;
  const std::size_t colon = action.find(':');
  if (colon == std::string::npos || colon == 0 || colon + 1 == action.size() ||
      action.find_first_of(": \t", colon + 1) != std::string::npos) {
    refuse(where, "an Action must be * or have the form service:Name");
  }
}

void read_targets(DocumentKind kind, const Json& json, const std::string& where, Statement& out) {
  const bool lenient = kind == DocumentKind::kKeyPolicy;
  if (const Json* value = one_of(json, "Action", out.not_action, where)) {
    out.actions = texts(*value, cat(where, ": Action"));
    for (const std::string& action : out.actions) check_action(action, where);
  } else if (!lenient) {
    refuse(where, "Action or NotAction is missing");
  }
  const Json* value = one_of(json, "Resource", out.not_resource, where);
  if (kind == DocumentKind::kTrust) {
    if (value != nullptr) refuse(where, "a trust policy has no Resource");
    out.resources = {"*"};
  } else if (value != nullptr) {
    out.resources = texts(*value, cat(where, ": Resource"));
  } else if (!lenient) {
    refuse(where, "Resource or NotResource is missing");
  }
}

// AWS refuses what would hold for every request that lacks the key.
void check_set_operator(const Operator& op, std::string_view key) {
  const std::string name = lower_ascii(key);
  const bool context = name.starts_with(kContextKeys);
  if (op.set != SetQualifier::kForAllValues || (!context && !name.starts_with("aws:requesttag/"))) return;
  refuse(cat("OverlyPermissiveCondition:", context ? "EncryptionContext" : "RequestTag",
             ": Using the ForAllValues set operator with a single-valued condition key matches requests without the "
             "specified key"));
}

void read_conditions(DocumentKind kind, const Json& json, const std::string& where, Statement& out) {
  const auto found = json.find("Condition");
  if (found == json.end()) return;
  if (!found->is_object()) refuse(where, "Condition must be an object");
  for (const auto& [name, keys] : found->items()) {
    const auto op = parse_operator(name);
    if (!op) refuse(where, cat("unknown condition operator ", name));
    if (!keys.is_object()) refuse(where, cat("Condition ", name, " must be an object"));
    for (const auto& [key, values] : keys.items()) {
      if (key.empty()) refuse(where, cat("Condition ", name, " has a key without a name"));
      if (kind == DocumentKind::kKeyPolicy) check_set_operator(*op, key);
      out.conditions.push_back({*op, name, key, texts(values, cat(where, ": Condition ", name, " ", key), true)});
    }
  }
}

Statement read_statement(DocumentKind kind, const Json& json, const std::string& where) {
  check_members(
      json, where,
      {"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"});
  Statement out;
  out.sid = text_member(json, "Sid", where);
  const auto effect = from_text<Effect>(text_member(json, "Effect", where));
  if (!effect) refuse(where, "Effect must be Allow or Deny");
  out.effect = *effect;
  read_statement_principals(kind, json, where, out);
  read_targets(kind, json, where, out);
  read_conditions(kind, json, where, out);
  return out;
}

}  // namespace

Document parse(DocumentKind kind, std::string_view text) {
  if (text.size() > kMaxSize) refuse("The policy is longer than 131072 bytes.");
  if (kind == DocumentKind::kKeyPolicy) check_characters(text);
  const Json json = parse_json(text);
  check_members(json, "Policy", {"Version", "Id", "Statement"});
  Document out;
  out.kind = kind;
  out.id = text_member(json, "Id", "Policy");
  if (json.contains("Version")) {
    const std::string version = text_member(json, "Version", "Policy");
    if (version != "2012-10-17" && version != "2008-10-17") refuse("Version must be 2012-10-17 or 2008-10-17");
    out.has_variables = version == "2012-10-17";
  }
  const auto found = json.find("Statement");
  if (found == json.end() || (found->is_array() && found->empty())) refuse("The policy has no Statement.");
  const Json list = found->is_array() ? *found : Json::array({*found});
  std::set<std::string> sids;
  for (const Json& item : list) {
    const std::string where = cat("Statement ", std::to_string(out.statements.size() + 1));
    out.statements.push_back(read_statement(kind, item, where));
    const std::string& sid = out.statements.back().sid;
    if (!sid.empty() && !sids.insert(sid).second) refuse(where, cat("the Sid ", sid, " is given twice"));
  }
  return out;
}

std::vector<std::string> principals_of(const Document& document) {
  std::set<std::string> out;
  for (const Statement& statement : document.statements) {
    if (statement.principals) out.insert(statement.principals->aws.begin(), statement.principals->aws.end());
  }
  return {out.begin(), out.end()};
}

void rename_principals(Document& document, const std::map<std::string, std::string>& names) {
  for (Statement& statement : document.statements) {
    if (!statement.principals) continue;
    for (std::string& arn : statement.principals->aws) {
      const auto found = names.find(arn);
      if (found != names.end()) arn = found->second;
    }
  }
}

std::string default_key_policy(std::string_view account) {
  return cat(R"({"Version":"2012-10-17","Id":"key-default-1","Statement":[{"Sid":"Enable IAM User Permissions",)"
             R"("Effect":"Allow","Principal":{"AWS":")",
             root_principal(account), R"("},"Action":"kms:*","Resource":"*"}]})");
}

}  // namespace kms::policy
