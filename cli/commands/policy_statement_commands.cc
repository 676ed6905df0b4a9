#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/ask.h"
#include "cli/command_of.h"
#include "cli/commands/registry.h"
#include "cli/commands/support.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/model/principal.h"
#include "core/ops/kms/keys.h"
#include "core/ops/kms/policies.h"
#include "core/ops/table.h"
#include "core/ops/vault/identities.h"
#include "core/policy/condition_keys.h"
#include "core/policy/match.h"

namespace kms::cli {
namespace {

constexpr const char* kPolicyStatementGroup = "Key policies";

// Whose statements of which key.
struct PolicyStatementOptions {
  std::string key_id;
  std::string principal;
  std::string account;
  bool dry_run = false;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("-k,--key-id", key_id, {.required = true, .help = kKeyHelp});
    visit("--principal", principal, {.help = "user/NAME, role/NAME or an ARN"});
    visit("--account", account, {.help = "Another account, which then decides by its own policies"});
    visit("--dry-run", dry_run, {.help = "Show the change and do nothing"});
  }
};

struct AllowOptions : PolicyStatementOptions {
  bool use = false;
  bool encrypt_only = false;
  bool decrypt_only = false;
  bool administer = false;
  std::vector<std::string> actions;
  TextMap context;

  template <class Visitor>
  void fields(Visitor& visit) {
    PolicyStatementOptions::fields(visit);
    visit("--use", use, {.help = "To use the key for what it is for"});
    visit("--encrypt-only", encrypt_only, {.help = "To encrypt and make data keys"});
    visit("--decrypt-only", decrypt_only, {.help = "To decrypt"});
    visit("--administer", administer, {.help = "To administer the key, and not to use it"});
    visit("--actions", actions, {.several_words = true, .help = "These actions: kms:Decrypt ..."});
    visit("-c,--encryption-context", context,
          {.help = "Only with this pair in the encryption context; may be repeated"});
  }
};

// What using a key means, by what the key is for.
std::vector<std::string> use_actions(const KeyMetadata& metadata) {
  switch (metadata.key_usage) {
    case KeyUsage::kSignVerify:
      return {"kms:Sign", "kms:Verify", "kms:GetPublicKey"};
    case KeyUsage::kGenerateVerifyMac:
      return {"kms:GenerateMac", "kms:VerifyMac"};
    case KeyUsage::kKeyAgreement:
      return {"kms:DeriveSharedSecret", "kms:GetPublicKey"};
    case KeyUsage::kEncapsulateDecapsulate:
      return {"kms:Encapsulate", "kms:Decapsulate", "kms:GetPublicKey"};
    case KeyUsage::kEncryptDecrypt:
      break;
  }
  std::vector<std::string> actions{"kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo"};
  if (metadata.key_spec == KeySpec::kSymmetric) {
    actions.emplace_back("kms:GenerateDataKey*");
  } else {
    actions.emplace_back("kms:GetPublicKey");
  }
  return actions;
}

// Administrators change a key and who may use it; they do not use it.
const std::vector<std::string>& administer_actions() {
  static const std::vector<std::string> actions{
      "kms:CancelKeyDeletion", "kms:DescribeKey",       "kms:DisableKey",           "kms:DisableKeyRotation",
      "kms:EnableKey",         "kms:EnableKeyRotation", "kms:GetKeyPolicy",         "kms:GetKeyRotationStatus",
      "kms:ListGrants",        "kms:ListKeyPolicies",   "kms:ListKeyRotations",     "kms:ListResourceTags",
      "kms:PutKeyPolicy",      "kms:RevokeGrant",       "kms:RotateKeyOnDemand",    "kms:ScheduleKeyDeletion",
      "kms:TagResource",       "kms:UntagResource",     "kms:UpdateKeyDescription", "kms:CreateAlias",
      "kms:DeleteAlias",       "kms:UpdateAlias"};
  return actions;
}

std::string arn_of(Session& session, const PolicyStatementOptions& options) {
  if (options.principal.empty() == options.account.empty()) {
    throw Error(ErrorCode::kUsage, "give --principal or --account, one of the two");
  }
  if (!options.account.empty()) {
    if (is_account_id(options.account)) return root_principal(options.account);
    throw Error(ErrorCode::kUsage, cat("--account '", options.account, "': an account has 12 digits"));
  }
  const auto arn = principal_arn(session.home().account, options.principal);
  if (arn) return *arn;
  throw Error(ErrorCode::kUsage, cat("--principal '", options.principal, "': user/NAME, role/NAME, root or an ARN"));
}

Json statement(const std::string& sid, const std::string& arn, const std::vector<std::string>& actions) {
  return {{"Sid", sid}, {"Effect", "Allow"}, {"Principal", {{"AWS", arn}}}, {"Action", actions}, {"Resource", "*"}};
}

std::string whom(const PolicyStatementOptions& options) {
  return options.account.empty() ? options.principal : options.account;
}

void require_encryption_key(const KeyMetadata& metadata, const char* option) {
  if (metadata.key_usage == KeyUsage::kEncryptDecrypt) return;
  throw Error(ErrorCode::kUsage,
              cat(option, ": the key is for ", to_text(metadata.key_usage), "; --use is what it is for"));
}

// A misspelt action would allow nothing, without a word.
void require_actions(const std::vector<std::string>& patterns) {
  const auto known = key_actions();
  for (const std::string& pattern : patterns) {
    const bool matches = std::any_of(known.begin(), known.end(), [&](const policy::Action& action) {
      return policy::action_matches(pattern, action.text());
    });
    if (matches) continue;
    throw Error(ErrorCode::kUsage, cat("--actions '", pattern,
                                       "': no action on a key is called so; they are as kms:Decrypt or kms:Generate*"));
  }
}

// What was asked for, but for what administrators need.
std::vector<std::string> wanted_actions(const AllowOptions& options, const KeyMetadata& metadata) {
  std::vector<std::string> actions;
  const auto add = [&](const std::vector<std::string>& more) {
    for (const std::string& action : more) {
      if (std::find(actions.begin(), actions.end(), action) == actions.end()) actions.push_back(action);
    }
  };
  if (options.use) add(use_actions(metadata));
  if (options.encrypt_only) {
    require_encryption_key(metadata, "--encrypt-only");
    const bool symmetric = metadata.key_spec == KeySpec::kSymmetric;
    add({"kms:Encrypt", symmetric ? "kms:GenerateDataKey*" : "kms:GetPublicKey"});
  }
  if (options.decrypt_only) {
    require_encryption_key(metadata, "--decrypt-only");
    add({"kms:Decrypt"});
  }
  if (!actions.empty()) add({"kms:DescribeKey"});
  require_actions(options.actions);
  add(options.actions);
  return actions;
}

bool has_context(const std::string& action) {
  const auto key = policy::find_condition_key("kms:EncryptionContext:any");
  return key && policy::occurs(*key, action, key_actions());
}

std::string sid_of(const AllowOptions& options) {
  if (!options.actions.empty()) return cat("Allow actions by ", whom(options));
  if (options.use) return cat("Allow use by ", whom(options));
  if (options.encrypt_only == options.decrypt_only) return cat("Allow encryption and decryption by ", whom(options));
  return cat("Allow ", options.encrypt_only ? "encryption" : "decryption", " by ", whom(options));
}

// A condition on the encryption context stands over the actions that have one. It is refused where it would stand over
// nothing, or over what never has one: a statement that says less than was asked for gives away more.
void add_conditioned(Json& out, const AllowOptions& options, const std::string& arn, const KeyMetadata& metadata,
                     const std::vector<std::string>& actions) {
  if (metadata.key_spec != KeySpec::kSymmetric) {
    throw Error(ErrorCode::kUsage,
                cat("-c: ", to_text(metadata.key_spec), " keys have no encryption context; leave it out"));
  }
  std::vector<std::string> with;
  std::vector<std::string> without;
  for (const std::string& action : actions) (has_context(action) ? with : without).push_back(action);
  if (with.empty()) throw Error(ErrorCode::kUsage, "-c: none of these actions has an encryption context; leave it out");
  if (!without.empty()) {
    const bool description = without.size() == 1 && without.front() == "kms:DescribeKey";
    out.push_back(statement(cat(description ? "Allow description to " : "Allow without a context ", whom(options)), arn,
                            without));
  }
  Json conditioned = statement(sid_of(options), arn, with);
  for (const auto& [name, value] : options.context) {
    conditioned["Condition"]["StringEquals"][cat("kms:EncryptionContext:", name)] = value;
  }
  out.push_back(std::move(conditioned));
}

Json new_statements(const AllowOptions& options, const std::string& arn, const KeyMetadata& metadata) {
  if (options.administer && !options.context.empty()) {
    throw Error(ErrorCode::kUsage, "-c: administration has no encryption context; allow it in a call of its own");
  }
  Json out = Json::array();
  const std::vector<std::string> actions = wanted_actions(options, metadata);
  if (!options.context.empty()) {
    add_conditioned(out, options, arn, metadata, actions);
  } else if (!actions.empty()) {
    out.push_back(statement(sid_of(options), arn, actions));
  }
  if (options.administer) {
    out.push_back(statement(cat("Allow administration by ", whom(options)), arn, administer_actions()));
  }
  if (!out.empty()) return out;
  throw Error(ErrorCode::kUsage, "say what to allow: --use, --encrypt-only, --decrypt-only, --administer or --actions");
}

void show(std::ostream& out, char sign, const Json& statement) {
  std::string text = cat(statement.dump(2), "\n");
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = text.find('\n', at);
    out << sign << ' ' << text.substr(at, end - at) << '\n';
    at = end + 1;
  }
}

Json policy_of(Session& session, const std::string& key) {
  Json policy = Json::parse(ask<kms::get_key_policy>(session, {{"KeyId", key}}).policy);
  Json& statements = policy["Statement"];
  if (!statements.is_array()) statements = Json::array({statements});
  return policy;
}

void put_statements(Session& session, const PolicyStatementOptions& options, const std::string& key,
                    const Json& policy) {
  if (options.dry_run) return;
  session.call(name_of<kms::put_key_policy>(), {{"KeyId", key}, {"Policy", policy.dump(2)}});
}

bool same_but_for_sid(const Json& statement, Json other) {
  if (!statement.is_object()) return false;
  other["Sid"] = statement.value("Sid", "");
  return statement == other;
}

// "Allow use by user/ci", or with a number behind it where another statement has that name.
std::string free_sid(const Json& statements, const std::string& wanted) {
  const auto taken = [&](const std::string& sid) {
    return std::any_of(statements.begin(), statements.end(),
                       [&](const Json& each) { return each.is_object() && each.value("Sid", "") == sid; });
  };
  std::string sid = wanted;
  for (int number = 2; taken(sid); ++number) sid = cat(wanted, " ", std::to_string(number));
  return sid;
}

// Whether the vault says that there is no such user or role. Who may not ask is told nothing.
bool is_missing(Session& session, const std::string& arn) {
  if (is_root_principal(arn) || account_of(arn) != session.home().account) return false;
  try {
    (void)ask<kms::describe_principal>(session, {{"Principal", arn}});
  } catch (const Error& error) {
    return error.code() == ErrorCode::kNotFound;
  }
  return false;
}

// The service refuses a statement for nobody without saying for whom.
void put_allowed(Session& session, const AllowOptions& options, const std::string& arn, const std::string& key,
                 const Json& policy) {
  constexpr const char* kAbsent = " does not exist; kmsctl principal list shows who there is";
  if (options.dry_run) {
    if (!is_missing(session, arn)) return;
    session.err() << "kmsctl: note: this would be refused: " << options.principal << kAbsent << '\n';
    return;
  }
  try {
    put_statements(session, options, key, policy);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kMalformedPolicy && is_missing(session, arn)) {
      session.set_hint(cat(options.principal, kAbsent));
    }
    throw;
  }
}

// Adds to what is allowed, and takes nothing away. Saying it twice changes nothing, whatever the statement is called.
void allow(Session& session, const AllowOptions& options) {
  session.require_open();
  const std::string arn = arn_of(session, options);
  const KeyMetadata metadata = ask<kms::describe_key>(session, {{"KeyId", options.key_id}}).key_metadata;
  const std::string& key = metadata.arn;
  Json policy = policy_of(session, key);
  Json added = new_statements(options, arn, metadata);
  for (Json& one : added) {
    Json& statements = policy["Statement"];
    const bool there = std::any_of(statements.begin(), statements.end(),
                                   [&](const Json& each) { return same_but_for_sid(each, one); });
    if (there) continue;
    one["Sid"] = free_sid(statements, one.at("Sid"));
    show(session.err(), '+', one);
    statements.push_back(one);
  }
  put_allowed(session, options, arn, key, policy);
}

// Takes the ARN out of an Allow; whether anybody is left.
bool remove_principal(Json& statement, const std::string& arn) {
  if (!statement.is_object() || statement.value("Effect", "") != "Allow" || !statement.contains("Principal"))
    return true;
  Json& principal = statement["Principal"];
  if (!principal.is_object() || !principal.contains("AWS")) return true;
  Json names = principal["AWS"].is_array() ? principal["AWS"] : Json::array({principal["AWS"]});
  const std::string account(account_of(arn));
  Json kept = Json::array();
  for (const Json& name : names) {
    const bool named = name == arn || (arn == root_principal(account) && name == account);
    if (!named) kept.push_back(name);
  }
  if (kept.size() == names.size()) return true;
  principal["AWS"] = kept;
  if (kept.empty()) principal.erase("AWS");
  return !principal.empty();
}

void revoke(Session& session, const PolicyStatementOptions& options) {
  session.require_open();
  const std::string arn = arn_of(session, options);
  if (arn == root_principal(session.home().account)) {
    throw Error(ErrorCode::kUsage, "the account itself is not revoked here: use kmsctl policy put");
  }
  const std::string key = key_of(session, options.key_id);
  Json policy = policy_of(session, key);
  Json kept = Json::array();
  bool changed = false;
  for (const Json& before : policy["Statement"]) {
    Json after = before;
    const bool stays = remove_principal(after, arn);
    if (stays && after == before) {
      kept.push_back(before);
      continue;
    }
    changed = true;
    show(session.err(), '-', before);
    if (!stays) continue;
    show(session.err(), '+', after);
    kept.push_back(std::move(after));
  }
  if (!changed) throw Error(ErrorCode::kNotFound, cat("no Allow of the key policy names ", arn));
  policy["Statement"] = std::move(kept);
  put_statements(session, options, key, policy);
}

}  // namespace

void add_policy_statement_commands(Commands& commands) {
  constexpr const char* kGroup = kPolicyStatementGroup;
  commands.push_back(command<AllowOptions>(
      "policy allow", "Add a statement to a key policy that allows a principal what it needs", kGroup, allow));
  commands.push_back(command<PolicyStatementOptions>(
      "policy revoke", "Take a principal out of every Allow of a key policy", kGroup, revoke));
}

}  // namespace kms::cli
