#include "core/upkeep/consistency.h"

#include <algorithm>
#include <utility>

#include "core/base/encoding.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/records/identities.h"
#include "core/records/keys.h"
#include "core/records/vault.h"
#include "core/upkeep/due_check.h"
#include "core/upkeep/key_sets.h"

namespace kms {
namespace {

constexpr std::size_t kMost = 100;

class Inspection {
 public:
  Inspection(const Transaction& transaction, Time now) : transaction_(transaction), now_(now), due_(transaction) {}

  void inspect(const AccountRegion& home) {
    KeyCounts counted;
    scan_keys(transaction_, home, "", [&](const Key& key) {
      ++counted.all;
      if (kPendingDeletionOnly.contains(key.state)) ++counted.pending_deletion;
      return inspect_key(key);
    });
    if (is_full()) return;
    inspect_counts(home, counted);
    scan_aliases(transaction_, home, "", [&](const Alias& alias) { return inspect_alias(alias); });
  }

  std::vector<std::string> take_found() {
    if (!is_full()) {  // else it has not seen all keys
      for (std::string& each : due_.take_found()) found_.push_back(std::move(each));
    }
    return std::move(found_);
  }

 private:
  bool is_full() const { return found_.size() >= kMost; }

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
    due_.inspect(key);
    return !is_full();
  }

  void inspect_counts(const AccountRegion& home, const KeyCounts& counted) {
    const KeyCounts stored = count_keys(transaction_, home);
    if (stored == counted) return;
    found_.push_back(cat(home.account, " has ", std::to_string(counted.all), " keys in ", home.region, ", ",
                         std::to_string(counted.pending_deletion), " of them pending deletion, and counts ",
                         std::to_string(stored.all), " and ", std::to_string(stored.pending_deletion),
                         ": restore a backup"));
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
    return !is_full();
  }

  const Transaction& transaction_;
  const Time now_;
  DueCheck due_;
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
