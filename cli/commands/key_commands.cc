#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "cli/ask.h"
#include "cli/command_of.h"
#include "cli/commands/registry.h"
#include "cli/commands/support.h"
#include "cli/field_values.h"
#include "cli/output.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/model/alias.h"
#include "core/ops/kms/aliases.h"
#include "core/ops/kms/keys.h"
#include "core/ops/table.h"
#include "formats/pem.h"

namespace kms::cli {
namespace {

constexpr const char* kKeyGroup = "Keys";

struct NewKey {
  FieldValues request;
  std::string alias;

  template <class Visitor>
  void fields(Visitor& visit) {
    request.fields(visit, row_of<kms::create_key>());
    visit("--alias", alias, {.help = "Friendly name to give the key: alias/NAME"});
  }
};

struct PublicKey {
  FieldValues request;
  std::string output;

  template <class Visitor>
  void fields(Visitor& visit) {
    request.fields(visit, row_of<kms::get_public_key>());
    std::vector<std::string> forms(kOutputFormats.begin(), kOutputFormats.end());
    forms.emplace_back("pem");
    visit("--output", output, {.among = std::move(forms), .help = "pem, json, text, table, yaml or yaml-stream"});
  }
};

// From the list: a question about an alias that is not there would be a call that fails, in the trail as well.
bool alias_exists(Session& session, const std::string& name) {
  bool found = false;
  ask_pages<kms::list_aliases>(session, Json::object(), [&](const ListAliasesResponse& page) {
    found = std::any_of(page.aliases.begin(), page.aliases.end(),
                        [&](const AliasListEntry& alias) { return alias.alias_name == name; });
    return !found;
  });
  return found;
}

// The alias that a key is to be given. Whether the name can be had is asked first: a key without the alias that was
// asked for helps nobody.
std::string free_alias(Session& session, const std::string& name) {
  std::string alias = name.starts_with(kAliasPrefix) ? name : cat(kAliasPrefix, name);
  if (!matches_alias_pattern(alias))
    throw Error(ErrorCode::kValidation, cat(alias, " contains invalid characters for an alias"));
  if (std::cmp_greater(alias.size(), kAliasNameRule.max)) {
    throw Error(ErrorCode::kValidation, cat("--alias: no more than ", std::to_string(kAliasNameRule.max),
                                            " characters with alias/ in front, not ", std::to_string(alias.size())));
  }
  require_customer_alias(alias);
  if (alias_exists(session, alias))
    throw Error(ErrorCode::kAlreadyExists, cat("An alias with the name ", alias, " already exists"));
  return alias;
}

void create_key(Session& session, const NewKey& options) {
  Json request = options.request.request(session.options().raw_binary);
  const std::string alias = options.alias.empty() ? std::string() : free_alias(session, options.alias);
  Json answer = session.call(name_of<kms::create_key>(), std::move(request));
  if (!alias.empty()) {
    const std::string arn = answer_as<kms::create_key>(answer).key_metadata.arn;
    try {
      session.call(name_of<kms::create_alias>(), {{"AliasName", alias}, {"TargetKeyId", arn}});
    } catch (const Error& error) {
      session.set_hint(cat("kmsctl alias create ", alias, " -k ", arn, " gives it the alias"));
      throw Error(error.code(), cat("the key ", arn, " was made, but not its alias: ", error.what()));
    }
  }
  print_answer_of(session, row_of<kms::create_key>(), std::move(answer));
}

void get_public_key(Session& session, const PublicKey& asked) {
  Json request = asked.request.request();
  asked.request.check_required(request);
  if (asked.output == "pem" && !session.options().query.empty())
    throw Error(ErrorCode::kUsage, "--query selects of an answer, --output pem is the key alone: give one");
  Json answer = session.call(name_of<kms::get_public_key>(), std::move(request));
  if (asked.output == "pem") {
    session.out() << formats::encode_public_key_pem(answer_as<kms::get_public_key>(std::move(answer)).public_key);
    return;
  }
  GlobalOptions options = session.options();
  if (!asked.output.empty()) options.output = asked.output;
  print_answer_of(session.out(), row_of<kms::get_public_key>(), std::move(answer), options);
}

}  // namespace

void add_key_commands(Commands& commands) {
  commands.push_back(command<NewKey>("create-key", "Create a key, and give it an alias", kKeyGroup, create_key,
                                     &row_of<kms::create_key>()));
  commands.push_back(command<PublicKey>("get-public-key", "Show the public key of an asymmetric key, as JSON or PEM",
                                        kKeyGroup, get_public_key, &row_of<kms::get_public_key>()));
}

}  // namespace kms::cli
