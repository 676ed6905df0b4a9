#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "cli/api_commands.h"
#include "cli/ask.h"
#include "cli/commands/registry.h"
#include "cli/commands/support.h"
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

// Whether the name can be had is asked first: a key without the alias that was asked for helps nobody.
void create_key(Session& session, const FieldValues& values, std::string alias) {
  Json request = values.request(session.options().raw_binary);
  if (!alias.empty()) {
    if (!alias.starts_with(kAliasPrefix)) alias = cat(kAliasPrefix, alias);
    if (!matches_alias_pattern(alias))
      throw Error(ErrorCode::kValidation, cat(alias, " contains invalid characters for an alias"));
    require_customer_alias(alias);
    if (alias_exists(session, alias))
      throw Error(ErrorCode::kAlreadyExists, cat("An alias with the name ", alias, " already exists"));
  }
  Json answer = session.call(name_of<kms::create_key>(), std::move(request));
  if (!alias.empty()) {
    const std::string arn = answer_as<kms::create_key>(answer).key_metadata.arn;
    try {
      session.call(name_of<kms::create_alias>(), {{"AliasName", alias}, {"TargetKeyId", arn}});
    } catch (const Error& error) {
      throw Error(error.code(), cat("the key ", arn, " was made, but not its alias: ", error.what()));
    }
  }
  print_answer_of(session, row_of<kms::create_key>(), std::move(answer));
}

void get_public_key(Session& session, const FieldValues& values, const std::string& output) {
  Json request = values.request();
  values.check_required(request);
  Json answer = session.call(name_of<kms::get_public_key>(), std::move(request));
  if (output == "pem") {
    session.out() << formats::encode_public_key_pem(answer_as<kms::get_public_key>(std::move(answer)).public_key);
    return;
  }
  GlobalOptions options = session.options();
  if (!output.empty()) options.output = output;
  print_answer_of(session.out(), row_of<kms::get_public_key>(), std::move(answer), options);
}

}  // namespace

void add_key_commands(Commands& commands) {
  commands.push_back(
      {"create-key", "Create a key, and give it an alias", kKeyGroup, [](ArgumentParser& parser, Session& session) {
         parser.prints(row_of<kms::create_key>());
         auto values = std::make_shared<FieldValues>();
         auto alias = std::make_shared<std::string>();
         add_field_options(parser, row_of<kms::create_key>(), values);
         parser.add_option("--alias", *alias, "Friendly name to give the key: alias/NAME");
         run_with(parser, session, values, [&session, values, alias] { create_key(session, *values, *alias); });
       }});
  commands.push_back({"get-public-key", "Show the public key of an asymmetric key, as JSON or PEM", kKeyGroup,
                      [](ArgumentParser& parser, Session& session) {
                        parser.prints(row_of<kms::get_public_key>());
                        auto values = std::make_shared<FieldValues>();
                        auto output = std::make_shared<std::string>();
                        add_field_options(parser, row_of<kms::get_public_key>(), values);
                        std::vector<std::string> formats(kOutputFormats.begin(), kOutputFormats.end());
                        formats.emplace_back("pem");
                        parser.add_option("--output", *output, "pem, json, text, table, yaml or yaml-stream")
                            .among(std::move(formats));
                        run_with(parser, session, values,
                                 [&session, values, output] { get_public_key(session, *values, *output); });
                      }});
}

}  // namespace kms::cli
