#include "core/ops/table.h"

#include <array>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "core/ops/kms/agreement.h"
#include "core/ops/kms/aliases.h"
#include "core/ops/kms/data_key_pairs.h"
#include "core/ops/kms/data_keys.h"
#include "core/ops/kms/deletion.h"
#include "core/ops/kms/encrypt.h"
#include "core/ops/kms/grants.h"
#include "core/ops/kms/import.h"
#include "core/ops/kms/key_stores.h"
#include "core/ops/kms/keys.h"
#include "core/ops/kms/mac.h"
#include "core/ops/kms/policies.h"
#include "core/ops/kms/replicas.h"
#include "core/ops/kms/rotation.h"
#include "core/ops/kms/sign.h"
#include "core/ops/kms/tags.h"
#include "core/ops/kms/usage.h"
#include "core/ops/vault/access.h"
#include "core/ops/vault/agent.h"
#include "core/ops/vault/alerts.h"
#include "core/ops/vault/audit_checkpoints.h"
#include "core/ops/vault/audit_pruning.h"
#include "core/ops/vault/audit_settings.h"
#include "core/ops/vault/audit_trail.h"
#include "core/ops/vault/audit_usage.h"
#include "core/ops/vault/audit_verification.h"
#include "core/ops/vault/audit_witness.h"
#include "core/ops/vault/backups.h"
#include "core/ops/vault/credentials.h"
#include "core/ops/vault/identities.h"
#include "core/ops/vault/identity_policies.h"
#include "core/ops/vault/key_details.h"
#include "core/ops/vault/lookup_events.h"
#include "core/ops/vault/metrics.h"
#include "core/ops/vault/organization.h"
#include "core/ops/vault/orphaned_keys.h"
#include "core/ops/vault/quotas.h"
#include "core/ops/vault/regions.h"
#include "core/ops/vault/repairs.h"
#include "core/ops/vault/replica_transfer.h"
#include "core/ops/vault/rollbacks.h"
#include "core/ops/vault/sessions.h"
#include "core/ops/vault/slots.h"
#include "core/ops/vault/upkeep.h"
#include "core/service/binding.h"

namespace kms {

namespace {

// What policies may name although no operation asks for it: KMS itself changes the other keys of a multi-Region key.
constexpr std::string_view kSynchronize = "SynchronizeMultiRegionKey";

struct KeyActions {
  KeyActions() {
    keys.reserve(operations().size());  // nothing in it moves
    for (const Operation& row : operations()) {
      if (!row.of_aws_kms()) continue;
      keys.push_back(condition_keys(row));
      add(row.first);
      if (!row.second.is(row.first.text())) add(row.second);
    }
    actions.push_back({kKmsService.action_prefix, kSynchronize});
  }

  void add(policy::Action action) {
    action.condition_keys = keys.back();
    actions.push_back(action);
  }

  std::vector<std::vector<std::string>> keys;
  std::vector<policy::Action> actions;
};

}  // namespace

const Operation& row_of_handler(const char* tag) {
  for (const Operation& row : operations()) {
    if (row.tag == tag) return row;
  }
  throw std::logic_error("a handler that no operation has");
}

std::span<const policy::Action> key_actions() {
  static const KeyActions all;
  return all.actions;
}

// Adding an operation: a request struct and a handler in the file of its family, a line here, and a test.
// Reading is what changes nothing: the trail calls it readOnly, and cryptographic operations are of that kind.
// Made by the compiler: commands look at it before they do anything.
// NOLINTNEXTLINE(readability-function-size): a table
std::span<const Operation> operations() {
  constexpr auto kRead = Access::kRead;
  constexpr auto kWrite = Access::kWrite;
  constexpr auto kId = KeyReference::kIdOrArn;
  constexpr auto kAlias = KeyReference::kIdArnOrAlias;
  using enum Resource;
  constexpr Traits kOfVault{.service = &kVaultService};
  // Their successes leave no event: that of BackupVault stands for them.
  constexpr Traits kOfBackup{.service = &kVaultService, .action = "BackupVault", .looks_at_trail = true};
  constexpr Traits kReadsTrail{.service = &kVaultService, .reads_side_records = true};
  constexpr Traits kLooksAtTrail{.service = &kVaultService, .reads_side_records = true, .looks_at_trail = true};
  constexpr Traits kOfCloudTrail{.service = &kCloudTrailService, .reads_side_records = true, .looks_at_trail = true};
  constexpr Traits kOfSts{.service = &kStsService};
  constexpr Traits kShows{.managed = ManagedUse::kShows};
  constexpr Traits kUses{.tracks_use = true,
                         .quick = true,
                         .crosses_accounts = true,
                         .managed = ManagedUse::kUses,
                         .quota = QuotaClass::kByKey};
  constexpr Traits kReEncrypts{.action = "ReEncryptFrom",
                               .second_action = "ReEncryptTo",
                               .tracks_use = true,
                               .quick = true,
                               .crosses_accounts = true,
                               .managed = ManagedUse::kUses,
                               .quota = QuotaClass::kByKey,
                               .same_key = "kms:ReEncryptOnSameKey"};
  // Keys that KMS manages have no such uses.
  constexpr Traits kShares{.tracks_use = true, .quick = true, .crosses_accounts = true, .quota = QuotaClass::kByKey};
  constexpr Traits kMakesPair{.tracks_use = true, .crosses_accounts = true, .managed = ManagedUse::kUses};
  // clang-format off
  static constexpr auto table = std::to_array<Operation>({
      //  handler                         name                   access      authorized on named by key states   summary
      row<cancel_key_deletion>(         "CancelKeyDeletion",   kWrite,     kKey,         kId,    kPendingDeletionOnly, "Keep a key whose deletion was scheduled; it stays disabled"),
      row<connect_custom_key_store>(    "ConnectCustomKeyStore", kWrite,     kAccount,     kId,    kAnyState,    "Connect a custom key store to what backs it"),
      row<create_alias>(                "CreateAlias",         kWrite,     kAliasAndKey, kId,    kNotPendingDeletion, "Give a key a friendly name"),
      row<create_custom_key_store>(     "CreateCustomKeyStore", kWrite,     kAccount,     kId,    kAnyState,    "Register a CloudHSM cluster or an external key manager"),
      row<create_grant>(                "CreateGrant",         kWrite,     kKey,         kId,    kUsable,      "Allow a principal to use a key", {.crosses_accounts = true, .managed = ManagedUse::kUses}),
      row<create_key>(                  "CreateKey",           kWrite,     kAccount,     kId,    kAnyState,    "Create a key"),
      row<decapsulate>(                 "Decapsulate",         kRead,      kKey,         kAlias, kEnabledOnly, "Find the secret that an encapsulation holds", kShares),
      row<decrypt>(                     "Decrypt",             kRead,      kKey,         kAlias, kEnabledOnly, "Decrypt what Encrypt or GenerateDataKey made", kUses),
      row<delete_alias>(                "DeleteAlias",         kWrite,     kAliasAndKey, kAlias, kAnyState,    "Remove a friendly name from its key"),
      row<delete_custom_key_store>(     "DeleteCustomKeyStore", kWrite,     kAccount,     kId,    kAnyState,    "Forget a custom key store that has no keys"),
      row<delete_imported_key_material>("DeleteImportedKeyMaterial", kWrite,     kKey,         kId,    kAnyState,    "Destroy imported key material"),
      row<derive_shared_secret>(        "DeriveSharedSecret",  kRead,      kKey,         kAlias, kEnabledOnly, "Agree on a secret with the holder of another key (ECDH)", kShares),
      row<describe_custom_key_stores>(  "DescribeCustomKeyStores", kRead,      kAccount,     kId,    kAnyState,    "Show the custom key stores"),
      row<describe_key>(                "DescribeKey",         kRead,      kKey,         kAlias, kAnyState,    "Show what is known about a key", {.quick = true, .crosses_accounts = true, .no_encryption_context = true, .makes_managed_keys = true, .managed = ManagedUse::kShows}),
      row<disable_key>(                 "DisableKey",          kWrite,     kKey,         kId,    kEnabledOrDisabled, "Stop a key from being used until it is enabled again", {.shows_idle_days = true}),
      row<disable_key_rotation>(        "DisableKeyRotation",  kWrite,     kKey,         kId,    kAnyState,    "Stop rotating a key by schedule"),
      row<disconnect_custom_key_store>( "DisconnectCustomKeyStore", kWrite,     kAccount,     kId,    kAnyState,    "Disconnect a custom key store"),
      row<enable_key>(                  "EnableKey",           kWrite,     kKey,         kId,    kEnabledOrDisabled, "Let a disabled key be used again"),
      row<enable_key_rotation>(         "EnableKeyRotation",   kWrite,     kKey,         kId,    kAnyState,    "Rotate a key by schedule"),
      row<encapsulate>(                 "Encapsulate",         kRead,      kKey,         kAlias, kEnabledOnly, "Make a secret that only the holder of the key can find (ML-KEM)", kShares),
      row<encrypt>(                     "Encrypt",             kRead,      kKey,         kAlias, kEnabledOnly, "Encrypt up to 4096 bytes", kUses),
      row<generate_data_key>(           "GenerateDataKey",     kRead,      kKey,         kAlias, kEnabledOnly, "Make a data key, in plaintext and encrypted", kUses),
      row<generate_data_key_pair>(      "GenerateDataKeyPair", kRead,      kKey,         kAlias, kEnabledOnly, "Make a data key pair, its private key in plaintext and encrypted", kMakesPair),
      row<generate_data_key_pair_without_plaintext>("GenerateDataKeyPairWithoutPlaintext", kRead,      kKey,         kAlias, kEnabledOnly, "Make a data key pair, its private key encrypted only", kMakesPair),
      row<generate_data_key_without_plaintext>("GenerateDataKeyWithoutPlaintext", kRead,      kKey,         kAlias, kEnabledOnly, "Make a data key, encrypted only", kUses),
      row<generate_mac>(                "GenerateMac",         kRead,      kKey,         kAlias, kEnabledOnly, "Compute the MAC of a message", kShares),
      row<generate_random>(             "GenerateRandom",      kRead,      kAccount,     kId,    kAnyState,    "Make random bytes", {.quick = true, .quota = QuotaClass::kSymmetric}),
      row<get_key_last_usage>("GetKeyLastUsage",     kRead,      kKey,         kId,    kAnyState,    "Show when a key was last used, and for what", {.reads_side_records = true, .managed = ManagedUse::kShows}),
      row<get_key_policy>(              "GetKeyPolicy",        kRead,      kKey,         kId,    kAnyState,    "Show the policy of a key", kShows),
      row<get_key_rotation_status>(     "GetKeyRotationStatus", kRead,      kKey,         kId,    kAnyState,    "Show whether and when a key rotates", {.crosses_accounts = true, .managed = ManagedUse::kShows}),
      row<get_parameters_for_import>(   "GetParametersForImport", kRead,      kKey,         kId,    kAnyState,    "Get a public key and a token for importing key material"),
      row<get_public_key>(              "GetPublicKey",        kRead,      kKey,         kAlias, kEnabledOnly, "Show the public key of an asymmetric key", {.quick = true, .crosses_accounts = true, .managed = ManagedUse::kShows}),
      row<import_key_material>(         "ImportKeyMaterial",   kWrite,     kKey,         kId,    kAnyState,    "Import wrapped key material"),
      row<list_aliases>(                "ListAliases",         kRead,      kAccount,     kId,    kAnyState,    "List friendly names, of all keys or of one", kShows),
      row<list_grants>(                 "ListGrants",          kRead,      kKey,         kId,    kAnyState,    "List the grants of a key", {.crosses_accounts = true, .managed = ManagedUse::kUses}),
      row<list_key_policies>(           "ListKeyPolicies",     kRead,      kKey,         kId,    kAnyState,    "List the names of the policies of a key", kShows),
      row<list_key_rotations>(          "ListKeyRotations",    kRead,      kKey,         kId,    kAnyState,    "List the rotations of a key, oldest first", kShows),
      row<list_keys>(                   "ListKeys",            kRead,      kAccount,     kId,    kAnyState,    "List all keys"),
      row<list_resource_tags>(          "ListResourceTags",    kRead,      kKey,         kId,    kAnyState,    "List the tags of a key", kShows),
      row<list_retirable_grants>(       "ListRetirableGrants", kRead,      kAccount,     kId,    kAnyState,    "List the grants that a principal may retire"),
      row<put_key_policy>(              "PutKeyPolicy",        kWrite,     kKey,         kId,    kAnyState,    "Change the policy of a key"),
      row<re_encrypt>(                  "ReEncrypt",           kRead,      kKey,         kAlias, kEnabledOnly, "Decrypt and encrypt again under another key or context", kReEncrypts),
      row<replicate_key>(               "ReplicateKey",        kWrite,     kKey,         kId,    kUsable,      "Make a replica of a multi-Region key in another Region"),
      row<retire_grant>(                "RetireGrant",         kWrite,     kNothing,     kId,    kAnyState,    "Give a grant back", {.crosses_accounts = true, .no_encryption_context = true, .by_grant_only = true, .asks_about = fields_of<ConstraintsMember>}),
      row<revoke_grant>(                "RevokeGrant",         kWrite,     kKey,         kId,    kAnyState,    "Take a grant back", {.crosses_accounts = true}),
      row<rotate_key_on_demand>(        "RotateKeyOnDemand",   kWrite,     kKey,         kId,    kAnyState,    "Rotate a key now"),
      row<schedule_key_deletion>(       "ScheduleKeyDeletion", kWrite,     kKey,         kId,    kNotPendingDeletion, "Destroy a key after a waiting period", {.shows_idle_days = true}),
      row<sign>(                        "Sign",                kRead,      kKey,         kAlias, kEnabledOnly, "Sign a message of up to 4096 bytes, or a digest", kUses),
      row<tag_resource>(                "TagResource",         kWrite,     kKey,         kId,    kNotPendingDeletion, "Give a key tags"),
      row<untag_resource>(              "UntagResource",       kWrite,     kKey,         kId,    kNotPendingDeletion, "Remove tags from a key"),
      row<update_alias>(                "UpdateAlias",         kWrite,     kAliasAndKey, kId,    kNotPendingDeletion, "Move a friendly name to another key"),
      row<update_custom_key_store>(     "UpdateCustomKeyStore", kWrite,     kAccount,     kId,    kAnyState,    "Change what is known of a custom key store"),
      row<update_key_description>(      "UpdateKeyDescription", kWrite,     kKey,         kId,    kNotPendingDeletion, "Change what a key says it is for"),
      row<update_primary_region>(       "UpdatePrimaryRegion", kWrite,     kKey,         kId,    kUsable,      "Let another Region lead a multi-Region key"),
      row<verify>(                      "Verify",              kRead,      kKey,         kAlias, kEnabledOnly, "Verify a signature", kUses),
      row<verify_mac>(                  "VerifyMac",           kRead,      kKey,         kAlias, kEnabledOnly, "Verify the MAC of a message", kShares),
      // Ours, with the permission of an operation of AWS.
      row<get_cached_data_key>( "GetCachedDataKey",    kRead,      kKey,         kAlias, kEnabledOnly, "Get a data key that was made before, within limits, or a new one", {.service = &kVaultService, .permission = &kKmsService, .action = "GenerateDataKey", .crosses_accounts = true, .managed = ManagedUse::kUses}),
      row<list_key_details>(    "ListKeyDetails",      kRead,      kAccount,     kId,    kAnyState,    "List all keys, with what you may know of each", {.service = &kVaultService, .permission = &kKmsService, .action = "ListKeys", .reads_side_records = true}),
      // Administration of the vault.
      row<backup_vault>(                "BackupVault",         kRead,      kAccount,     kId,    kAnyState,    "Make a backup of the vault", kOfVault),
      row<read_backup>(                 "ReadBackup",          kRead,      kAccount,     kId,    kAnyState,    "Read a piece of a backup that was made", kOfBackup),
      row<end_backup>(                  "EndBackup",           kRead,      kAccount,     kId,    kAnyState,    "Let go of a backup that was made", kOfBackup),
      row<check_vault>(                 "CheckVault",          kRead,      kAccount,     kId,    kAnyState,    "Verify every record of the vault", kOfVault),
      row<repair_vault>(                "RepairVault",         kRead,      kAccount,     kId,    kAnyState,    "Drop records that somebody without a key of the vault put back", kOfVault),
      row<get_metrics>(                 "GetMetrics",          kRead,      kAccount,     kId,    kAnyState,    "Count what the vault holds", {.service = &kVaultService, .verb = AgentVerb::kMetrics}),
      row<get_vault_status>(            "GetVaultStatus",      kRead,      kAccount,     kId,    kAnyState,    "Show the vault", kOfVault),
      row<maintain>(                    "Maintain",            kRead,      kAccount,     kId,    kAnyState,    "Do what is due: rotations, expirations, deletions", {.service = &kVaultService, .does_upkeep = true}),
      // What is done to the agent.
      row<lock_agent>(                  "Lock",                kRead,      kAccount,     kId,    kAnyState,    "Wipe the keys in the agent", {.service = &kAgentService, .verb = AgentVerb::kLock}),
      row<reload_agent>(                "Reload",              kRead,      kAccount,     kId,    kAnyState,    "Let the agent read its TLS files again", {.service = &kAgentService, .verb = AgentVerb::kReload}),
      row<stop_agent>(                  "Stop",                kRead,      kAccount,     kId,    kAnyState,    "End the agent", {.service = &kAgentService, .verb = AgentVerb::kStop}),
      row<unlock_agent>(                "Unlock",              kWrite,     kNothing,     kId,    kAnyState,    "Unlock the vault in the agent", {.service = &kAgentService, .verb = AgentVerb::kUnlock}),
      row<accept_clock_time>(           "AcceptClock",         kWrite,     kAccount,     kId,    kAnyState,    "Believe the clock again after it was wrong", kOfVault),
      row<accept_rollback>(             "AcceptRollback",      kWrite,     kAccount,     kId,    kAnyState,    "Go on with an older copy of the vault that was put back", kOfVault),
      row<add_region>(                  "AddRegion",           kWrite,     kAccount,     kId,    kAnyState,    "Add a Region to the vault", kOfVault),
      row<add_slot>(                    "AddSlot",             kWrite,     kAccount,     kId,    kAnyState,    "Add a credential that opens the vault", kOfVault),
      row<export_replica>(              "ExportReplica",       kWrite,     kKey,         kAlias, kAnyState,    "Seal a replica for another vault", kOfVault),
      row<forget_replica>(              "ForgetReplica",       kWrite,     kKey,         kAlias, kAnyState,    "Know that a replica in another vault is gone", kOfVault),
      row<get_audit_usage>(             "GetAuditUsage",       kRead,      kAccount,     kAlias, kAnyState,    "Count what was done, by key, principal, operation, day or error", kLooksAtTrail),
      row<get_transport_key>(           "GetTransportKey",     kRead,      kAccount,     kId,    kAnyState,    "Show the key that replicas for this vault are sealed to", kOfVault),
      row<import_replica>(              "ImportReplica",       kWrite,     kAccount,     kId,    kAnyState,    "Take a replica from another vault", kOfVault),
      row<add_cosignatures>(            "AddCosignatures",     kWrite,     kAccount,     kId,    kAnyState,    "Keep what a witness has signed of the trail", kOfVault),
      row<cosign_checkpoint>(           "CosignCheckpoint",    kWrite,     kAccount,     kId,    kAnyState,    "Witness a checkpoint of another log", kOfVault),
      row<get_audit_checkpoint>(        "GetAuditCheckpoint",  kRead,      kAccount,     kId,    kAnyState,    "Sign what the trail is now", kReadsTrail),
      row<get_audit_proof>(             "GetAuditProof",       kRead,      kAccount,     kId,    kAnyState,    "Prove that the trail has an event", kReadsTrail),
      row<get_audit_range>(             "GetAuditRange",       kRead,      kAccount,     kId,    kAnyState,    "Prove where a part of the trail stands", kLooksAtTrail),
      row<get_audit_verifier_key>(      "GetAuditVerifierKey", kRead,      kAccount,     kId,    kAnyState,    "Show the public key that checkpoints are signed with", kOfVault),
      row<list_audit_events>("ListAuditEvents",     kRead,      kAccount,     kAlias, kAnyState,    "List what was done, newest last", kLooksAtTrail),
      row<lookup_events>(               "LookupEvents",        kRead,      kAccount,     kId,    kAnyState,    "Look up events of the trail, newest first", kOfCloudTrail),
      row<verify_audit_trail>(          "VerifyAuditTrail",    kRead,      kAccount,     kId,    kAnyState,    "Compare the events of the trail with its tree", kLooksAtTrail),
      row<get_audit_settings>(          "GetAuditSettings",    kRead,      kAccount,     kId,    kAnyState,    "Show what the trail keeps", kOfVault),
      row<put_audit_settings>(          "PutAuditSettings",    kWrite,     kAccount,     kId,    kAnyState,    "Change what the trail keeps", kOfVault),
      row<prune_audit_trail>(           "PruneAuditTrail",     kWrite,     kAccount,     kId,    kAnyState,    "Erase old events of the trail, whose hashes stay", kOfVault),
      row<create_alert>(                "CreateAlert",         kWrite,     kAccount,     kAlias, kAnyState,    "Tell somebody when something happens", kOfVault),
      row<delete_alert>(                "DeleteAlert",         kWrite,     kAccount,     kId,    kAnyState,    "Tell nobody any more, and forget what waits to be told", kOfVault),
      row<describe_alert>(              "DescribeAlert",       kRead,      kAccount,     kId,    kAnyState,    "Show an alert, and what it has not been able to tell", {.service = &kVaultService, .reads_side_records = true}),
      row<list_alerts>(                 "ListAlerts",          kRead,      kAccount,     kId,    kAnyState,    "List the alerts", kOfVault),
      row<retry_alert>(                 "RetryAlert",          kWrite,     kAccount,     kId,    kAnyState,    "Deliver again what an alert could not tell", kOfVault),
      row<test_alert>(                  "TestAlert",           kRead,      kAccount,     kId,    kAnyState,    "Deliver a test of an alert", kOfVault),
      row<list_orphaned_keys>(          "ListOrphanedKeys",    kRead,      kAccount,     kId,    kAnyState,    "List what custom key stores may still hold of keys that are not there", kOfVault),
      row<list_regions>(                "ListRegions",         kRead,      kAccount,     kId,    kAnyState,    "List the Regions of the vault", kOfVault),
      row<list_slots>(                  "ListSlots",           kRead,      kAccount,     kId,    kAnyState,    "List the credentials that open the vault", kOfVault),
      row<remove_slot>(                 "RemoveSlot",          kWrite,     kAccount,     kId,    kAnyState,    "Revoke a credential", kOfVault),
      row<replace_slot>(                "ReplaceSlot",         kWrite,     kAccount,     kId,    kAnyState,    "Change a credential and revoke the old one", kOfVault),
      row<delete_quota>(                "DeleteQuota",         kWrite,     kAccount,     kId,    kAnyState,    "Limit requests no longer", kOfVault),
      row<list_quotas>(                 "ListQuotas",          kRead,      kAccount,     kId,    kAnyState,    "List the quotas of requests", kOfVault),
      row<put_quota>(                   "PutQuota",            kWrite,     kAccount,     kId,    kAnyState,    "Limit how often principals may call", kOfVault),
      // Who callers of the agent are.
      row<create_access_key>(           "CreateAccessKey",     kWrite,     kIdentity,    kId,    kAnyState,    "Make an access key, which signs requests", kOfVault),
      row<delete_access_key>(           "DeleteAccessKey",     kWrite,     kAccount,     kId,    kAnyState,    "Revoke an access key", kOfVault),
      row<list_access_keys>(            "ListAccessKeys",      kRead,      kAccount,     kId,    kAnyState,    "List the access keys", kOfVault),
      row<list_uid_mappings>(           "ListUidMappings",     kRead,      kAccount,     kId,    kAnyState,    "List which users of the system are whom", kOfVault),
      row<map_uid>(                     "MapUid",              kWrite,     kAccount,     kId,    kAnyState,    "Let a user of the system call as a principal", kOfVault),
      row<unmap_uid>(                   "UnmapUid",            kWrite,     kAccount,     kId,    kAnyState,    "Let a user of the system call as nobody", kOfVault),
      // Identities and the policies that are theirs or above them.
      row<add_user_to_group>(           "AddUserToGroup",      kWrite,     kIdentity,    kId,    kAnyState,    "Put a user into a group", kOfVault),
      row<assume_role>(                 "AssumeRole",          kRead,      kNothing,     kId,    kAnyState,    "Open a session of a role", kOfSts),
      row<create_account>(              "CreateAccount",       kWrite,     kAccount,     kId,    kAnyState,    "Let the vault know another account", kOfVault),
      row<create_principal>(            "CreatePrincipal",     kWrite,     kIdentity,    kId,    kAnyState,    "Create a user, group or role", kOfVault),
      row<delete_account>(              "DeleteAccount",       kWrite,     kAccount,     kId,    kAnyState,    "Forget an account that has nothing", kOfVault),
      row<delete_endpoint_policy>(      "DeleteEndpointPolicy", kWrite,     kAccount,     kId,    kAnyState,    "Let a listener of the agent pass every call again", kOfVault),
      row<delete_organization_policy>(  "DeleteOrganizationPolicy", kWrite,     kAccount,     kId,    kAnyState,    "Detach a policy from a level of the organization", kOfVault),
      row<delete_permissions_boundary>( "DeletePermissionsBoundary", kWrite,     kIdentity,    kId,    kAnyState,    "Remove the permissions boundary of a user or role", kOfVault),
      row<delete_principal>(            "DeletePrincipal",     kWrite,     kIdentity,    kId,    kAnyState,    "Delete a user, group or role", kOfVault),
      row<delete_principal_policy>(     "DeletePrincipalPolicy", kWrite,     kIdentity,    kId,    kAnyState,    "Delete a policy of a user, group or role", kOfVault),
      row<describe_principal>(          "DescribePrincipal",   kRead,      kIdentity,    kId,    kAnyState,    "Show a user, group or role", kOfVault),
      row<explain_access>(              "ExplainAccess",       kRead,      kNothing,     kAlias, kAnyState,    "Explain why a principal may or may not do something", kOfVault),
      row<get_caller_identity>(         "GetCallerIdentity",   kRead,      kNothing,     kId,    kAnyState,    "Show who calls", kOfSts),
      row<get_endpoint_policy>(         "GetEndpointPolicy",   kRead,      kAccount,     kId,    kAnyState,    "Show the policy of a listener of the agent", kOfVault),
      row<get_organization_policy>(     "GetOrganizationPolicy", kRead,      kAccount,     kId,    kAnyState,    "Show a policy of a level of the organization", kOfVault),
      row<get_principal_policy>(        "GetPrincipalPolicy",  kRead,      kIdentity,    kId,    kAnyState,    "Show a policy of a user, group or role", kOfVault),
      row<list_accounts>(               "ListAccounts",        kRead,      kAccount,     kId,    kAnyState,    "List the accounts that the vault knows", kOfVault),
      row<list_organization_policies>(  "ListOrganizationPolicies", kRead,      kAccount,     kId,    kAnyState,    "List the policies above an account, level by level", kOfVault),
      row<list_principal_policies>(     "ListPrincipalPolicies", kRead,      kIdentity,    kId,    kAnyState,    "List the policies of a user, group or role", kOfVault),
      row<list_principals>(             "ListPrincipals",      kRead,      kAccount,     kId,    kAnyState,    "List users, groups and roles", kOfVault),
      row<list_principals_with_access>( "ListPrincipalsWithAccess", kRead,      kAccount,     kAlias, kAnyState,    "List the principals that may do something", kOfVault),
      row<put_endpoint_policy>(         "PutEndpointPolicy",   kWrite,     kAccount,     kId,    kAnyState,    "Limit what a listener of the agent lets through", kOfVault),
      row<put_organization_policy>(     "PutOrganizationPolicy", kWrite,     kAccount,     kId,    kAnyState,    "Attach a policy to a level of the organization", kOfVault),
      row<put_permissions_boundary>(    "PutPermissionsBoundary", kWrite,     kIdentity,    kId,    kAnyState,    "Limit what a user or role may do", kOfVault),
      row<put_principal_policy>(        "PutPrincipalPolicy",  kWrite,     kIdentity,    kId,    kAnyState,    "Give a user, group or role a policy", kOfVault),
      row<remove_user_from_group>(      "RemoveUserFromGroup", kWrite,     kIdentity,    kId,    kAnyState,    "Take a user out of a group", kOfVault),
      row<tag_principal>(               "TagPrincipal",        kWrite,     kIdentity,    kId,    kAnyState,    "Give a user, group or role tags", kOfVault),
      row<untag_principal>(             "UntagPrincipal",      kWrite,     kIdentity,    kId,    kAnyState,    "Remove tags from a user, group or role", kOfVault),
      row<update_account>(              "UpdateAccount",       kWrite,     kAccount,     kId,    kAnyState,    "Move an account in the organization, or rename it", kOfVault),
      row<update_trust_policy>(         "UpdateTrustPolicy",   kWrite,     kIdentity,    kId,    kAnyState,    "Change who may assume a role", kOfVault),
  });
  // clang-format on
  return table;
}

}  // namespace kms
