#pragma once
// Custom key stores as records of the store. Their credentials are secrets of it.
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/clock.h"
#include "core/base/enum_names.h"
#include "core/model/arn.h"
#include "core/store/store.h"

namespace kms {

enum class CustomKeyStoreType : std::uint8_t { kCloudHsm, kExternal };
template <>
struct EnumNames<CustomKeyStoreType> {
  static constexpr auto kAll = std::to_array<EnumName<CustomKeyStoreType>>(
      {{CustomKeyStoreType::kCloudHsm, "AWS_CLOUDHSM"}, {CustomKeyStoreType::kExternal, "EXTERNAL_KEY_STORE"}});
};

enum class XksProxyConnectivity : std::uint8_t { kPublicEndpoint, kVpcEndpointService };
template <>
struct EnumNames<XksProxyConnectivity> {
  static constexpr auto kAll = std::to_array<EnumName<XksProxyConnectivity>>(
      {{XksProxyConnectivity::kPublicEndpoint, "PUBLIC_ENDPOINT"},
       {XksProxyConnectivity::kVpcEndpointService, "VPC_ENDPOINT_SERVICE"}});
};

// CONNECTING and DISCONNECTING pass within a call.
enum class ConnectionState : std::uint8_t { kConnected, kDisconnected, kFailed };
template <>
struct EnumNames<ConnectionState> {
  static constexpr auto kAll =
      std::to_array<EnumName<ConnectionState>>({{ConnectionState::kConnected, "CONNECTED"},
                                                {ConnectionState::kDisconnected, "DISCONNECTED"},
                                                {ConnectionState::kFailed, "FAILED"}});
};

struct KeyStore {
  AccountRegion home;
  std::string id;  // cks- and 17 hex digits
  std::string name;
  CustomKeyStoreType type = CustomKeyStoreType::kCloudHsm;
  ConnectionState state = ConnectionState::kDisconnected;
  std::string error;  // a ConnectionErrorCode; only in the state FAILED
  Time creation_date = {};
  std::string cluster_id = {};
  std::string trust_anchor = {};
  std::string endpoint = {};
  std::string path = {};
  std::string vpc_service = {};
  std::string vpc_owner = {};
  std::string access_key_id = {};
  std::optional<XksProxyConnectivity> connectivity = std::nullopt;
};

std::optional<KeyStore> find_key_store(const Transaction& transaction, const AccountRegion& home, std::string_view id);
void put_key_store(Transaction& transaction, const KeyStore& store);
void erase_key_store(Transaction& transaction, const KeyStore& store);
void scan_key_stores(const Transaction& transaction, const AccountRegion& home, std::string_view after,
                     const std::function<bool(const KeyStore&)>& visit);
// The password of the cluster's user, or the proxy's secret access key.
void put_key_store_secret(Transaction& transaction, const KeyStore& store, const SecretBytes& secret);
SecretBytes find_key_store_secret(const Transaction& transaction, const KeyStore& store);

}  // namespace kms
