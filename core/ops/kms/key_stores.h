#pragma once
// Custom key stores: their records and states. What would connect one is a PKCS #11 token or an external key manager;
// this version has neither, so a connection ends in the state FAILED with the reason that AWS gives for one that cannot
// be reached, and no key can be made in a store.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/ops/kms/fields.h"
#include "core/ops/kms/patterns.h"
#include "core/records/key_stores.h"

namespace kms {

inline constexpr Rule kKeyStoreIdRule{.required = true, .min = 1, .max = 64, .help = "Id of the custom key store"};
inline constexpr Rule kClusterRule{.min = 19, .max = 24, .pattern = &kClusterIdPattern, .help = "CloudHSM cluster"};
inline constexpr Rule kStorePasswordRule{
    .min = 7, .max = 32, .sensitive = true, .help = "Of the user kmsuser in the cluster"};
inline constexpr Rule kEndpointRule{
    .min = 10, .max = 128, .pattern = &kProxyEndpointPattern, .help = "https:// and the host of the proxy"};
inline constexpr Rule kPathRule{
    .min = 10, .max = 128, .pattern = &kProxyPathPattern, .help = "Path of the proxy's API: [/prefix]/kms/xks/v1"};
inline constexpr Rule kVpcServiceRule{
    .min = 20, .max = 64, .pattern = &kVpcServicePattern, .help = "Name of the VPC endpoint service"};
inline constexpr Rule kVpcOwnerRule{
    .min = 12, .max = 12, .pattern = &kAccountPattern, .help = "Account that owns the VPC endpoint service"};

struct ProxyCredential {
  std::string access_key_id;
  SecretText raw_secret_access_key;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("AccessKeyId", access_key_id,
          {.required = true, .min = 20, .max = 30, .pattern = &kProxyAccessKeyPattern, .sensitive = true});
    visit("RawSecretAccessKey", raw_secret_access_key,
          {.required = true, .min = 43, .max = 64, .pattern = &kProxySecretPattern, .sensitive = true});
  }
};

// The members that creating and updating share.
struct KeyStoreMembers {
  std::string cloud_hsm_cluster_id;
  SecretText key_store_password;
  std::string xks_proxy_uri_endpoint;
  std::string xks_proxy_uri_path;
  std::string xks_proxy_vpc_endpoint_service_name;
  std::string xks_proxy_vpc_endpoint_service_owner;
  std::optional<ProxyCredential> xks_proxy_authentication_credential;
  std::optional<XksProxyConnectivity> xks_proxy_connectivity;

  bool names_cluster() const { return !cloud_hsm_cluster_id.empty() || !key_store_password.empty(); }
  bool names_proxy() const;

 protected:
  template <class Visitor>
  void visit_proxy(Visitor& visit) {
    visit("XksProxyUriEndpoint", xks_proxy_uri_endpoint, kEndpointRule);
    visit("XksProxyUriPath", xks_proxy_uri_path, kPathRule);
    visit("XksProxyVpcEndpointServiceName", xks_proxy_vpc_endpoint_service_name, kVpcServiceRule);
    visit("XksProxyVpcEndpointServiceOwner", xks_proxy_vpc_endpoint_service_owner, kVpcOwnerRule);
    visit("XksProxyAuthenticationCredential", xks_proxy_authentication_credential,
          {.help = "How KMS authenticates to the proxy"});
    visit("XksProxyConnectivity", xks_proxy_connectivity, {.help = "How the proxy is reached"});
  }
};

struct CreateCustomKeyStoreRequest : KeyStoreMembers {
  std::string custom_key_store_name;
  std::string trust_anchor_certificate;
  CustomKeyStoreType custom_key_store_type = CustomKeyStoreType::kCloudHsm;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("CustomKeyStoreName", custom_key_store_name,
          {.required = true, .min = 1, .max = 256, .help = "Friendly name, unique in the region"});
    visit("CloudHsmClusterId", cloud_hsm_cluster_id, kClusterRule);
    visit("TrustAnchorCertificate", trust_anchor_certificate,
          {.min = 1, .max = 5000, .help = "Certificate with which the cluster was initialized"});
    visit("KeyStorePassword", key_store_password, kStorePasswordRule);
    visit("CustomKeyStoreType", custom_key_store_type, {.help = "AWS_CLOUDHSM when left out"});
    visit_proxy(visit);
  }
  void check() const;
};
struct CreateCustomKeyStoreResponse {
  std::string custom_key_store_id;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("CustomKeyStoreId", custom_key_store_id, {.help = "Id of the custom key store"});
  }
};
CreateCustomKeyStoreResponse create_custom_key_store(Call& call, const CreateCustomKeyStoreRequest& request);

struct UpdateCustomKeyStoreRequest : KeyStoreMembers {
  std::string custom_key_store_id;
  std::string new_custom_key_store_name;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("CustomKeyStoreId", custom_key_store_id, kKeyStoreIdRule);
    visit("NewCustomKeyStoreName", new_custom_key_store_name, {.min = 1, .max = 256, .help = "Another friendly name"});
    visit("KeyStorePassword", key_store_password, kStorePasswordRule);
    visit("CloudHsmClusterId", cloud_hsm_cluster_id, kClusterRule);
    visit_proxy(visit);
  }
};
EmptyResponse update_custom_key_store(Call& call, const UpdateCustomKeyStoreRequest& request);

struct CustomKeyStoreRequest {
  std::string custom_key_store_id;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("CustomKeyStoreId", custom_key_store_id, kKeyStoreIdRule);
  }
};
EmptyResponse connect_custom_key_store(Call& call, const CustomKeyStoreRequest& request);
EmptyResponse disconnect_custom_key_store(Call& call, const CustomKeyStoreRequest& request);
EmptyResponse delete_custom_key_store(Call& call, const CustomKeyStoreRequest& request);

struct DescribeCustomKeyStoresRequest {
  std::string custom_key_store_id;
  std::string custom_key_store_name;
  std::int32_t limit = 100;
  std::string marker;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("CustomKeyStoreId", custom_key_store_id, {.min = 1, .max = 64, .help = "Only this one"});
    visit("CustomKeyStoreName", custom_key_store_name, {.min = 1, .max = 256, .help = "Only the one of this name"});
    visit("Limit", limit, kLimitRule);
    visit("Marker", marker, kMarkerRule);
  }
  void check() const;
};
struct XksProxyConfiguration {
  std::optional<XksProxyConnectivity> connectivity;
  std::string access_key_id;
  std::string uri_endpoint;
  std::string uri_path;
  std::optional<std::string> vpc_endpoint_service_name;
  std::optional<std::string> vpc_endpoint_service_owner;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Connectivity", connectivity, {.help = "How the proxy is reached"});
    visit("AccessKeyId", access_key_id, {.help = "Of the credential of the proxy"});
    visit("UriEndpoint", uri_endpoint, {.help = "https:// and the host of the proxy"});
    visit("UriPath", uri_path, {.help = "Path of the proxy's API"});
    visit("VpcEndpointServiceName", vpc_endpoint_service_name, {.help = "Of a proxy that is reached by one"});
    visit("VpcEndpointServiceOwner", vpc_endpoint_service_owner, {.help = "Account that owns that service, if given"});
  }
};
struct CustomKeyStoresListEntry {
  std::string custom_key_store_id;
  std::string custom_key_store_name;
  std::optional<std::string> cloud_hsm_cluster_id;
  std::optional<std::string> trust_anchor_certificate;
  ConnectionState connection_state = ConnectionState::kDisconnected;
  std::optional<std::string> connection_error_code;
  Time creation_date;
  CustomKeyStoreType custom_key_store_type = CustomKeyStoreType::kCloudHsm;
  std::optional<XksProxyConfiguration> xks_proxy_configuration;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("CustomKeyStoreId", custom_key_store_id, {.help = "Id of the custom key store"});
    visit("CustomKeyStoreName", custom_key_store_name, {.help = "Its friendly name"});
    visit("CloudHsmClusterId", cloud_hsm_cluster_id, {.help = "Of a store of type AWS_CLOUDHSM"});
    visit("TrustAnchorCertificate", trust_anchor_certificate, {.help = "Of a store of type AWS_CLOUDHSM"});
    visit("ConnectionState", connection_state, {.help = "Whether its keys can be used"});
    visit("ConnectionErrorCode", connection_error_code, {.help = "Why not, in the state FAILED"});
    visit("CreationDate", creation_date, {.help = "When the store was made"});
    visit("CustomKeyStoreType", custom_key_store_type, {.help = "What holds its keys"});
    visit("XksProxyConfiguration", xks_proxy_configuration, {.help = "Of a store of type EXTERNAL_KEY_STORE"});
  }
};
struct DescribeCustomKeyStoresResponse {
  std::vector<CustomKeyStoresListEntry> custom_key_stores;
  std::optional<std::string> next_marker;
  bool truncated = false;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("CustomKeyStores", custom_key_stores, {.help = "The custom key stores"});
    visit_next_page(visit, next_marker, truncated);
  }
};
DescribeCustomKeyStoresResponse describe_custom_key_stores(Call& call, const DescribeCustomKeyStoresRequest& request);

}  // namespace kms
