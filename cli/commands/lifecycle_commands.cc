#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/ask.h"
#include "cli/commands/registry.h"
#include "cli/commands/support.h"
#include "cli/output.h"
#include "cli/time_format.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/ops/kms/aliases.h"
#include "core/ops/kms/deletion.h"
#include "core/ops/kms/grants.h"
#include "core/ops/kms/keys.h"
#include "core/ops/kms/policies.h"
#include "core/ops/kms/rotation.h"
#include "core/ops/kms/tags.h"
#include "core/ops/kms/usage.h"
#include "core/ops/table.h"
#include "core/ops/vault/regions.h"
#include "core/ops/vault/upkeep.h"
#include "core/service/response.h"

namespace kms::cli {
namespace {

constexpr const char* kLifecycleGroup = "Life of keys";

struct RotateOptions {
  std::string key_id;
  bool enable = false;
  bool disable = false;
  bool status = false;
  bool history = false;
  bool new_key = false;
  std::int32_t period = 0;
};

// Another key of the same kind takes the alias over; the old one stays for what it encrypted or signed.
void rotate_by_hand(Session& session, const std::string& name) {
  const std::string alias = alias_name(name);
  const KeyMetadata old = ask<kms::describe_key>(session, {{"KeyId", alias}}).key_metadata;
  Json request{{"KeySpec", to_text(old.key_spec)},
               {"KeyUsage", to_text(old.key_usage)},
               {"Description", old.description},
               {"MultiRegion", old.multi_region},
               {"Policy", ask<kms::get_key_policy>(session, {{"KeyId", old.arn}}).policy}};
  if (old.origin == Origin::kExternal) request["Origin"] = to_text(old.origin);
  Json tags = Json::array();
  ask_pages<kms::list_resource_tags>(session, {{"KeyId", old.arn}}, [&](const ListResourceTagsResponse& page) {
    for (const Tag& tag : page.tags) tags.push_back(write_response(tag));
    return true;
  });
  request["Tags"] = std::move(tags);
  const std::string new_arn = ask<kms::create_key>(session, std::move(request)).key_metadata.arn;
  try {
    session.call(name_of<kms::update_alias>(), {{"AliasName", alias}, {"TargetKeyId", new_arn}});
  } catch (const Error& error) {
    throw Error(error.code(), cat("the key ", new_arn, " was made, but ", alias, " was not moved: ", error.what()));
  }
  print(session, {{"AliasName", alias}, {"KeyId", new_arn}, {"PreviousKeyId", old.arn}});
}

void rotate(Session& session, const RotateOptions& options) {
  if (options.period != 0 && !options.enable) throw Error(ErrorCode::kUsage, "--period goes with --enable");
  if (options.new_key) return rotate_by_hand(session, options.key_id);
  const std::string key = key_of(session, options.key_id);
  const Json request{{"KeyId", key}};
  if (options.enable) {
    Json enabling = request;
    if (options.period != 0) enabling["RotationPeriodInDays"] = options.period;
    session.call(name_of<kms::enable_key_rotation>(), std::move(enabling));
  } else if (options.disable) {
    session.call(name_of<kms::disable_key_rotation>(), request);
  }
  if (options.enable || options.disable || options.status) {
    return print_call(session, row_of<kms::get_key_rotation_status>(), request);
  }
  if (options.history) {
    Json all = request;
    all["IncludeKeyMaterial"] = "ALL_KEY_MATERIAL";
    return print_pages(session, row_of<kms::list_key_rotations>(), std::move(all));
  }
  print_call(session, row_of<kms::rotate_key_on_demand>(), request);
}

struct DeletionOptions {
  std::string key_id;
  std::int32_t days = 30;
  bool yes = false;
};

// What would be missed: on standard error, before the question.
void show_uses(Session& session, const std::string& key) {
  const KeyMetadata metadata = ask<kms::describe_key>(session, {{"KeyId", key}}).key_metadata;
  session.err() << metadata.arn << " (" << to_text(metadata.key_spec) << ", " << to_text(metadata.key_usage) << ")\n";
  std::string aliases;
  ask_pages<kms::list_aliases>(session, {{"KeyId", key}}, [&](const ListAliasesResponse& page) {
    for (const AliasListEntry& alias : page.aliases) aliases += cat(aliases.empty() ? "" : ", ", alias.alias_name);
    return true;
  });
  session.err() << "  aliases:   " << (aliases.empty() ? "none" : aliases) << '\n';
  const KeyLastUsage last = ask<kms::get_key_last_usage>(session, {{"KeyId", key}}).key_last_usage;
  session.err() << "  last used: ";
  if (last.timestamp && last.operation) {
    session.err() << time_text(*last.timestamp) << " (" << *last.operation << ")\n";
  } else {
    session.err() << "never\n";
  }
  if (const auto& keys = metadata.multi_region_configuration) {
    session.err() << "  replicas:  " << keys->replica_keys.size() << '\n';
  }
  std::size_t grants = 0;
  ask_pages<kms::list_grants>(session, {{"KeyId", key}}, [&](const ListGrantsResponse& page) {
    grants += page.grants.size();
    return true;
  });
  session.err() << "  grants:    " << grants << '\n';
}

void schedule_deletion(Session& session, const DeletionOptions& options) {
  const std::string key = key_of(session, options.key_id);
  show_uses(session, key);
  const std::string question =
      cat("Destroy this key in ", std::to_string(options.days), " days? What it encrypted will be lost for ever.");
  if (!confirmed(session, options.yes, question)) throw Error(ErrorCode::kUsage, "nothing was scheduled");
  print_call(session, row_of<kms::schedule_key_deletion>(), {{"KeyId", key}, {"PendingWindowInDays", options.days}});
}

struct MaintainOptions {
  bool confirm_destroy = false;
  bool accept_clock = false;
  bool yes = false;
};

void maintain(Session& session, const MaintainOptions& options) {
  if (options.accept_clock) session.call(name_of<kms::accept_clock_time>(), Json::object());
  if (options.confirm_destroy &&
      !confirmed(session, options.yes, "Destroy every key whose deletion date has passed, now?")) {
    throw Error(ErrorCode::kUsage, "nothing was destroyed");
  }
  print_call(session, row_of<kms::maintain>(), {{"ConfirmDestroy", options.confirm_destroy}});
}

}  // namespace

void add_lifecycle_commands(Commands& commands) {
  commands.push_back(
      {"rotate", "Rotate a key now or by schedule, or replace it", kLifecycleGroup,
       [](ArgumentParser& parser, Session& session) {
         auto options = std::make_shared<RotateOptions>();
         parser.add_option("-k,--key-id", options->key_id, kKeyHelp).required();
         ArgumentParser what = parser.add_exclusive_group("what", "Without any of these: rotate now");
         what.add_flag("--enable", options->enable, "Rotate by schedule from now on");
         what.add_flag("--disable", options->disable, "Stop rotating by schedule");
         what.add_flag("--status", options->status, "Show whether and when the key rotates");
         what.add_flag("--history", options->history, "Show all key material");
         what.add_flag("--new-key", options->new_key,
                       "Make another key with the same properties and move the alias to it; the old key stays");
         parser.add_option("--period", options->period, "Days between rotations, 90 to 2560; 365 (with --enable)");
         parser.callback([&session, options] { rotate(session, *options); });
       }});
  commands.push_back({"schedule-deletion", "Destroy a key after a waiting period", kLifecycleGroup,
                      [](ArgumentParser& parser, Session& session) {
                        parser.prints(row_of<kms::schedule_key_deletion>());
                        auto options = std::make_shared<DeletionOptions>();
                        parser.add_option("-k,--key-id", options->key_id, kKeyHelp).required();
                        parser.add_option("--days", options->days, "Days to wait, 7 to 30; 30");
                        parser.add_flag("--yes", options->yes, "Do not ask");
                        parser.callback([&session, options] { schedule_deletion(session, *options); });
                      }});
  commands.push_back({"cancel-deletion", "Keep a key whose deletion was scheduled; it stays disabled", kLifecycleGroup,
                      [](ArgumentParser& parser, Session& session) {
                        parser.prints(row_of<kms::cancel_key_deletion>());
                        auto key = std::make_shared<std::string>();
                        parser.add_option("-k,--key-id", *key, kKeyHelp).required();
                        parser.callback([&session, key] {
                          print_call(session, row_of<kms::cancel_key_deletion>(), {{"KeyId", key_of(session, *key)}});
                        });
                      }});
  commands.push_back({"maintain", "Do what is due: rotations, expirations, deletions", kLifecycleGroup,
                      [](ArgumentParser& parser, Session& session) {
                        parser.prints(row_of<kms::maintain>());
                        auto options = std::make_shared<MaintainOptions>();
                        parser.add_flag("--confirm-destroy", options->confirm_destroy,
                                        "Destroy keys past their deletion date, and expired material, at once; "
                                        "otherwise a day after that was first seen, so that a wrong clock destroys "
                                        "nothing");
                        parser.add_flag("--accept-clock", options->accept_clock,
                                        "Believe the clock again, after it was once ahead, and put back the rotations "
                                        "and deletions that it moved");
                        parser.add_flag("--yes", options->yes, "Do not ask");
                        parser.callback([&session, options] { maintain(session, *options); });
                      }});
}

}  // namespace kms::cli
