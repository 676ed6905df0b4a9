#include "core/upkeep/destruction.h"

#include <nlohmann/json.hpp>
#include <vector>

#include "core/base/text.h"
#include "core/records/grants.h"
#include "core/records/keys.h"
#include "core/records/orphans.h"
#include "core/records/stored_record.h"
#include "core/records/vault.h"
#include "core/service/service_events.h"
#include "core/upkeep/key_sets.h"

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

// Between the sentence and its execution the key may have been imported again or its deletion cancelled.
bool is_still_condemned(const Key& key, const Condemned& sentence, Time now) {
  if (sentence.material.empty()) return key.is_gone(now);
  const BackingKey* material = key.find_material(sentence.material);
  return material == nullptr || !material->present;
}

}  // namespace

void condemn_material(Transaction& transaction, const Key& key, std::string_view material_id) {
  condemn(transaction, key, material_id);
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

void destroy_key(const Context& context, Transaction& transaction, const Key& key, Time now) {
  if (key.multi_region() && !key.is_primary()) {
    KeySet set = load_set(transaction, key, now);
    set.leave(key.home.region);
    store_set(context, transaction, set, key.primary_region, now);
  }
  erase_aliases(transaction, key);
  erase_grants(transaction, key);
  erase_key(transaction, key);
  if (!key.custom_key_store_id.empty()) {
    put_orphan(transaction, {key.home, key.id, key.custom_key_store_id, now, /*left=*/true});
  }
  append_service_event(context, transaction, key, VaultEvent::kDeleteKey, now, {{"keyId", key.id.str()}});
}

}  // namespace kms
