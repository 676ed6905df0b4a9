#include "cli/commands/operation_command.h"
#include "cli/commands/registry.h"
#include "cli/commands/support.h"
#include "core/ops/kms/aliases.h"
#include "core/ops/kms/tags.h"

namespace kms::cli {
namespace {

constexpr const char* kAliases = "Aliases and tags";
constexpr OptionRow kAliasOption{"alias", "AliasName", Reading::kAliasName,
                                 "Name of the alias; alias/ may be left out"};
constexpr OptionRow kTargetOption{"-k,--key-id", "TargetKeyId", Reading::kKey, kKeyHelp};
constexpr OptionRow kKeyOption{"-k,--key-id", "KeyId", Reading::kKey, kKeyHelp};

void alias_rows(Listing& rows, const ListAliasesResponse& page, Session& /*session*/) {
  for (const AliasListEntry& each : page.aliases) {
    rows.add({each.alias_name, each.target_key_id, shown_time(each.creation_date), shown_time(each.last_updated_date)});
  }
}

void tag_rows(Listing& rows, const ListResourceTagsResponse& page, Session& /*session*/) {
  for (const Tag& tag : page.tags) rows.add({tag.key, tag.value});
}

}  // namespace

void add_alias_commands(Commands& commands) {
  commands.push_back(operation_command<kms::create_alias>(
      {"alias create", "Give a key a friendly name", kAliases, {kAliasOption, kTargetOption}}));
  commands.push_back(operation_command<kms::update_alias>(
      {"alias update", "Move a friendly name to another key", kAliases, {kAliasOption, kTargetOption}}));
  commands.push_back(
      operation_command<kms::delete_alias>({"alias delete", "Remove a friendly name", kAliases, {kAliasOption}}));
  commands.push_back(list_command<kms::list_aliases>(
      {"alias list", "List friendly names, of all keys or of one", kAliases, {kKeyOption}},
      {{"ALIAS"}, {"KEY", 1}, {"CREATED", 3}, {"GIVEN TO THE KEY", 2}}, alias_rows));
  commands.push_back(operation_command<kms::tag_resource>(
      {"tag add", "Give a key tags", kAliases, {kKeyOption, {"tag", "Tags", Reading::kTags, "Tags: KEY=VALUE..."}}}));
  commands.push_back(
      operation_command<kms::untag_resource>({"tag remove",
                                              "Remove tags from a key",
                                              kAliases,
                                              {kKeyOption, {"tag", "TagKeys", Reading::kValue, "Keys of tags"}}}));
  commands.push_back(list_command<kms::list_resource_tags>(
      {"tag list", "List the tags of a key", kAliases, {kKeyOption}}, {{"TAG"}, {"VALUE"}}, tag_rows));
}

}  // namespace kms::cli
