#include "core/upkeep/consistency.h"

#include <algorithm>
#include <set>
#include <utility>

#include "core/base/encoding.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/records/due.h"
#include "core/records/identities.h"
#include "core/records/keys.h"
#include "core/records/vault.h"
#include "core/upkeep/key_sets.h"

namespace kms {
namespace {

constexpr std::size_t kMost = 100;

class Inspection {
 public:
  Inspection(const Transaction& transaction, Time now) : transaction_(transaction), now_(now) {
    scan_due(transaction, now, [&](const AccountRegion& home, const KeyId& id) { due_.insert(key_arn(home, id)); });
  }

  void inspect(const AccountRegion& home) {
    scan_keys(transaction_, home, "", [&](const Key& key) { return inspect_key(key); });
    scan_aliases(transaction_, home, "", [&](const Alias& alias) { return inspect_alias(alias); });
  }

  std::vector<std::string> take_found() { return std::move(found_); }

 private:
  bool inspect_key(const Key& key) {
    const KeySet set = load_set(transaction_, key, now_);
    if (set.leader().home == key.home) {  // once for all of its members
      for (std::string& each : set.violations()) found_.push_back(std::move(each));
    }
    if (key.origin == Origin::kAwsKms || key.origin == Origin::kExternal) inspect_material(key);
    for (const std::string& name : aliases_of(transaction_, key)) {
      const auto alias = find_alias(transaction_, key.home, name);
      if (!alias || alias->target != key.id) {
        found_.push_back(cat(key.arn(), " lists ", name, ", which is another key's: delete that alias, and create it"));
      }
    }
    if (key.is_gone(now_) && !due_.contains(key.arn())) {
      found_.push_back(cat(key.arn(), " is past its deletion date, and nothing will destroy it: restore a backup of ",
                           "before that date, and schedule its deletion again"));
    }
    return found_.size() < kMost;
  }

  void inspect_material(const Key& key) {
    const std::vector<std::string> stored = stored_material(transaction_, key);
    for (const BackingKey& each : key.materials) {
      if (!each.present && !each.expired) continue;
      const std::string name = encode_hex(backing_key_id(each.id));
      if (std::find(stored.begin(), stored.end(), name) != stored.end()) continue;
      found_.push_back(cat(key.arn(), " lacks its key material ", each.id, ": ",
                           key.origin == Origin::kExternal ? "delete and import it again" : "restore a backup"));
    }
  }

  bool inspect_alias(const Alias& alias) {
    const auto key = find_key(transaction_, alias.home, alias.target);
    if (!key) {
      found_.push_back(cat(alias.arn(), " names a key that does not exist: create it anew, for another key"));
    } else {
      const auto names = aliases_of(transaction_, *key);
      if (std::find(names.begin(), names.end(), alias.name) == names.end()) {
        found_.push_back(cat(alias.arn(), " is in no list of its key: delete and create it again"));
      }
    }
    return found_.size() < kMost;
  }

  const Transaction& transaction_;
  const Time now_;
  std::set<std::string> due_;
  std::vector<std::string> found_;
};

}  // namespace

std::vector<std::string> find_violations(const Transaction& transaction, Time now) {
  std::vector<std::string> found;
  try {
    Inspection inspection(transaction, now);
    for (const Account& account : list_accounts(transaction)) {
      for (const std::string& region : find_regions(transaction)) inspection.inspect({account.id, region});
    }
    found = inspection.take_found();
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kVaultDamaged) throw;
  }
  return found;
}

}  // namespace kms
