#include "vault/sealed/backup_slots.h"

#include <algorithm>
#include <utility>

#include "core/base/text.h"
#include "core/crypto/kdf.h"
#include "core/crypto/sealed_box.h"
#include "formats/backup_stream.h"
#include "vault/sealed/slot_keys.h"
#include "vault/sealed/slot_table.h"

namespace kms::vault {
namespace {

BackupSecrets secrets_of(const SecretBytes& key, const SecretBytes& anchor, ByteView header) {
  using crypto::Hash;
  const SecretBytes both = crypto::hkdf_extract(Hash::kSha256, anchor.reveal(), key);
  const Bytes digest = crypto::digest(Hash::kSha256, header);
  const auto labelled = [&](std::string_view label) {
    Bytes info;
    ByteWriter(info).text("kmsctl backup 1 ").text(label).bytes(digest);
    return crypto::hkdf_expand(Hash::kSha256, both, info, kKeySize);
  };
  return {labelled("stream"), labelled("vault keys")};
}

SlotEntry own_slot(const Keys& keys, std::vector<SlotEntry>& slots, SlotKind kind, const SecretBytes& credential,
                   Random& random, const SlotCosts& costs) {
  SlotId id{};
  do {
    random.fill(id);
  } while (std::ranges::any_of(slots, [&](const SlotEntry& slot) { return slot.id == id; }));
  return make_slot(keys.id(), id, kind, credential, keys.anchor(), random, costs);
}

RecipientSlot recipient_slot(std::string_view text, const SecretBytes& key, const SecretBytes& anchor) {
  RecipientSlot slot;
  slot.recipient = parse_recipient(text);
  SecretBytes both(2 * kKeySize);
  std::ranges::copy(key.reveal(), both.reveal().begin());
  std::ranges::copy(anchor.reveal(), both.reveal().begin() + kKeySize);
  const Bytes box = crypto::box_seal(slot.recipient.slot.public_key, both);
  std::ranges::copy(box, slot.box.begin());
  return slot;
}

// What a file asks for is bounded before it is paid.
void require_sane_costs(const BackupHeader& header, const SlotCosts& costs) {
  const auto require = [&](const SlotEntry& slot) {
    if (slot.kind == SlotKind::kPassphrase) require_sane_cost(slot.cost, costs.minimum_cost);
  };
  for (const SlotEntry& slot : header.slots) require(slot);
  for (const RecipientSlot& slot : header.recipients) require(slot.recipient.slot);
}

struct FoundSlot {
  SlotId id{};
  bool proven = false;
  SecretBytes key;
  SecretBytes anchor;
};

std::optional<FoundSlot> find_slot_of_backup(const BackupHeader& header, const Credential& credential) {
  for (const SlotEntry& slot : header.slots) {
    if (slot.kind != credential.kind) continue;
    auto opened = open_slot(header.vault, slot, credential.secret);
    if (opened) return FoundSlot{slot.id, true, std::move(opened->root), std::move(opened->anchor)};
  }
  for (const RecipientSlot& each : header.recipients) {
    const auto& [vault, slot] = each.recipient;
    if (slot.kind != credential.kind) continue;
    const auto both = open_box_of_slot(vault, slot, credential.secret, each.box);
    if (!both) continue;
    const auto bytes = both->reveal();
    return FoundSlot{slot.id, false, SecretBytes::copy_of(bytes.first(kKeySize)),
                     SecretBytes::copy_of(bytes.subspan(kKeySize))};
  }
  return std::nullopt;
}

}  // namespace

SealedBackupHeader make_backup_header(const Keys& keys, const std::vector<SlotEntry>& of_vault,
                                      const BackupSlots& wanted, Random& random, const SlotCosts& costs) {
  BackupHeader header;
  header.vault = keys.id();
  random.fill(header.id);
  const SecretBytes key = random.secret(kKeySize);
  if (wanted.of_vault) header.slots = of_vault;
  for (const auto& [kind, credential] : {std::pair(SlotKind::kPassphrase, &wanted.passphrase),
                                         std::pair(SlotKind::kRecoveryCode, &wanted.recovery_code)}) {
    if (!credential->empty()) header.slots.push_back(own_slot(keys, header.slots, kind, *credential, random, costs));
  }
  for (SlotEntry& slot : header.slots) put_root(slot, key);
  header.recipients.reserve(wanted.recipients.size());
  for (const std::string& text : wanted.recipients) {
    header.recipients.push_back(recipient_slot(text, key, keys.anchor()));
  }
  Bytes bytes = encode_backup_header(header);
  BackupSecrets secrets = secrets_of(key, keys.anchor(), bytes);
  return {std::move(bytes), std::move(secrets)};
}

OpenedBackupHeader open_backup_header(ParsedBackupHeader parsed, const Credential& credential, const SlotCosts& costs) {
  std::optional<FoundSlot> found;
  try {
    require_sane_costs(parsed.header, costs);
    if (fits_kind(credential.kind, credential.secret)) found = find_slot_of_backup(parsed.header, credential);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kVaultDamaged) throw;
    formats::throw_damaged_backup("a slot of it is out of bounds, or was changed");
  }
  if (!found) {
    throw Error(ErrorCode::kWrongPassphrase,
                cat("the ",
                    credential.kind == SlotKind::kRecoveryCode ? std::string("recovery code")
                                                               : lower_ascii(to_text(credential.kind)),
                    " opens no slot of this backup: give what opened the vault when it was made, or what it was made ",
                    "for, with --passphrase-file, --passphrase-fd or --keyfile"));
  }
  BackupSecrets secrets = secrets_of(found->key, found->anchor, parsed.bytes);
  return {std::move(parsed.header), std::move(secrets), found->id, found->proven};
}

}  // namespace kms::vault
