#include "core/upkeep/destruction.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "core/base/text.h"
#include "core/records/grants.h"
#include "core/records/keys.h"
#include "core/records/orphans.h"
#include "core/records/stored_record.h"
#include "core/records/vault.h"
#include "core/service/service_events.h"
#include "core/upkeep/upkeep.h"

namespace kms {
namespace {

constexpr std::string_view kCondemned = "condemned";

struct Condemned {
  AccountRegion home;
  KeyId key;
  std::string material;  // empty: the whole key
};

void condemn(Transaction& transaction, const Key& key, std::string_view material) {
  const Json record{
      {"account", key.home.account}, {"region", key.home.region}, {"key", key.id.str()}, {"material", material}};
  transaction.put(kCondemned, cat(key.home.region, "/", key.id.str(), "/", material), record.dump());
}

void erase_aliases(Transaction& transaction, const Key& key) {
  for (const std::string& name : aliases_of(transaction, key)) erase_alias(transaction, key.home, name);
}

void destroy_key(const Context& context, Transaction& transaction, const Key& key, Time now) {
  if (key.multi_region() && !key.is_primary()) leave_set(context, transaction, key, now);
  erase_aliases(transaction, key);
  erase_grants(transaction, key);
  erase_key(transaction, key);
  if (!key.custom_key_store_id.empty()) {
    put_orphan(transaction, {key.home, key.id, key.custom_key_store_id, now, /*left=*/true});
  }
  append_service_event(context, transaction, key, "DeleteKey", now, {{"keyId", key.id.str()}});
}

// Between the sentence and its execution the key may have been imported again or its deletion cancelled.
bool is_still_condemned(const Key& key, const Condemned& sentence, Time now) {
  if (sentence.material.empty()) return key.is_gone(now);
  const BackingKey* material = key.find_material(sentence.material);
  return material == nullptr || !material->present;
}

}  // namespace

void withdraw_material(Key& key, BackingKey& material, const DueSight& sight) {
  // A key that lacks other material already was what it was when it lost that.
  const bool others = std::any_of(key.materials.begin(), key.materials.end(),
                                  [](const BackingKey& each) { return each.expired && each.expired->was_disabled; });
  material.expired =
      Expiry{material.valid_to.value(),
             others || key.state == KeyState::kDisabled || key.state == KeyState::kPendingDeletion, sight};
  material.present = false;
  material.valid_to.reset();
  if (!material.pending() && kEnabledOrDisabled.contains(key.state)) key.state = KeyState::kPendingImport;
}

void restore_material(Key& key, BackingKey& material) {
  const bool was_disabled = material.expired.value().was_disabled;
  material.present = true;
  material.valid_to = material.expired->valid_to;
  material.expired.reset();
  if (key.state != KeyState::kPendingImport || !key.is_complete()) return;
  key.state = was_disabled ? KeyState::kDisabled : KeyState::kEnabled;
}

void condemn_material(Transaction& transaction, const Key& key, BackingKey& material) {
  condemn(transaction, key, material.id);
  material.expired.reset();
}

void condemn_key(Transaction& transaction, const Key& key) {
  condemn(transaction, key, "");
}

bool has_condemned(const Transaction& transaction) {
  bool any = false;
  transaction.scan(kCondemned, "", [&](std::string_view, std::string_view) {
    any = true;
    return false;
  });
  return any;
}

std::int32_t destroy_all_condemned(const Context& context, Transaction& transaction, Time now) {
  std::vector<std::pair<std::string, Condemned>> sentences;
  transaction.scan(kCondemned, "", [&](std::string_view item, std::string_view stored) {
    const StoredRecord record(stored);
    sentences.emplace_back(item, Condemned{{record.text("account"), record.text("region")},
                                           StoredRecord::present(KeyId::parse(record.text("key"))),
                                           record.text("material")});
    return true;
  });
  std::int32_t destroyed = 0;
  for (const auto& [item, sentence] : sentences) {
    transaction.erase(kCondemned, item);
    const auto key = find_key(transaction, sentence.home, sentence.key);
    if (!key || !is_still_condemned(*key, sentence, now)) continue;
    if (sentence.material.empty()) {
      destroy_key(context, transaction, *key, now);
      ++destroyed;
    } else {
      erase_material(transaction, *key, sentence.material);
    }
  }
  return destroyed;
}

void leave_set(const Context& context, Transaction& transaction, const Key& replica, Time now) {
  auto primary = find_key(transaction, {replica.home.account, replica.primary_region}, replica.id);
  if (!primary) return;  // in another vault
  std::erase(primary->regions, replica.home.region);
  if (primary->state == KeyState::kPendingReplicaDeletion && primary->regions.size() == 1) {
    primary->state = KeyState::kPendingDeletion;
    primary->deletion_date = now + std::chrono::hours(24) * primary->deletion_window_days;
  }
  put_shared(context, transaction, *primary, now);
}

}  // namespace kms
