#include "cli/commands/key_list.h"

#include <algorithm>
#include <charconv>
#include <memory>
#include <nlohmann/json.hpp>
#include <tuple>
#include <vector>

#include "cli/ask.h"
#include "cli/command_of.h"
#include "cli/commands/key_words.h"
#include "cli/commands/lists.h"
#include "cli/commands/registry.h"
#include "cli/output.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/ops/table.h"
#include "core/ops/vault/key_details.h"

namespace kms::cli {
namespace {

constexpr const char* kKeyListGroup = "Keys";

bool waits_for_deletion(const KeyDetails& key) {
  if (!key.key_metadata) return false;
  const std::string& state = key.key_metadata->key_state;
  return state == to_text(KeyState::kPendingDeletion) || state == to_text(KeyState::kPendingReplicaDeletion);
}

bool is_managed(const KeyDetails& key) {
  return key.key_metadata && key.key_metadata->key_manager == KeyManager::kAws;
}

// A key that was never used counts from its creation. What may not be known of a key is no reason to list it.
bool unused_since(const KeyDetails& key, Time since) {
  if (!key.key_last_usage) return false;
  if (key.key_last_usage->timestamp) return *key.key_last_usage->timestamp < since;
  return key.key_metadata && key.key_metadata->creation_date < since;
}

std::vector<KeyDetails> wanted_keys(Session& session, const KeyListOptions& options, Time now) {
  std::optional<Time> since;
  if (options.unused) since = now - *options.unused;
  std::vector<KeyDetails> keys;
  ask_pages<kms::list_key_details>(session, Json::object(), [&](ListKeyDetailsResponse page) {
    for (KeyDetails& key : page.keys) {
      const bool shown =
          options.pending ? waits_for_deletion(key) : options.all || !(waits_for_deletion(key) || is_managed(key));
      if (shown && (!since || unused_since(key, *since))) keys.push_back(std::move(key));
    }
    return true;
  });
  const auto order = [](const KeyDetails& key) {
    const bool named = key.alias_names && !key.alias_names->empty();
    return std::tuple(!named, named ? std::string_view(key.alias_names->front()) : std::string_view(),
                      std::string_view(key.key_id));
  };
  std::sort(keys.begin(), keys.end(),
            [&](const KeyDetails& one, const KeyDetails& other) { return order(one) < order(other); });
  return keys;
}

std::string last_used(const KeyDetails& key) {
  if (!key.key_last_usage) return {};
  return key.key_last_usage->timestamp ? shown_time(*key.key_last_usage->timestamp) : "never";
}

std::string rotates(const KeyDetails& key) {
  if (!key.rotation || !key.rotation->rotation_period_in_days) return {};
  return cat(std::to_string(*key.rotation->rotation_period_in_days), " days");
}

std::vector<Cell> row_of_key(const KeyDetails& key) {
  std::vector<Cell> row{in_a_row(key.alias_names.value_or(std::vector<std::string>())), key.key_id};
  if (const auto& metadata = key.key_metadata) {
    row.insert(row.end(), {std::string(to_text(metadata->key_spec)), std::string(use_word(metadata->key_usage)),
                           state_cell(metadata->key_state),
                           metadata->deletion_date ? shown_time(*metadata->deletion_date) : std::string()});
  } else {
    row.insert(row.end(), 4, Cell());
  }
  row.insert(row.end(), {rotates(key), last_used(key), key.key_metadata ? key.key_metadata->description : ""});
  return row;
}

void show_keys(Session& session, const std::vector<KeyDetails>& keys, bool wide) {
  Listing listing({{"ALIAS", 0, Cut::kAsNeeded, 20},
                   {"KEY", 2, Cut::kToLeast, 9},
                   {"SPEC", 3},
                   {"USE", 6},
                   {"STATE"},
                   {"DELETED ON", 1},
                   {"ROTATES", 5},
                   {"LAST USED", 4},
                   {"DESCRIPTION", 7, Cut::kAsNeeded, 12}});
  for (const KeyDetails& key : keys) listing.add(row_of_key(key));
  listing.print(session.out(), screen_of(session.options(), wide));
}

}  // namespace

void list_keys(Session& session, const KeyListOptions& options, Time now) {
  if (options.pending && options.all) throw Error(ErrorCode::kUsage, "--all lists the pending ones too: give one");
  const bool people = shows_people(session, options.wide);
  ListKeyDetailsResponse answer;
  answer.keys = wanted_keys(session, options, now);
  if (people) return show_keys(session, answer.keys, options.wide);
  Json document = write_response(std::move(answer));
  document.erase("Truncated");
  print_answer_of(session, row_of<kms::list_key_details>(), std::move(document));
}

void add_key_list_commands(Commands& commands) {
  for (const char* path : {"keys", "key list"}) {
    commands.push_back(command<KeyListOptions>(
        path, "List your keys: names, state, rotation and last use", kKeyListGroup,
        [](Session& session, const KeyListOptions& options) { list_keys(session, options, session.clock().now()); },
        &row_of<kms::list_key_details>()));
  }
}

}  // namespace kms::cli
