#include "core/upkeep/layout.h"

#include <vector>

#include "core/records/grants.h"
#include "core/records/identities.h"
#include "core/records/keys.h"
#include "core/records/vault.h"

namespace kms {
namespace {

void index_region(Transaction& transaction, const AccountRegion& home) {
  std::vector<Key> keys;  // written to only after the scan
  scan_keys(transaction, home, "", [&](const Key& key) {
    keys.push_back(key);
    return true;
  });
  for (const Key& key : keys) {
    index_key(transaction, key);
    index_grants(transaction, key);
  }
}

}  // namespace

bool has_current_layout(const Transaction& transaction) {
  return find_layout(transaction) >= kCurrentLayout;
}

void bring_up_to_date(Transaction& transaction) {
  for (const Account& account : list_accounts(transaction)) {
    for (const std::string& region : find_regions(transaction)) index_region(transaction, {account.id, region});
  }
  put_layout(transaction, kCurrentLayout);
}

}  // namespace kms
