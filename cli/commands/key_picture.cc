#include "cli/commands/key_picture.h"

#include <chrono>
#include <nlohmann/json.hpp>

#include "cli/ask.h"
#include "cli/command_of.h"
#include "cli/commands/key_words.h"
#include "cli/commands/lists.h"
#include "cli/commands/registry.h"
#include "cli/commands/support.h"
#include "cli/output.h"
#include "cli/sheet.h"
#include "core/audit/event_text.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/ops/kms/policies.h"
#include "core/ops/table.h"
#include "core/ops/vault/audit_trail.h"

namespace kms::cli {
namespace {

struct KeyScreen {
  std::string key_id;
  bool wide = false;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("-k,--key-id", key_id, {.required = true, .help = kKeyHelp});
    add_wide(visit, wide);
  }
};

// All entries of a list that has pages.
template <auto kHandler, class Entry>
std::optional<std::vector<Entry>> all_of(Session& session, const Json& request,
                                         std::vector<Entry> ResponseOf<kHandler>::*entries) {
  return if_allowed([&] {
    std::vector<Entry> all;
    ask_pages<kHandler>(session, request, [&](ResponseOf<kHandler> page) {
      for (Entry& entry : page.*entries) all.push_back(std::move(entry));
      return true;
    });
    return all;
  });
}

// The trail knows who: of what it has about the key in that second, the event that the last use left.
std::optional<std::string> user_of(Session& session, const std::string& arn, const KeyLastUsage& last) {
  if (!last.timestamp || !last.operation) return std::nullopt;
  const Json request{{"KeyId", arn},
                     {"EventName", *last.operation},
                     {"StartTime", iso_seconds(*last.timestamp)},
                     {"EndTime", iso_seconds(*last.timestamp + std::chrono::seconds(1))}};
  std::optional<std::string> found;
  (void)if_allowed([&] {
    ask_pages<kms::list_audit_events>(session, request, [&](const ListAuditEventsResponse& page) {
      for (const JsonBox& event : page.events) {
        const EventLine line = line_of(*event);
        if (line.id == last.cloud_trail_event_id) found = line.principal;
      }
      return !found;
    });
    return true;
  });
  return found;
}

bool has_rotations(const KeyMetadata& metadata) {
  const bool origin = metadata.origin == Origin::kAwsKms || metadata.origin == Origin::kExternal;
  return metadata.key_spec == KeySpec::kSymmetric && origin;
}

std::vector<Cell> names_of_aliases(const KeyPicture& picture) {
  std::vector<Cell> names;
  for (const AliasListEntry& alias : picture.aliases.value_or(std::vector<AliasListEntry>())) {
    names.emplace_back(alias.alias_name);
  }
  return names;
}

Cell state_of(const KeyMetadata& metadata) {
  Cell state = state_cell(metadata.key_state);
  if (metadata.deletion_date) state.text += cat(", destroyed on ", shown_time(*metadata.deletion_date));
  if (metadata.valid_to) state.text += cat(", its material expires on ", shown_time(*metadata.valid_to));
  return state;
}

std::string last_use(const KeyPicture& picture) {
  const KeyLastUsage& last = *picture.last_usage;
  if (!last.timestamp) return "never";
  std::string text = cat(shown_time(*last.timestamp), ", ", last.operation.value_or("?"));
  if (picture.last_used_by)
    text += cat(" by ", short_principal(picture.key_metadata.account_id, *picture.last_used_by));
  return text;
}

std::string schedule(const GetKeyRotationStatusResponse& rotation) {
  if (!rotation.key_rotation_enabled) return "not by schedule";
  return cat("every ", std::to_string(rotation.rotation_period_in_days.value_or(0)), " days",
             rotation.next_rotation_date ? cat(", next on ", shown_time(*rotation.next_rotation_date)) : "");
}

// Newest first, and of many the newest few.
std::vector<Cell> material_lines(const std::vector<RotationsListEntry>& rotations) {
  constexpr std::size_t kMost = 5;
  constexpr std::size_t kShortId = 8;
  std::vector<Cell> lines;
  for (auto entry = rotations.rbegin(); entry != rotations.rend() && lines.size() < kMost; ++entry) {
    std::string line = cat(entry->key_material_id.substr(0, kShortId), "  ", to_text(entry->key_material_state));
    if (entry->rotation_date) line += cat(" since ", shown_time(*entry->rotation_date));
    if (entry->rotation_type) line += cat(" (", to_text(*entry->rotation_type), ")");
    if (entry->valid_to) line += cat(", expires on ", shown_time(*entry->valid_to));
    if (entry->import_state == ImportState::kPending) line += ", to be imported";
    lines.emplace_back(std::move(line));
  }
  if (rotations.size() > kMost) lines.emplace_back(cat("and ", std::to_string(rotations.size() - kMost), " older"));
  return lines;
}

std::string regions_of(const MultiRegionConfiguration& keys) {
  std::vector<std::string> replicas;
  for (const MultiRegionKey& key : keys.replica_keys) replicas.push_back(key.region);
  return cat(to_text(keys.multi_region_key_type), " of a multi-Region key; primary in ", keys.primary_key.region,
             replicas.empty() ? ", no replicas" : cat(", replicas in ", in_a_row(replicas, " and ")));
}

std::vector<Cell> grant_lines(const KeyPicture& picture) {
  constexpr std::size_t kShortId = 8;
  std::vector<Cell> lines;
  for (const GrantListEntry& grant : *picture.grants) {
    const std::string when = constraints_of(grant);
    lines.emplace_back(cat(grantee_of(grant, picture.key_metadata.account_id), " may ", operations_of(grant),
                           when.empty() ? "" : ", when ", when, "  [", grant.name, grant.name.empty() ? "" : " ",
                           grant.grant_id.substr(0, kShortId), "]"));
  }
  return lines;
}

Sheet sheet_of(const KeyPicture& picture) {
  using Lines = std::vector<Cell>;
  const KeyMetadata& key = picture.key_metadata;
  Sheet sheet;
  sheet.add_part("Names", picture.aliases, [&](const auto&) { return names_of_aliases(picture); });
  sheet.add("Key", key.key_id);
  sheet.add("ARN", key.arn);
  sheet.add("Description", key.description);
  sheet.add("Kind", cat(to_text(key.key_spec), ", ", to_text(key.key_usage)));
  sheet.add("State", state_of(key));
  sheet.add("Origin", cat(to_text(key.origin), key.custom_key_store_id ? cat(", ", *key.custom_key_store_id) : "",
                          key.key_manager == KeyManager::kAws ? ", managed by kmsctl" : ""));
  sheet.add("Created", shown_time(key.creation_date));
  if (key.multi_region_configuration) sheet.add("Regions", regions_of(*key.multi_region_configuration));
  sheet.add_part("Last used", picture.last_usage, [&](const auto&) { return Lines{Cell(last_use(picture))}; });
  if (has_rotations(key)) {
    sheet.add_part("Rotation", picture.rotation, [](const auto& status) { return Lines{Cell(schedule(status))}; });
    sheet.add_part("Material", picture.rotations, material_lines);
  }
  sheet.add_part("Policy", picture.policy, [&](const std::string& policy) {
    return policy_in_words(policy::DocumentKind::kKeyPolicy, policy, key.account_id);
  });
  if (key.key_manager == KeyManager::kCustomer) {
    sheet.add_part("Grants", picture.grants, [&](const auto&) { return grant_lines(picture); });
  }
  sheet.add_part("Tags", picture.tags, tag_lines);
  return sheet;
}

}  // namespace

KeyPicture picture_of(Session& session, const std::string& key) {
  KeyPicture picture;
  picture.key_metadata = ask<kms::describe_key>(session, {{"KeyId", key}}).key_metadata;
  const std::string arn = picture.key_metadata.arn;
  const Json request{{"KeyId", arn}};
  picture.aliases = all_of<kms::list_aliases>(session, request, &ListAliasesResponse::aliases);
  picture.last_usage = if_allowed([&] { return ask<kms::get_key_last_usage>(session, request).key_last_usage; });
  if (picture.last_usage) picture.last_used_by = user_of(session, arn, *picture.last_usage);
  if (has_rotations(picture.key_metadata)) {
    picture.rotation = if_allowed([&] { return ask<kms::get_key_rotation_status>(session, request); });
    const Json all{{"KeyId", arn}, {"IncludeKeyMaterial", to_text(IncludeKeyMaterial::kAll)}};
    picture.rotations = all_of<kms::list_key_rotations>(session, all, &ListKeyRotationsResponse::rotations);
  }
  picture.policy = if_allowed([&] { return ask<kms::get_key_policy>(session, request).policy; });
  // Nobody lists the grants of a key that kmsctl manages but the service that it is of.
  if (picture.key_metadata.key_manager == KeyManager::kCustomer) {
    picture.grants = all_of<kms::list_grants>(session, request, &ListGrantsResponse::grants);
  }
  picture.tags = all_of<kms::list_resource_tags>(session, request, &ListResourceTagsResponse::tags);
  return picture;
}

void show_key(Session& session, const std::string& key, bool wide) {
  const bool people = shows_people(session, wide);
  KeyPicture picture = picture_of(session, key);
  if (people) return sheet_of(picture).print(session.out(), screen_of(session.options(), wide));
  print_answer(session.out(), write_response(std::move(picture)), session.options(), fields_of<KeyPicture>());
}

void add_key_picture_commands(Commands& commands) {
  commands.push_back(command<KeyScreen>(
      "key show", "Show all that there is to know of a key on one screen", "Keys",
      [](Session& session, const KeyScreen& options) { show_key(session, options.key_id, options.wide); }));
}

}  // namespace kms::cli
