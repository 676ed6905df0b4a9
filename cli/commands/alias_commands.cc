#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands/lists.h"
#include "cli/commands/registry.h"
#include "cli/commands/support.h"
#include "cli/output.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/ops/kms/aliases.h"
#include "core/ops/kms/tags.h"
#include "core/ops/table.h"

namespace kms::cli {
namespace {

constexpr const char* kAliases = "Aliases and tags";

struct AliasOptions {
  std::string name;
  std::string key_id;
  std::vector<std::string> words;
  bool wide = false;
};

void set_alias(Session& session, std::string_view operation, const AliasOptions& options) {
  session.call(operation, {{"AliasName", alias_name(options.name)}, {"TargetKeyId", key_of(session, options.key_id)}});
}

void list_aliases(Session& session, const AliasOptions& options) {
  Json request = Json::object();
  if (!options.key_id.empty()) request["KeyId"] = key_of(session, options.key_id);
  Listing listing({{"ALIAS"}, {"KEY", 1}, {"CREATED", 3}, {"GIVEN TO THE KEY", 2}});
  show_list<kms::list_aliases>(session, std::move(request), options.wide, std::move(listing),
                               [](Listing& rows, const ListAliasesResponse& page) {
                                 for (const AliasListEntry& each : page.aliases) {
                                   rows.add({each.alias_name, each.target_key_id, shown_time(each.creation_date),
                                             shown_time(each.last_updated_date)});
                                 }
                               });
}

void list_tags(Session& session, const AliasOptions& options) {
  Json request{{"KeyId", key_of(session, options.key_id)}};
  show_list<kms::list_resource_tags>(session, std::move(request), options.wide, Listing({{"TAG"}, {"VALUE"}}),
                                     [](Listing& rows, const ListResourceTagsResponse& page) {
                                       for (const Tag& tag : page.tags) rows.add({tag.key, tag.value});
                                     });
}

void add_tags(Session& session, const AliasOptions& options) {
  Json tags = Json::array();
  for (const auto& [key, value] : parse_pairs(options.words, "tag"))
    tags.push_back({{"TagKey", key}, {"TagValue", value}});
  session.call(name_of<kms::tag_resource>(), {{"KeyId", key_of(session, options.key_id)}, {"Tags", std::move(tags)}});
}

using AliasAction = void (*)(Session&, const AliasOptions&);

Command alias_command(const char* path, const char* summary, bool takes_key, AliasAction action) {
  return {path, summary, kAliases, [takes_key, action](ArgumentParser& parser, Session& session) {
            auto options = std::make_shared<AliasOptions>();
            parser.add_option("alias", options->name, "Name of the alias; alias/ may be left out").required();
            if (takes_key) parser.add_option("-k,--key-id", options->key_id, kKeyHelp).required();
            parser.callback([&session, options, action] { action(session, *options); });
          }};
}

Command tag_command(const char* path, const char* summary, const char* words, AliasAction action) {
  return {path, summary, kAliases, [words, action](ArgumentParser& parser, Session& session) {
            auto options = std::make_shared<AliasOptions>();
            parser.add_option("-k,--key-id", options->key_id, kKeyHelp).required();
            if (words != nullptr) {
              parser.add_option("tag", options->words, words).required();
            } else {
              parser.prints(row_of<kms::list_resource_tags>());
              add_wide_option(parser, options->wide);
            }
            parser.callback([&session, options, action] { action(session, *options); });
          }};
}

}  // namespace

void add_alias_commands(Commands& commands) {
  commands.push_back(
      alias_command("alias create", "Give a key a friendly name", true,
                    [](Session& s, const AliasOptions& o) { set_alias(s, name_of<kms::create_alias>(), o); }));
  commands.push_back(
      alias_command("alias update", "Move a friendly name to another key", true,
                    [](Session& s, const AliasOptions& o) { set_alias(s, name_of<kms::update_alias>(), o); }));
  commands.push_back(
      alias_command("alias delete", "Remove a friendly name", false, [](Session& s, const AliasOptions& o) {
        s.call(name_of<kms::delete_alias>(), {{"AliasName", alias_name(o.name)}});
      }));
  commands.push_back({"alias list", "List friendly names, of all keys or of one", kAliases,
                      [](ArgumentParser& parser, Session& session) {
                        parser.prints(row_of<kms::list_aliases>());
                        auto options = std::make_shared<AliasOptions>();
                        parser.add_option("-k,--key-id", options->key_id, kKeyHelp);
                        add_wide_option(parser, options->wide);
                        parser.callback([&session, options] { list_aliases(session, *options); });
                      }});
  commands.push_back(tag_command("tag add", "Give a key tags", "Tags: KEY=VALUE...", add_tags));
  commands.push_back(
      tag_command("tag remove", "Remove tags from a key", "Keys of tags", [](Session& s, const AliasOptions& o) {
        s.call(name_of<kms::untag_resource>(), {{"KeyId", key_of(s, o.key_id)}, {"TagKeys", o.words}});
      }));
  commands.push_back(tag_command("tag list", "List the tags of a key", nullptr, list_tags));
}

}  // namespace kms::cli
