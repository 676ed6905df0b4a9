#include "core/ops/table.h"

#include <nlohmann/json.hpp>

#include "core/ops/aliases.h"
#include "core/ops/audit_trail.h"
#include "core/ops/data_keys.h"
#include "core/ops/encrypt.h"
#include "core/ops/keys.h"
#include "core/ops/mac.h"
#include "core/ops/sign.h"
#include "core/ops/slots.h"
#include "core/ops/tags.h"
#include "core/service/binding.h"

namespace kms {

// Adding an operation: a request struct and a handler in the file of its family, a line here, and a test.
// Reading is what changes nothing: the trail calls it readOnly, and cryptographic operations are of that kind.
std::span<const Operation> operations() {
  constexpr auto kRead = Access::kRead;
  constexpr auto kWrite = Access::kWrite;
  constexpr auto kExclusive = Access::kExclusive;
  constexpr auto kId = KeyReference::kIdOrArn;
  constexpr auto kAlias = KeyReference::kIdArnOrAlias;
  using enum Resource;
  // clang-format off
  static const std::vector<Operation> table = {
      //  name                access   authorized on  named by  key states  handler          summary
      row("CreateAlias",      kWrite,  kAliasAndKey,  kId,    kNotPendingDeletion, create_alias,   "Give a key a friendly name"),
      row("CreateKey",        kWrite,  kAccount,      kId,    kAnyState,    create_key,      "Create a key"),
      row("Decrypt",          kRead,   kKey,          kAlias, kEnabledOnly, decrypt,         "Decrypt what Encrypt or GenerateDataKey made"),
      row("DeleteAlias",      kWrite,  kAliasAndKey,  kAlias, kAnyState,    delete_alias,    "Remove a friendly name from its key"),
      row("DescribeKey",      kRead,   kKey,          kAlias, kAnyState,    describe_key,    "Show what is known about a key"),
      row("DisableKey",       kWrite,  kKey,          kId,    kEnabledOrDisabled, disable_key, "Stop a key from being used until it is enabled again"),
      row("EnableKey",        kWrite,  kKey,          kId,    kEnabledOrDisabled, enable_key,  "Let a disabled key be used again"),
      row("Encrypt",          kRead,   kKey,          kAlias, kEnabledOnly, encrypt,         "Encrypt up to 4096 bytes"),
      row("GenerateDataKey",  kRead,   kKey,          kAlias, kEnabledOnly, generate_data_key, "Make a data key, in plaintext and encrypted"),
      row("GenerateDataKeyWithoutPlaintext", kRead, kKey, kAlias, kEnabledOnly, generate_data_key_without_plaintext, "Make a data key, encrypted only"),
      row("GenerateMac",      kRead,   kKey,          kAlias, kEnabledOnly, generate_mac,    "Compute the MAC of a message"),
      row("GenerateRandom",   kRead,   kAccount,      kId,    kAnyState,    generate_random, "Make random bytes"),
      row("GetPublicKey",     kRead,   kKey,          kAlias, kEnabledOnly, get_public_key,  "Show the public key of an asymmetric key"),
      row("ListAliases",      kRead,   kAccount,      kId,    kAnyState,    list_aliases,    "List friendly names, of all keys or of one"),
      row("ListKeys",         kRead,   kAccount,      kId,    kAnyState,    list_keys,       "List all keys"),
      row("ListResourceTags", kRead,   kKey,          kId,    kAnyState,    list_resource_tags, "List the tags of a key"),
      row("ReEncrypt",        kRead,   kKey,          kAlias, kEnabledOnly, re_encrypt,      "Decrypt and encrypt again under another key or context", "kms:ReEncryptFrom", "kms:ReEncryptTo"),
      row("Sign",             kRead,   kKey,          kAlias, kEnabledOnly, sign,            "Sign a message of up to 4096 bytes, or a digest"),
      row("TagResource",      kWrite,  kKey,          kId,    kNotPendingDeletion, tag_resource, "Give a key tags"),
      row("UntagResource",    kWrite,  kKey,          kId,    kNotPendingDeletion, untag_resource, "Remove tags from a key"),
      row("UpdateAlias",      kWrite,  kAliasAndKey,  kId,    kNotPendingDeletion, update_alias, "Move a friendly name to another key"),
      row("UpdateKeyDescription", kWrite, kKey,       kId,    kNotPendingDeletion, update_key_description, "Change what a key says it is for"),
      row("Verify",           kRead,   kKey,          kAlias, kEnabledOnly, verify,          "Verify a signature"),
      row("VerifyMac",        kRead,   kKey,          kAlias, kEnabledOnly, verify_mac,      "Verify the MAC of a message"),
      // Administration of the vault.
      row("AddSlot",          kExclusive, kAccount,   kId,    kAnyState,    add_slot,        "Add a credential that opens the vault", "kmsctl:AddSlot"),
      row("ListAuditEvents",  kRead,   kAccount,      kAlias, kAnyState,    list_audit_events, "List what was done, newest last", "kmsctl:ListAuditEvents"),
      row("ListSlots",        kRead,   kAccount,      kId,    kAnyState,    list_slots,      "List the credentials that open the vault", "kmsctl:ListSlots"),
      row("RemoveSlot",       kExclusive, kAccount,   kId,    kAnyState,    remove_slot,     "Revoke a credential", "kmsctl:RemoveSlot"),
      row("ReplaceSlot",      kExclusive, kAccount,   kId,    kAnyState,    replace_slot,    "Change a credential and revoke the old one", "kmsctl:ReplaceSlot"),
  };
  // clang-format on
  return table;
}

}  // namespace kms
