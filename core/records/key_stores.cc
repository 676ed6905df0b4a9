#include "core/records/key_stores.h"

#include "core/records/stored_record.h"

namespace kms {
namespace {

KeyStore decode_store(const AccountRegion& home, std::string_view stored) {
  const StoredRecord record(stored);
  KeyStore store{home,
                 record.text("id"),
                 record.text("name"),
                 record.name_of<CustomKeyStoreType>("type"),
                 record.name_of<ConnectionState>("state"),
                 record.text("error")};
  store.creation_date = record.time("created");
  store.cluster_id = record.text("cluster");
  store.trust_anchor = record.text("trust_anchor");
  store.endpoint = record.text("endpoint");
  store.path = record.text("path");
  store.vpc_service = record.text("vpc_service");
  store.vpc_owner = record.text("vpc_owner");
  store.access_key_id = record.text("access_key_id");
  if (record.has("connectivity")) store.connectivity = record.name_of<XksProxyConnectivity>("connectivity");
  return store;
}

}  // namespace

std::optional<KeyStore> find_key_store(const Transaction& transaction, const AccountRegion& home, std::string_view id) {
  const auto stored = transaction.get(collection("key_store", home), id);
  if (!stored) return std::nullopt;
  return decode_store(home, *stored);
}

void put_key_store(Transaction& transaction, const KeyStore& store) {
  Json record{{"id", store.id},
              {"name", store.name},
              {"type", to_text(store.type)},
              {"state", to_text(store.state)},
              {"error", store.error},
              {"created", milliseconds(store.creation_date)},
              {"cluster", store.cluster_id},
              {"trust_anchor", store.trust_anchor},
              {"endpoint", store.endpoint},
              {"path", store.path},
              {"vpc_service", store.vpc_service},
              {"vpc_owner", store.vpc_owner},
              {"access_key_id", store.access_key_id}};
  if (store.connectivity) record["connectivity"] = to_text(*store.connectivity);
  transaction.put(collection("key_store", store.home), store.id, record.dump());
}

void erase_key_store(Transaction& transaction, const KeyStore& store) {
  transaction.erase(collection("key_store", store.home), store.id);
  transaction.erase(collection("key_store_secret", store.home), store.id);
}

void scan_key_stores(const Transaction& transaction, const AccountRegion& home, std::string_view after,
                     const std::function<bool(const KeyStore&)>& visit) {
  transaction.scan(collection("key_store", home), after,
                   [&](std::string_view, std::string_view stored) { return visit(decode_store(home, stored)); });
}

void put_key_store_secret(Transaction& transaction, const KeyStore& store, const SecretBytes& secret) {
  transaction.put_secret(collection("key_store_secret", store.home), store.id, secret);
}

SecretBytes find_key_store_secret(const Transaction& transaction, const KeyStore& store) {
  return StoredRecord::present(transaction.get_secret(collection("key_store_secret", store.home), store.id));
}

}  // namespace kms
