#include "core/upkeep/key_sets.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/records/keys.h"
#include "core/records/vault.h"
#include "core/service/service_events.h"
#include "core/upkeep/destruction.h"

namespace kms {
namespace {

// Material that is made here is the same secret in each member: from whichever has it.
void bring_material(Transaction& transaction, const KeySet& set, const Key& member, const std::string& material_id) {
  const BackingKeyId id = backing_key_id(material_id);
  if (find_material(transaction, member, id)) return;
  for (const Key& other : set.members()) {
    const auto secret = find_material(transaction, other, id);
    if (!secret) continue;
    put_material(transaction, member, material_id, *secret);
    return;
  }
}

void bring_materials(Transaction& transaction, const KeySet& set, const Key& member, const std::optional<Key>& before) {
  if (member.origin != Origin::kAwsKms || set.members().size() == 1) return;
  for (const BackingKey& each : member.materials) {
    if (!before || before->find_material(each.id) == nullptr) bring_material(transaction, set, member, each.id);
  }
}

}  // namespace

KeySet load_set(const Transaction& transaction, const Key& key, Time now) {
  std::vector<Key> members{key};
  for (const std::string& region : key.regions) {
    if (region == key.home.region) continue;
    if (auto member = find_key(transaction, {key.home.account, region}, key.id)) members.push_back(*std::move(member));
  }
  return {std::move(members), now};
}

void store_set(const Context& context, Transaction& transaction, const KeySet& set, std::string_view about, Time now) {
  for (const Key& member : set.members()) {
    const auto before = find_key(transaction, member.home, member.id);
    if (before == member) continue;
    put_key(transaction, member);
    bring_materials(transaction, set, member, before);
    if (member.home.region == about) continue;
    append_service_event(context, transaction, member, VaultEvent::kSynchronizeMultiRegionKey, now,
                         {{"keyId", member.id.str()}});
  }
  for (const KeySet::Dropped& each : set.dropped()) {
    condemn_material(transaction, set.in(each.region), each.material_id);
    note_due(transaction, now);
  }
}

void clear_place(const Context& context, Transaction& transaction, const AccountRegion& home, const KeyId& id,
                 Time now) {
  const auto key = find_key(transaction, home, id);
  if (key && key->is_gone(now)) destroy_key(context, transaction, *key, now);
}

}  // namespace kms
