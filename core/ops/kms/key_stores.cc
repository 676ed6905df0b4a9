#include "core/ops/kms/key_stores.h"

#include <memory>
#include <nlohmann/json.hpp>

#include "core/base/encoding.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/keys/backend.h"
#include "core/records/keys.h"
#include "core/service/response.h"

namespace kms {
namespace {

constexpr std::size_t kMostStores = 10;  // of one region

std::string new_id(Random& random) {
  constexpr std::size_t kDigits = 17;
  return cat("cks-", encode_hex(random.bytes(9)).substr(0, kDigits));
}

[[noreturn]] void throw_no_store(std::string_view id) {
  throw Error(ErrorCode::kCustomKeyStoreNotFound, cat("Custom key store ", id, " does not exist."));
}

KeyStore require_store(const Call& call, std::string_view id) {
  auto store = find_key_store(call.transaction, call.caller.home, id);
  if (!store) throw_no_store(id);
  return *std::move(store);
}

void require_connection(const KeyStore& store, std::initializer_list<ConnectionState> allowed) {
  for (const ConnectionState state : allowed) {
    if (store.state == state) return;
  }
  throw Error(ErrorCode::kCustomKeyStoreInvalidState,
              cat("Custom key store ", store.id, " has the connection state ", to_text(store.state),
                  ", which is not valid for this operation."));
}

// Names, clusters and proxies belong to one store of a region each.
void require_unique(const Call& call, const KeyStore& store) {
  std::size_t count = 0;
  scan_key_stores(call.transaction, store.home, "", [&](const KeyStore& other) {
    if (other.id == store.id) return true;
    ++count;
    if (other.name == store.name) {
      throw Error(ErrorCode::kCustomKeyStoreNameInUse, cat("The name ", store.name, " is in use by ", other.id, "."));
    }
    if (!store.cluster_id.empty() && other.cluster_id == store.cluster_id) {
      throw Error(ErrorCode::kCloudHsmClusterInUse, cat("The cluster is in use by ", other.id, "."));
    }
    if (!store.endpoint.empty() && other.endpoint == store.endpoint) {
      if (other.path == store.path) {
        throw Error(ErrorCode::kXksProxyUriInUse, cat("The proxy is in use by ", other.id, "."));
      }
      if (store.connectivity == XksProxyConnectivity::kVpcEndpointService) {
        throw Error(ErrorCode::kXksProxyUriEndpointInUse, cat("The endpoint is in use by ", other.id, "."));
      }
    }
    if (!store.vpc_service.empty() && other.vpc_service == store.vpc_service) {
      throw Error(ErrorCode::kXksProxyVpcEndpointServiceInUse, cat("The service is in use by ", other.id, "."));
    }
    return true;
  });
  if (count >= kMostStores) {
    throw Error(ErrorCode::kLimitExceeded, "The region has 10 custom key stores, the most it can have.");
  }
}

CustomKeyStoresListEntry store_entry_of(const KeyStore& store) {
  CustomKeyStoresListEntry entry;
  entry.custom_key_store_id = store.id;
  entry.custom_key_store_name = store.name;
  entry.connection_state = store.state;
  if (store.state == ConnectionState::kFailed) entry.connection_error_code = store.error;
  entry.creation_date = store.creation_date;
  entry.custom_key_store_type = store.type;
  if (store.type == CustomKeyStoreType::kCloudHsm) {
    entry.cloud_hsm_cluster_id = store.cluster_id;
    entry.trust_anchor_certificate = store.trust_anchor;
  } else {
    entry.xks_proxy_configuration = XksProxyConfiguration{
        store.connectivity,           store.access_key_id, store.endpoint, store.path, unless_empty(store.vpc_service),
        unless_empty(store.vpc_owner)};
  }
  return entry;
}

// Members that are left out keep what the store has.
void apply(KeyStore& store, const KeyStoreMembers& members) {
  const auto set = [](std::string& target, const std::string& value) {
    if (!value.empty()) target = value;
  };
  set(store.cluster_id, members.cloud_hsm_cluster_id);
  set(store.endpoint, members.xks_proxy_uri_endpoint);
  set(store.path, members.xks_proxy_uri_path);
  set(store.vpc_service, members.xks_proxy_vpc_endpoint_service_name);
  set(store.vpc_owner, members.xks_proxy_vpc_endpoint_service_owner);
  if (members.xks_proxy_connectivity) store.connectivity = members.xks_proxy_connectivity;
  if (members.xks_proxy_authentication_credential) {
    store.access_key_id = members.xks_proxy_authentication_credential->access_key_id;
  }
}

void put_secrets(Call& call, const KeyStore& store, const KeyStoreMembers& members) {
  if (!members.key_store_password.empty()) {
    put_key_store_secret(call.transaction, store, members.key_store_password.bytes);
  }
  if (members.xks_proxy_authentication_credential) {
    put_key_store_secret(call.transaction, store,
                         members.xks_proxy_authentication_credential->raw_secret_access_key.bytes);
  }
}

// What a ConnectionErrorCode says; empty: it is connected. Null: that is found out elsewhere (outside_effects.h).
std::shared_ptr<const std::string> connect(Call& call, const KeyStore& store) {
  const KeyBackend* const backend = call.context.keys.find(store.type);
  if (backend == nullptr) {  // nothing here can reach such a store
    const bool is_hsm = store.type == CustomKeyStoreType::kCloudHsm;
    return std::make_shared<const std::string>(is_hsm ? "CLUSTER_NOT_FOUND" : "XKS_PROXY_NOT_REACHABLE");
  }
  auto credential = std::make_shared<const SecretBytes>(find_key_store_secret(call.transaction, store));
  return call.outside.elsewhere<std::string>(
      cat("connect ", store.id),
      [backend, store, credential = std::move(credential)] { return backend->connect(store, *credential); });
}

// Whether that is done.
bool disconnect(Call& call, const KeyStore& store) {
  const KeyBackend* const backend = call.context.keys.find(store.type);
  if (backend == nullptr || store.state != ConnectionState::kConnected) return true;
  return call.outside.elsewhere<bool>(cat("disconnect ", store.id), [backend, store] {
    backend->disconnect(store);
    return true;
  }) != nullptr;
}

void require_members(bool complete, std::string_view type) {
  if (complete) return;
  throw Error(ErrorCode::kValidation,
              cat("A custom key store of type ", type, " needs ",
                  type == "AWS_CLOUDHSM" ? "CloudHsmClusterId, KeyStorePassword and TrustAnchorCertificate, and "
                                           "takes no Xks members."
                                         : "XksProxyConnectivity, XksProxyUriEndpoint, XksProxyUriPath and "
                                           "XksProxyAuthenticationCredential, and takes no CloudHSM members."));
}

}  // namespace

bool KeyStoreMembers::names_proxy() const {
  return !xks_proxy_uri_endpoint.empty() || !xks_proxy_uri_path.empty() ||
         !xks_proxy_vpc_endpoint_service_name.empty() || !xks_proxy_vpc_endpoint_service_owner.empty() ||
         xks_proxy_authentication_credential || xks_proxy_connectivity;
}

void CreateCustomKeyStoreRequest::check() const {
  if (custom_key_store_type == CustomKeyStoreType::kCloudHsm) {
    require_members(!cloud_hsm_cluster_id.empty() && !key_store_password.empty() && !trust_anchor_certificate.empty() &&
                        !names_proxy(),
                    "AWS_CLOUDHSM");
    return;
  }
  require_members(xks_proxy_connectivity && !xks_proxy_uri_endpoint.empty() && !xks_proxy_uri_path.empty() &&
                      xks_proxy_authentication_credential && !names_cluster() && trust_anchor_certificate.empty(),
                  "EXTERNAL_KEY_STORE");
  const bool vpc = xks_proxy_connectivity == XksProxyConnectivity::kVpcEndpointService;
  if (vpc != !xks_proxy_vpc_endpoint_service_name.empty()) {
    throw Error(
        ErrorCode::kValidation,
        "XksProxyVpcEndpointServiceName goes with XksProxyConnectivity VPC_ENDPOINT_SERVICE, and with no other.");
  }
}

CreateCustomKeyStoreResponse create_custom_key_store(Call& call, const CreateCustomKeyStoreRequest& request) {
  KeyStore store{call.caller.home,
                 new_id(call.context.random),
                 request.custom_key_store_name,
                 request.custom_key_store_type,
                 ConnectionState::kDisconnected,
                 ""};
  store.creation_date = call.now();
  store.trust_anchor = request.trust_anchor_certificate;
  apply(store, request);
  require_unique(call, store);
  put_key_store(call.transaction, store);
  put_secrets(call, store, request);
  *call.event.additional_data = {{"customKeyStoreId", store.id}};
  return {store.id};
}

EmptyResponse update_custom_key_store(Call& call, const UpdateCustomKeyStoreRequest& request) {
  KeyStore store = require_store(call, request.custom_key_store_id);
  const bool is_hsm = store.type == CustomKeyStoreType::kCloudHsm;
  if (is_hsm ? request.names_proxy() : request.names_cluster()) {
    throw Error(ErrorCode::kValidation,
                cat("A custom key store of type ", to_text(store.type), " has no such members."));
  }
  if (request.names_proxy() || request.names_cluster()) require_connection(store, {ConnectionState::kDisconnected});
  if (!request.new_custom_key_store_name.empty()) store.name = request.new_custom_key_store_name;
  apply(store, request);
  require_unique(call, store);
  put_key_store(call.transaction, store);
  put_secrets(call, store, request);
  return {};
}

EmptyResponse connect_custom_key_store(Call& call, const CustomKeyStoreRequest& request) {
  KeyStore store = require_store(call, request.custom_key_store_id);
  require_connection(store, {ConnectionState::kDisconnected, ConnectionState::kConnected});
  const auto failure = connect(call, store);
  if (!failure) return {};
  store.state = failure->empty() ? ConnectionState::kConnected : ConnectionState::kFailed;
  store.error = *failure;
  put_key_store(call.transaction, store);
  return {};
}

EmptyResponse disconnect_custom_key_store(Call& call, const CustomKeyStoreRequest& request) {
  KeyStore store = require_store(call, request.custom_key_store_id);
  require_connection(store, {ConnectionState::kConnected, ConnectionState::kFailed});
  if (!disconnect(call, store)) return {};
  store.state = ConnectionState::kDisconnected;
  store.error.clear();
  put_key_store(call.transaction, store);
  return {};
}

EmptyResponse delete_custom_key_store(Call& call, const CustomKeyStoreRequest& request) {
  const KeyStore store = require_store(call, request.custom_key_store_id);
  require_connection(store, {ConnectionState::kDisconnected});
  if (has_keys_in_store(call.transaction, store.home, store.id)) {
    throw Error(ErrorCode::kCustomKeyStoreHasCmks, cat("Custom key store ", store.id, " has keys."));
  }
  erase_key_store(call.transaction, store);
  return {};
}

void DescribeCustomKeyStoresRequest::check() const {
  if (!custom_key_store_id.empty() && !custom_key_store_name.empty()) {
    throw Error(ErrorCode::kValidation, "Specify either CustomKeyStoreId or CustomKeyStoreName, not both.");
  }
}

DescribeCustomKeyStoresResponse describe_custom_key_stores(Call& call, const DescribeCustomKeyStoresRequest& request) {
  EntryPage<CustomKeyStoresListEntry> page(call, request.limit, 1000);
  bool found = false;
  scan_key_stores(call.transaction, call.caller.home, page.after(request.marker), [&](const KeyStore& store) {
    const bool wanted = (request.custom_key_store_id.empty() || store.id == request.custom_key_store_id) &&
                        (request.custom_key_store_name.empty() || store.name == request.custom_key_store_name);
    found = found || wanted;
    return !wanted || page.add(store_entry_of(store), store.id);
  });
  const std::string named = cat(request.custom_key_store_id, request.custom_key_store_name);
  if (!found && !named.empty()) throw_no_store(named);
  return page.answer<DescribeCustomKeyStoresResponse>();
}

}  // namespace kms
