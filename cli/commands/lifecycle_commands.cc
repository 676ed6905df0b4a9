#include <chrono>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "cli/ask.h"
#include "cli/commands/lists.h"
#include "cli/commands/operation_command.h"
#include "cli/commands/registry.h"
#include "cli/commands/support.h"
#include "cli/commands/usage_question.h"
#include "cli/output.h"
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

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("-k,--key-id", key_id, {.required = true, .help = kKeyHelp});
    auto what = visit.one_of("what", "Without any of these: rotate now");
    what("--enable", enable, {.help = "Rotate by schedule from now on"});
    what("--disable", disable, {.help = "Stop rotating by schedule"});
    what("--status", status, {.help = "Show whether and when the key rotates"});
    what("--history", history, {.help = "Show all key material"});
    what("--new-key", new_key,
         {.help = "Make another key with the same properties and move the alias to it; the old key stays"});
    visit("--period", period,
          {.least = 90, .most = 2560, .help = "Days between rotations, 90 to 2560; 365 (with --enable)"});
  }
};

// An alias is moved by its name.
std::string alias_to_move(const std::string& name) {
  std::string alias = alias_name(name);
  if (alias.starts_with("alias/aws/")) {
    throw Error(ErrorCode::kUsage, cat(alias, " leads to the vault's own key, and is not moved to another"));
  }
  if (!name.starts_with("arn:")) return alias;
  const auto at = name.find(":alias/");
  throw Error(ErrorCode::kUsage, cat(name, ": --new-key takes the name of an alias: -k ",
                                     at == std::string::npos ? "alias/NAME" : std::string_view(name).substr(at + 1)));
}

// Another key of the same kind takes the alias over; the old one stays for what it encrypted or signed.
void rotate_by_hand(Session& session, const std::string& name) {
  const std::string alias = alias_to_move(name);
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

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("-k,--key-id", key_id, {.required = true, .help = kKeyHelp});
    visit("--days", days, {.least = 7, .most = 30, .help = "Days to wait, 7 to 30; 30"});
    visit("--yes", yes, {.help = "Do not ask"});
  }
};

// user/x 12, root 3: who used the key in so many days, the most frequent first, and how often.
std::string users_of_key(Session& session, const std::string& key, std::chrono::days days) {
  constexpr std::size_t kMostShown = 10;
  const Time since = session.clock().now() - days;
  const auto usage = answer_as<kms::get_audit_usage>(call_usage(
      session,
      {{"KeyId", key}, {"By", to_text(UsageKind::kPrincipal)}, {"StartTime", iso_seconds(since)}, {"UsesOnly", true}}));
  std::vector<std::string> shown;
  std::int64_t rest = usage.count;
  for (const AuditUsage& group : usage.groups) {
    if (shown.size() == kMostShown) break;
    shown.push_back(cat(short_principal(session.home().account, group.name), " ", std::to_string(group.count)));
    rest -= group.count;
  }
  if (rest > 0) shown.push_back(cat("others ", std::to_string(rest)));
  return shown.empty() ? "nobody" : in_a_row(shown);
}

// Nothing for who may not know.
void show_users_of_key(Session& session, const std::string& key) {
  (void)if_allowed([&] {
    for (const auto days : {std::chrono::days(30), std::chrono::days(365)}) {
      const std::string users = users_of_key(session, key, days);
      session.err() << "  used by:   " << users << " (in " << days.count() << " days)\n";
    }
    return true;
  });
}

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
    session.err() << shown_time(*last.timestamp) << " (" << *last.operation << ")\n";
  } else {
    session.err() << "never\n";
  }
  show_users_of_key(session, key);
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

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("--confirm-destroy", confirm_destroy,
          {.help = "Destroy keys past their deletion date, and expired material, at once; otherwise a day after that "
                   "was first seen, so that a wrong clock destroys nothing"});
    visit("--accept-clock", accept_clock,
          {.help = "Believe the clock again, after it was once ahead, and put back the rotations and deletions that it "
                   "moved"});
    visit("--yes", yes, {.needs = "--confirm-destroy", .help = "Do not ask"});
  }
};

// Each thing that was done, on a line.
std::vector<std::string> done_lines(const MaintainResponse& done) {
  std::vector<std::string> lines;
  const auto add = [&](std::int64_t count, std::string_view one, std::string_view many, std::string_view what) {
    if (count > 0) lines.push_back(cat(count_of(count, one, many), what));
  };
  add(done.rotated, "key", "keys", " rotated");
  add(done.expired, "imported key material", "imported key materials", " expired, and out of use");
  add(done.destroyed, "key", "keys", " destroyed");
  add(done.orphans_destroyed.value_or(0), "key", "keys", " of custom key stores destroyed that nothing here needs");
  add(done.events_pruned.value_or(0), "event", "events",
      " of the audit trail pruned, older than audit set --keep says");
  add(done.segments_closed.value_or(0), "part", "parts", " of the audit trail moved out of the data file");
  add(done.stretches_indexed, "stretch", "stretches", " of the audit trail indexed");
  add(done.notices_delivered.value_or(0), "notice", "notices", " of alerts delivered");
  if (lines.empty()) lines.emplace_back("nothing was due");
  add(done.notices_failed.value_or(0), "notice", "notices",
      " of alerts not delivered, and tried again later: kmsctl alert list, kmsctl alert show NAME");
  add(done.waiting, "key or key material", "keys or key materials",
      " past its date, to be destroyed when that is seen again a day later");
  add(done.events_waiting.value_or(0), "event", "events",
      " of the audit trail older than audit set --keep says, to be pruned when that is seen again a day later");
  if (done.clock_went_back) {
    lines.emplace_back(
        "the clock is behind a time that it has shown before, so nothing is destroyed: set it, or believe it with "
        "kmsctl maintain --accept-clock");
  }
  return lines;
}

void maintain(Session& session, const MaintainOptions& options) {
  if (options.confirm_destroy &&
      !confirmed(session, options.yes, "Destroy every key whose deletion date has passed, now?")) {
    throw Error(ErrorCode::kUsage, "nothing was destroyed");
  }
  if (options.accept_clock) session.call(name_of<kms::accept_clock_time>(), Json::object());
  const Json request{{"ConfirmDestroy", options.confirm_destroy}};
  if (!shows_people(session, /*wide=*/false)) return print_call(session, row_of<kms::maintain>(), request);
  for (const std::string& line : done_lines(ask<kms::maintain>(session, request))) session.out() << line << '\n';
}

}  // namespace

void add_lifecycle_commands(Commands& commands) {
  constexpr const char* kGroup = kLifecycleGroup;
  commands.push_back(
      command<RotateOptions>("rotate", "Rotate a key now or by schedule, or replace it", kGroup, rotate));
  commands.push_back(command<DeletionOptions>("schedule-deletion", "Destroy a key after a waiting period", kGroup,
                                              schedule_deletion, &row_of<kms::schedule_key_deletion>()));
  commands.push_back(
      operation_command<kms::cancel_key_deletion>({"cancel-deletion",
                                                   "Keep a key whose deletion was scheduled; it stays disabled",
                                                   kGroup,
                                                   {{"-k,--key-id", "KeyId", Reading::kKey, kKeyHelp}}}));
  commands.push_back(command<MaintainOptions>("maintain", "Do what is due: rotations, expirations, deletions", kGroup,
                                              maintain, &row_of<kms::maintain>()));
}

}  // namespace kms::cli
