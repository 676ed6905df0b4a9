#include "core/upkeep/layout.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <vector>

#include "core/records/due.h"
#include "core/records/grants.h"
#include "core/records/identities.h"
#include "core/records/keys.h"
#include "core/records/stored_record.h"
#include "core/records/vault.h"
#include "core/upkeep/key_sets.h"

namespace kms {
namespace {

constexpr std::int64_t kIndexesOfGrants = 2;
constexpr std::int64_t kIndexesByKind = 5;

template <class Choose>
std::vector<Key> keys_of(const Transaction& transaction, const AccountRegion& home, const Choose& choose) {
  std::vector<Key> keys;  // written to only after the scan
  scan_keys(transaction, home, "", [&](const Key& key) {
    if (choose(key)) keys.push_back(key);
    return true;
  });
  return keys;
}

void index_region(Transaction& transaction, const AccountRegion& home, bool with_grants) {
  forget_counts(transaction, home);
  for (const Key& key : keys_of(transaction, home, [](const Key&) { return true; })) {
    index_key(transaction, key);
    if (with_grants) index_grants(transaction, key);
  }
}

void index_all(Transaction& transaction, bool with_grants) {
  erase_index_of_all_kinds(transaction);
  for (const Account& account : list_accounts(transaction)) {
    for (const std::string& region : find_regions(transaction)) {
      index_region(transaction, {account.id, region}, with_grants);
    }
  }
}

// The number of the last state that left the vault, or arrived, which stood in records of their own: by Region and key.
std::uint64_t recorded_sequence(const Transaction& transaction, const Key& key) {
  std::uint64_t last = key.sequence;
  for (const char* table : {"exported", "imported"}) {
    const auto stored = transaction.get(collection(table, key.home), key.id.str());
    if (stored) last = std::max(last, static_cast<std::uint64_t>(StoredRecord(*stored).number("sequence")));
  }
  return last;
}

// In all Regions together, since what the keys say of their set may differ.
void mend_sets(const Context& context, Transaction& transaction, const std::string& account, Time now) {
  const auto has_rules = [](const Key& key) { return key.multi_region() || key.origin == Origin::kExternal; };
  std::map<std::string, std::vector<Key>> sets;
  for (const std::string& region : find_regions(transaction)) {
    for (Key& key : keys_of(transaction, {account, region}, has_rules)) {
      key.sequence = recorded_sequence(transaction, key);
      transaction.erase(collection("exported", key.home), key.id.str());
      sets[key.id.str()].push_back(std::move(key));
    }
  }
  for (auto& [id, keys] : sets) {
    KeySet set(std::move(keys), now);
    set.mend();
    store_set(context, transaction, set, set.leader().home.region, now);
  }
}

}  // namespace

bool has_current_layout(const Transaction& transaction) {
  return find_layout(transaction) >= kCurrentLayout;
}

void bring_up_to_date(const Context& context, Transaction& transaction, Time now) {
  const std::int64_t layout = find_layout(transaction);
  if (layout < kIndexesByKind) index_all(transaction, layout < kIndexesOfGrants);
  for (const Account& account : list_accounts(transaction)) mend_sets(context, transaction, account.id, now);
  put_missing_owned_keys(transaction, context.random);
  put_layout(transaction, kCurrentLayout);
}

}  // namespace kms
