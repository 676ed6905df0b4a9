#include "core/upkeep/restoration.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/audit/event_names.h"
#include "core/audit/trail_check.h"
#include "core/base/text.h"
#include "core/records/identities.h"
#include "core/records/keys.h"
#include "core/records/vault.h"
#include "core/upkeep/consistency.h"
#include "core/upkeep/destruction.h"

namespace kms {
namespace {

constexpr std::uint64_t kEventsAtOnce = 16384;
constexpr std::size_t kMostNamedKeys = 100;

std::vector<Key> all_keys(const Transaction& transaction) {
  std::vector<Key> keys;
  const auto regions = find_regions(transaction);
  for (const Account& account : list_accounts(transaction)) {
    for (const std::string& region : regions) {
      scan_keys(transaction, {account.id, region}, "", [&](const Key& key) {
        keys.push_back(key);
        return true;
      });
    }
  }
  return keys;
}

// All of a trail, in parts.
void check_whole_trail(const Transaction& transaction, const std::string& log, std::vector<std::string>& problems) {
  const std::uint64_t size = transaction.log_tree(log).size();
  for (std::uint64_t from = transaction.log_begin(log); from < size;) {
    const TrailCheck part = check_trail(transaction, log, from, kEventsAtOnce);
    for (const std::string& problem : part.problems) problems.push_back(cat(log, ": ", problem));
    if (!part.problems.empty() || part.checked <= from) return;
    from = part.checked;
  }
}

Json named_keys(const std::vector<Key>& keys) {
  Json names = Json::array();
  for (const Key& key : keys) {
    if (names.size() < kMostNamedKeys) names.push_back(key.arn());
  }
  return names;
}

}  // namespace

std::vector<std::string> find_problems(Store& copy, std::span<const std::string> logs, Time now) {
  const auto transaction = copy.begin(Access::kRead);
  std::vector<std::string> problems = find_violations(*transaction, now);
  for (const std::string& log : logs) check_whole_trail(*transaction, log, problems);
  return problems;
}

bool reaches(Store& store, const std::map<std::string, std::uint64_t>& logs) {
  const auto transaction = store.begin(Access::kRead);
  return std::ranges::all_of(logs,
                             [&](const auto& log) { return transaction->log_tree(log.first).size() >= log.second; });
}

std::set<std::string> arns_of_keys(Store& store) {
  std::set<std::string> arns;
  for (const Key& key : all_keys(*store.begin(Access::kRead))) arns.insert(key.arn());
  return arns;
}

std::vector<Key> keys_beyond(Store& copy, const std::set<std::string>& present) {
  std::vector<Key> keys = all_keys(*copy.begin(Access::kRead));
  std::erase_if(keys, [&](const Key& key) { return present.contains(key.arn()); });
  return keys;
}

void record_restoration(const Context& context, Transaction& transaction, const EventAuthor& author,
                        const Restoration& restoration, Time now) {
  if (!restoration.resurrects) {
    for (const Key& gone : restoration.destroyed) {
      const auto key = find_key(transaction, gone.home, gone.id);  // as the others of its set have left it
      if (key) destroy_key(context, transaction, *key, now);
    }
  }
  AuditEvent event(now, make_uuid(context.random), make_uuid(context.random));
  event.author = author;
  event.source = "kmsctl";
  event.operation = to_text(VaultEvent::kVaultRestored);
  event.read_only = false;
  Json& data = *event.additional_data;
  data = {{"incarnation", restoration.incarnation},
          {"backupTime", iso_seconds(restoration.backup_time)},
          {"backupSequence", restoration.backup_sequence},
          {"openedBySlot", restoration.slot},
          {"slotsKept", restoration.slots_kept}};
  if (!restoration.destroyed.empty()) {
    data[restoration.resurrects ? "resurrectedKeys" : "keysLeftOut"] = named_keys(restoration.destroyed);
    data["destroyedKeys"] = restoration.destroyed.size();
  }
  context.audit.append(transaction, event);
}

}  // namespace kms
