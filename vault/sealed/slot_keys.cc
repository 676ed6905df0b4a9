#include "vault/sealed/slot_keys.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>

#include "core/base/text.h"
#include "core/crypto/kdf.h"
#include "core/crypto/sealed_box.h"
#include "vault/sealed/keys.h"

namespace kms::vault {
namespace {

constexpr std::size_t kPassphraseLimit = 1024;
constexpr std::size_t kRawCredentialSize = 32;
constexpr std::uint32_t kMiB = 1024;  // in KiB
constexpr crypto::Argon2Cost kCeiling = {.memory_kib = 4096 * kMiB, .passes = 16};
constexpr crypto::Argon2Cost kWanted = {.memory_kib = 256 * kMiB, .passes = 3};

struct SlotSecrets {
  SecretBytes box_seed;
  SecretBytes anchor_key;
};

Bytes slot_context(std::string_view label, const VaultId& vault, const SlotEntry& slot) {
  Bytes info;
  ByteWriter(info).text(label).bytes(vault).u8(static_cast<std::uint8_t>(slot.kind)).bytes(slot.id);
  return info;
}

// The expensive part runs once; from its result come two independent keys.
SlotSecrets derive_slot(const VaultId& vault, const SlotEntry& slot, const SecretBytes& credential) {
  using crypto::Hash;
  const bool slow = slot.kind == SlotKind::kPassphrase;
  const SecretBytes stretched = slow ? crypto::argon2id(credential, slot.salt, slot.cost, kKeySize) : SecretBytes();
  const SecretBytes key = crypto::hkdf_extract(Hash::kSha256, slot.salt, slow ? stretched : credential);
  return {
      crypto::hkdf_expand(Hash::kSha256, key, slot_context("kmsctl slot box", vault, slot), crypto::kBoxSeedSize),
      crypto::hkdf_expand(Hash::kSha256, key, slot_context("kmsctl slot anchor", vault, slot), kKeySize),
  };
}

std::uint32_t memory_to_use() {
  const long pages = sysconf(_SC_AVPHYS_PAGES);
  const long page_size = sysconf(_SC_PAGESIZE);
  if (pages <= 0 || page_size <= 0) return kMinimumPassphraseCost.memory_kib;
  const auto quarter = static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(page_size) / 1024 / 4;
  std::uint32_t memory = kWanted.memory_kib;
  while (memory > kMinimumPassphraseCost.memory_kib && memory > quarter) memory /= 2;
  return memory;
}

}  // namespace

void require_sane_cost(const crypto::Argon2Cost& cost, const crypto::Argon2Cost& minimum) {
  const bool sane = cost.memory_kib >= minimum.memory_kib && cost.passes >= minimum.passes &&
                    cost.memory_kib <= kCeiling.memory_kib && cost.passes <= kCeiling.passes;
  if (!sane) {
    throw Error(ErrorCode::kVaultDamaged,
                cat("vault.hdr asks for a passphrase cost out of bounds: ", std::to_string(cost.memory_kib), " KiB, ",
                    std::to_string(cost.passes), " passes"));
  }
}

crypto::Argon2Cost calibrated_cost() {
  using Seconds = std::chrono::duration<double>;
  const crypto::Argon2Cost probe = {.memory_kib = kMinimumPassphraseCost.memory_kib, .passes = 1};
  const SecretBytes passphrase(1);
  const auto start = std::chrono::steady_clock::now();
  (void)crypto::argon2id(passphrase, std::array<std::uint8_t, crypto::kArgon2SaltSize>{}, probe, kKeySize);
  const double one_pass = Seconds(std::chrono::steady_clock::now() - start).count() / probe.memory_kib;

  constexpr double kTooLong = 1.0;
  constexpr double kAim = 0.75;
  crypto::Argon2Cost cost = {.memory_kib = memory_to_use(), .passes = kWanted.passes};
  while (cost.memory_kib > kMinimumPassphraseCost.memory_kib && one_pass * cost.memory_kib * cost.passes > kTooLong) {
    cost.memory_kib /= 2;
  }
  const double passes = kAim / (one_pass * cost.memory_kib);
  cost.passes = static_cast<std::uint32_t>(std::clamp<double>(passes, kWanted.passes, kCeiling.passes));
  return cost;
}

bool fits_kind(SlotKind kind, const SecretBytes& credential) {
  if (kind != SlotKind::kPassphrase) return credential.size() == kRawCredentialSize;
  return !credential.empty() && credential.size() <= kPassphraseLimit;
}

void require_credential(SlotKind kind, const SecretBytes& credential) {
  if (fits_kind(kind, credential)) return;
  throw Error(ErrorCode::kValidation, kind == SlotKind::kPassphrase
                                          ? "a passphrase has between 1 and 1024 bytes"
                                          : "a keyfile or a recovery code stands for 32 bytes");
}

SlotEntry make_slot(const VaultId& vault, const SlotId& id, SlotKind kind, const SecretBytes& credential,
                    const SecretBytes& anchor, Random& random, const SlotCosts& costs) {
  require_credential(kind, credential);
  SlotEntry slot;
  slot.id = id;
  slot.kind = kind;
  if (kind == SlotKind::kPassphrase) {
    const bool given = costs.passphrase_cost != crypto::Argon2Cost{};
    slot.cost = given ? costs.passphrase_cost : calibrated_cost();
    require_sane_cost(slot.cost, costs.minimum_cost);
  }
  random.fill(slot.salt);
  const SlotSecrets secrets = derive_slot(vault, slot, credential);
  const Bytes public_key = crypto::box_public_key(secrets.box_seed);
  std::copy(public_key.begin(), public_key.end(), slot.public_key.begin());
  slot.anchor = seal_key(secrets.anchor_key, slot.public_key, anchor, random);
  return slot;
}

void put_root(SlotEntry& slot, const SecretBytes& root) {
  const Bytes sealed = crypto::box_seal(slot.public_key, root);
  if (sealed.size() != slot.root.size()) throw Error(ErrorCode::kInternal, "the root key has the wrong size");
  std::copy(sealed.begin(), sealed.end(), slot.root.begin());
}

std::optional<RootAndAnchor> open_slot(const VaultId& vault, const SlotEntry& slot, const SecretBytes& credential) {
  const SlotSecrets secrets = derive_slot(vault, slot, credential);
  SecretBytes anchor(kKeySize);
  if (!unseal(secrets.anchor_key, slot.public_key, slot.anchor, anchor.reveal())) return std::nullopt;
  auto root = crypto::box_open(secrets.box_seed, slot.root);
  if (!root) throw Error(ErrorCode::kVaultDamaged, "vault.hdr is damaged: the slot of this credential has no root key");
  return RootAndAnchor{std::move(*root), std::move(anchor)};
}

std::optional<SecretBytes> open_box_of_slot(const VaultId& vault, const SlotEntry& slot, const SecretBytes& credential,
                                            ByteView box) {
  return crypto::box_open(derive_slot(vault, slot, credential).box_seed, box);
}

}  // namespace kms::vault
