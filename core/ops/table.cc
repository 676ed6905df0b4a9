#include "core/ops/table.h"

#include <array>
#include <nlohmann/json.hpp>

#include "core/ops/access.h"
#include "core/ops/agreement.h"
#include "core/ops/aliases.h"
#include "core/ops/audit_trail.h"
#include "core/ops/credentials.h"
#include "core/ops/data_key_pairs.h"
#include "core/ops/data_keys.h"
#include "core/ops/deletion.h"
#include "core/ops/encrypt.h"
#include "core/ops/grants.h"
#include "core/ops/identities.h"
#include "core/ops/identity_policies.h"
#include "core/ops/import.h"
#include "core/ops/key_stores.h"
#include "core/ops/keys.h"
#include "core/ops/mac.h"
#include "core/ops/organization.h"
#include "core/ops/policies.h"
#include "core/ops/quotas.h"
#include "core/ops/regions.h"
#include "core/ops/replica_transfer.h"
#include "core/ops/replicas.h"
#include "core/ops/rotation.h"
#include "core/ops/sessions.h"
#include "core/ops/sign.h"
#include "core/ops/slots.h"
#include "core/ops/tags.h"
#include "core/ops/usage.h"
#include "core/service/binding.h"

namespace kms {

// Adding an operation: a request struct and a handler in the file of its family, a line here, and a test.
// Reading is what changes nothing: the trail calls it readOnly, and cryptographic operations are of that kind.
// NOLINTNEXTLINE(readability-function-size): a table
std::span<const Operation> operations() {
  constexpr auto kRead = Access::kRead;
  constexpr auto kWrite = Access::kWrite;
  constexpr auto kExclusive = Access::kExclusive;
  constexpr auto kId = KeyReference::kIdOrArn;
  constexpr auto kAlias = KeyReference::kIdArnOrAlias;
  using enum Resource;
  // clang-format off
  static const auto table = std::to_array<Operation>({
      //  name                access   authorized on  named by  key states  handler          summary
      row("CancelKeyDeletion", kWrite, kKey,          kId,    kPendingDeletionOnly, cancel_key_deletion, "Keep a key whose deletion was scheduled; it stays disabled"),
      row("ConnectCustomKeyStore", kWrite, kAccount,  kId,    kAnyState,    connect_custom_key_store, "Connect a custom key store to what backs it"),
      row("CreateAlias",      kWrite,  kAliasAndKey,  kId,    kNotPendingDeletion, create_alias,   "Give a key a friendly name"),
      row("CreateCustomKeyStore", kWrite, kAccount,   kId,    kAnyState,    create_custom_key_store, "Register a CloudHSM cluster or an external key manager"),
      row("CreateGrant",      kWrite,  kKey,          kId,    kUsable,      create_grant,    "Allow a principal to use a key"),
      row("CreateKey",        kWrite,  kAccount,      kId,    kAnyState,    create_key,      "Create a key"),
      row("Decapsulate",      kRead,   kKey,          kAlias, kEnabledOnly, decapsulate,     "Find the secret that an encapsulation holds"),
      row("Decrypt",          kRead,   kKey,          kAlias, kEnabledOnly, decrypt,         "Decrypt what Encrypt or GenerateDataKey made"),
      row("DeleteAlias",      kWrite,  kAliasAndKey,  kAlias, kAnyState,    delete_alias,    "Remove a friendly name from its key"),
      row("DeleteCustomKeyStore", kWrite, kAccount,   kId,    kAnyState,    delete_custom_key_store, "Forget a custom key store that has no keys"),
      row("DeleteImportedKeyMaterial", kExclusive, kKey, kId, kAnyState,    delete_imported_key_material, "Destroy imported key material"),
      row("DeriveSharedSecret", kRead, kKey,          kAlias, kEnabledOnly, derive_shared_secret, "Agree on a secret with the holder of another key (ECDH)"),
      row("DescribeCustomKeyStores", kRead, kAccount, kId,    kAnyState,    describe_custom_key_stores, "Show the custom key stores"),
      row("DescribeKey",      kRead,   kKey,          kAlias, kAnyState,    describe_key,    "Show what is known about a key"),
      row("DisableKey",       kWrite,  kKey,          kId,    kEnabledOrDisabled, disable_key, "Stop a key from being used until it is enabled again"),
      row("DisableKeyRotation", kWrite, kKey,         kId,    kAnyState,    disable_key_rotation, "Stop rotating a key by schedule"),
      row("DisconnectCustomKeyStore", kWrite, kAccount, kId,  kAnyState,    disconnect_custom_key_store, "Disconnect a custom key store"),
      row("EnableKey",        kWrite,  kKey,          kId,    kEnabledOrDisabled, enable_key,  "Let a disabled key be used again"),
      row("EnableKeyRotation", kWrite, kKey,          kId,    kAnyState,    enable_key_rotation, "Rotate a key by schedule"),
      row("Encapsulate",      kRead,   kKey,          kAlias, kEnabledOnly, encapsulate,     "Make a secret that only the holder of the key can find (ML-KEM)"),
      row("Encrypt",          kRead,   kKey,          kAlias, kEnabledOnly, encrypt,         "Encrypt up to 4096 bytes"),
      row("GenerateDataKey",  kRead,   kKey,          kAlias, kEnabledOnly, generate_data_key, "Make a data key, in plaintext and encrypted"),
      row("GenerateDataKeyPair", kRead, kKey,         kAlias, kEnabledOnly, generate_data_key_pair, "Make a data key pair, its private key in plaintext and encrypted"),
      row("GenerateDataKeyPairWithoutPlaintext", kRead, kKey, kAlias, kEnabledOnly, generate_data_key_pair_without_plaintext, "Make a data key pair, its private key encrypted only"),
      row("GenerateDataKeyWithoutPlaintext", kRead, kKey, kAlias, kEnabledOnly, generate_data_key_without_plaintext, "Make a data key, encrypted only"),
      row("GenerateMac",      kRead,   kKey,          kAlias, kEnabledOnly, generate_mac,    "Compute the MAC of a message"),
      row("GenerateRandom",   kRead,   kAccount,      kId,    kAnyState,    generate_random, "Make random bytes"),
      reading_traces(row("GetKeyLastUsage",  kRead,   kKey,          kId,    kAnyState,    get_key_last_usage, "Show when a key was last used, and for what")),
      row("GetKeyPolicy",     kRead,   kKey,          kId,    kAnyState,    get_key_policy,  "Show the policy of a key"),
      row("GetKeyRotationStatus", kRead, kKey,        kId,    kAnyState,    get_key_rotation_status, "Show whether and when a key rotates"),
      row("GetParametersForImport", kRead, kKey,      kId,    kAnyState,    get_parameters_for_import, "Get a public key and a token for importing key material"),
      row("GetPublicKey",     kRead,   kKey,          kAlias, kEnabledOnly, get_public_key,  "Show the public key of an asymmetric key"),
      row("ImportKeyMaterial", kWrite, kKey,          kId,    kAnyState,    import_key_material, "Import wrapped key material"),
      row("ListAliases",      kRead,   kAccount,      kId,    kAnyState,    list_aliases,    "List friendly names, of all keys or of one"),
      row("ListGrants",       kRead,   kKey,          kId,    kAnyState,    list_grants,     "List the grants of a key"),
      row("ListKeyPolicies",  kRead,   kKey,          kId,    kAnyState,    list_key_policies, "List the names of the policies of a key"),
      row("ListKeyRotations", kRead,   kKey,          kId,    kAnyState,    list_key_rotations, "List the rotations of a key, oldest first"),
      row("ListKeys",         kRead,   kAccount,      kId,    kAnyState,    list_keys,       "List all keys"),
      row("ListResourceTags", kRead,   kKey,          kId,    kAnyState,    list_resource_tags, "List the tags of a key"),
      row("ListRetirableGrants", kRead, kAccount,     kId,    kAnyState,    list_retirable_grants, "List the grants that a principal may retire"),
      row("PutKeyPolicy",     kWrite,  kKey,          kId,    kAnyState,    put_key_policy,  "Change the policy of a key"),
      row("ReEncrypt",        kRead,   kKey,          kAlias, kEnabledOnly, re_encrypt,      "Decrypt and encrypt again under another key or context", "kms:ReEncryptFrom", "kms:ReEncryptTo"),
      row("ReplicateKey",     kWrite,  kKey,          kId,    kUsable,      replicate_key,   "Make a replica of a multi-Region key in another Region"),
      row("RetireGrant",      kWrite,  kNothing,      kId,    kAnyState,    retire_grant,    "Give a grant back"),
      row("RevokeGrant",      kWrite,  kKey,          kId,    kAnyState,    revoke_grant,    "Take a grant back"),
      row("RotateKeyOnDemand", kWrite, kKey,          kId,    kAnyState,    rotate_key_on_demand, "Rotate a key now"),
      row("ScheduleKeyDeletion", kWrite, kKey,        kId,    kNotPendingDeletion, schedule_key_deletion, "Destroy a key after a waiting period"),
      row("Sign",             kRead,   kKey,          kAlias, kEnabledOnly, sign,            "Sign a message of up to 4096 bytes, or a digest"),
      row("TagResource",      kWrite,  kKey,          kId,    kNotPendingDeletion, tag_resource, "Give a key tags"),
      row("UntagResource",    kWrite,  kKey,          kId,    kNotPendingDeletion, untag_resource, "Remove tags from a key"),
      row("UpdateAlias",      kWrite,  kAliasAndKey,  kId,    kNotPendingDeletion, update_alias, "Move a friendly name to another key"),
      row("UpdateCustomKeyStore", kWrite, kAccount,   kId,    kAnyState,    update_custom_key_store, "Change what is known of a custom key store"),
      row("UpdateKeyDescription", kWrite, kKey,       kId,    kNotPendingDeletion, update_key_description, "Change what a key says it is for"),
      row("UpdatePrimaryRegion", kWrite, kKey,        kId,    kUsable,      update_primary_region, "Let another Region lead a multi-Region key"),
      row("Verify",           kRead,   kKey,          kAlias, kEnabledOnly, verify,          "Verify a signature"),
      row("VerifyMac",        kRead,   kKey,          kAlias, kEnabledOnly, verify_mac,      "Verify the MAC of a message"),
      // Ours, with the permission of an operation of AWS.
      own_row(row("GetCachedDataKey", kRead, kKey,    kAlias, kEnabledOnly, get_cached_data_key, "Get a data key that was made before, within limits, or a new one", "kms:GenerateDataKey")),
      // Administration of the vault.
      row("AcceptClock",      kWrite,  kAccount,      kId,    kAnyState,    accept_clock_time, "Believe the clock again after it was wrong", "kmsctl:AcceptClock"),
      row("AddRegion",        kWrite,  kAccount,      kId,    kAnyState,    add_region,      "Add a Region to the vault", "kmsctl:AddRegion"),
      row("AddSlot",          kExclusive, kAccount,   kId,    kAnyState,    add_slot,        "Add a credential that opens the vault", "kmsctl:AddSlot"),
      row("ExportReplica",    kWrite,  kKey,          kAlias, kAnyState,    export_replica,  "Seal a replica for another vault", "kmsctl:ExportReplica"),
      row("ForgetReplica",    kWrite,  kKey,          kAlias, kAnyState,    forget_replica,  "Know that a replica in another vault is gone", "kmsctl:ForgetReplica"),
      row("GetTransportKey",  kRead,   kAccount,      kId,    kAnyState,    get_transport_key, "Show the key that replicas for this vault are sealed to", "kmsctl:GetTransportKey"),
      row("ImportReplica",    kWrite,  kAccount,      kId,    kAnyState,    import_replica,  "Take a replica from another vault", "kmsctl:ImportReplica"),
      reading_traces(row("ListAuditEvents",  kRead,   kAccount,      kAlias, kAnyState,    list_audit_events, "List what was done, newest last", "kmsctl:ListAuditEvents")),
      row("ListRegions",      kRead,   kAccount,      kId,    kAnyState,    list_regions,    "List the Regions of the vault", "kmsctl:ListRegions"),
      row("ListSlots",        kRead,   kAccount,      kId,    kAnyState,    list_slots,      "List the credentials that open the vault", "kmsctl:ListSlots"),
      row("RemoveSlot",       kExclusive, kAccount,   kId,    kAnyState,    remove_slot,     "Revoke a credential", "kmsctl:RemoveSlot"),
      row("ReplaceSlot",      kExclusive, kAccount,   kId,    kAnyState,    replace_slot,    "Change a credential and revoke the old one", "kmsctl:ReplaceSlot"),
      row("DeleteQuota",      kWrite,  kAccount,      kId,    kAnyState,    delete_quota,    "Limit requests no longer", "kmsctl:DeleteQuota"),
      row("ListQuotas",       kRead,   kAccount,      kId,    kAnyState,    list_quotas,     "List the quotas of requests", "kmsctl:ListQuotas"),
      row("PutQuota",         kWrite,  kAccount,      kId,    kAnyState,    put_quota,       "Limit how often principals may call", "kmsctl:PutQuota"),
      // Who callers of the agent are.
      row("CreateAccessKey",  kWrite,  kIdentity,     kId,    kAnyState,    create_access_key, "Make an access key, which signs requests", "kmsctl:CreateAccessKey"),
      row("DeleteAccessKey",  kWrite,  kAccount,      kId,    kAnyState,    delete_access_key, "Revoke an access key", "kmsctl:DeleteAccessKey"),
      row("ListAccessKeys",   kRead,   kAccount,      kId,    kAnyState,    list_access_keys, "List the access keys", "kmsctl:ListAccessKeys"),
      row("ListUidMappings",  kRead,   kAccount,      kId,    kAnyState,    list_uid_mappings, "List which users of the system are whom", "kmsctl:ListUidMappings"),
      row("MapUid",           kWrite,  kAccount,      kId,    kAnyState,    map_uid,         "Let a user of the system call as a principal", "kmsctl:MapUid"),
      row("UnmapUid",         kWrite,  kAccount,      kId,    kAnyState,    unmap_uid,       "Let a user of the system call as nobody", "kmsctl:UnmapUid"),
      // Identities and the policies that are theirs or above them.
      row("AddUserToGroup",   kWrite,  kIdentity,     kId,    kAnyState,    add_user_to_group, "Put a user into a group", "kmsctl:AddUserToGroup"),
      row("AssumeRole",       kRead,   kNothing,      kId,    kAnyState,    assume_role,     "Open a session of a role", "sts:AssumeRole"),
      row("CreateAccount",    kWrite,  kAccount,      kId,    kAnyState,    create_account,  "Let the vault know another account", "kmsctl:CreateAccount"),
      row("CreatePrincipal",  kWrite,  kIdentity,     kId,    kAnyState,    create_principal, "Create a user, group or role", "kmsctl:CreatePrincipal"),
      row("DeleteAccount",    kWrite,  kAccount,      kId,    kAnyState,    delete_account,  "Forget an account that has nothing", "kmsctl:DeleteAccount"),
      row("DeleteEndpointPolicy", kWrite, kAccount,   kId,    kAnyState,    delete_endpoint_policy, "Let a listener of the agent pass every call again", "kmsctl:DeleteEndpointPolicy"),
      row("DeleteOrganizationPolicy", kWrite, kAccount, kId,  kAnyState,    delete_organization_policy, "Detach a policy from a level of the organization", "kmsctl:DeleteOrganizationPolicy"),
      row("DeletePermissionsBoundary", kWrite, kIdentity, kId, kAnyState,   delete_permissions_boundary, "Remove the permissions boundary of a user or role", "kmsctl:DeletePermissionsBoundary"),
      row("DeletePrincipal",  kWrite,  kIdentity,     kId,    kAnyState,    delete_principal, "Delete a user, group or role", "kmsctl:DeletePrincipal"),
      row("DeletePrincipalPolicy", kWrite, kIdentity, kId,    kAnyState,    delete_principal_policy, "Delete a policy of a user, group or role", "kmsctl:DeletePrincipalPolicy"),
      row("DescribePrincipal", kRead,  kIdentity,     kId,    kAnyState,    describe_principal, "Show a user, group or role", "kmsctl:DescribePrincipal"),
      row("ExplainAccess",    kRead,   kNothing,      kAlias, kAnyState,    explain_access,  "Explain why a principal may or may not do something", "kmsctl:ExplainAccess"),
      row("GetCallerIdentity", kRead,  kNothing,      kId,    kAnyState,    get_caller_identity, "Show who calls", "sts:GetCallerIdentity"),
      row("GetEndpointPolicy", kRead,  kAccount,      kId,    kAnyState,    get_endpoint_policy, "Show the policy of a listener of the agent", "kmsctl:GetEndpointPolicy"),
      row("GetOrganizationPolicy", kRead, kAccount,   kId,    kAnyState,    get_organization_policy, "Show a policy of a level of the organization", "kmsctl:GetOrganizationPolicy"),
      row("GetPrincipalPolicy", kRead, kIdentity,     kId,    kAnyState,    get_principal_policy, "Show a policy of a user, group or role", "kmsctl:GetPrincipalPolicy"),
      row("ListAccounts",     kRead,   kAccount,      kId,    kAnyState,    list_accounts,   "List the accounts that the vault knows", "kmsctl:ListAccounts"),
      row("ListOrganizationPolicies", kRead, kAccount, kId,   kAnyState,    list_organization_policies, "List the policies above an account, level by level", "kmsctl:ListOrganizationPolicies"),
      row("ListPrincipalPolicies", kRead, kIdentity,  kId,    kAnyState,    list_principal_policies, "List the policies of a user, group or role", "kmsctl:ListPrincipalPolicies"),
      row("ListPrincipals",   kRead,   kAccount,      kId,    kAnyState,    list_principals, "List users, groups and roles", "kmsctl:ListPrincipals"),
      row("ListPrincipalsWithAccess", kRead, kAccount, kAlias, kAnyState,   list_principals_with_access, "List the principals that may do something", "kmsctl:ListPrincipalsWithAccess"),
      row("PutEndpointPolicy", kWrite, kAccount,      kId,    kAnyState,    put_endpoint_policy, "Limit what a listener of the agent lets through", "kmsctl:PutEndpointPolicy"),
      row("PutOrganizationPolicy", kWrite, kAccount,  kId,    kAnyState,    put_organization_policy, "Attach a policy to a level of the organization", "kmsctl:PutOrganizationPolicy"),
      row("PutPermissionsBoundary", kWrite, kIdentity, kId,   kAnyState,    put_permissions_boundary, "Limit what a user or role may do", "kmsctl:PutPermissionsBoundary"),
      row("PutPrincipalPolicy", kWrite, kIdentity,    kId,    kAnyState,    put_principal_policy, "Give a user, group or role a policy", "kmsctl:PutPrincipalPolicy"),
      row("RemoveUserFromGroup", kWrite, kIdentity,   kId,    kAnyState,    remove_user_from_group, "Take a user out of a group", "kmsctl:RemoveUserFromGroup"),
      row("TagPrincipal",     kWrite,  kIdentity,     kId,    kAnyState,    tag_principal,   "Give a user, group or role tags", "kmsctl:TagPrincipal"),
      row("UntagPrincipal",   kWrite,  kIdentity,     kId,    kAnyState,    untag_principal, "Remove tags from a user, group or role", "kmsctl:UntagPrincipal"),
      row("UpdateAccount",    kWrite,  kAccount,      kId,    kAnyState,    update_account,  "Move an account in the organization, or rename it", "kmsctl:UpdateAccount"),
      row("UpdateTrustPolicy", kWrite, kIdentity,     kId,    kAnyState,    update_trust_policy, "Change who may assume a role", "kmsctl:UpdateTrustPolicy"),
  });
  // clang-format on
  return table;
}

}  // namespace kms
