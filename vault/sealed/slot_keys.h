#pragma once
// What a credential does to a slot: it makes one, and it opens one.
#include <optional>

#include "core/base/random.h"
#include "vault/sealed/credential.h"
#include "vault/sealed/header.h"

namespace kms::vault {

// A cost that another machine or an attacker wrote into a header is bounded before the derivation runs: below
// SlotCosts::minimum_cost a guess would be too cheap, above the ceiling opening could take the machine down.
// VaultDamagedException.
void require_sane_cost(const crypto::Argon2Cost& cost, const crypto::Argon2Cost& minimum);

// What takes between half a second and a second here, never less than the floor.
crypto::Argon2Cost calibrated_cost();

// A passphrase has 1 to 1024 bytes, another credential 32. require_credential() throws ValidationException.
bool fits_kind(SlotKind kind, const SecretBytes& credential);
void require_credential(SlotKind kind, const SecretBytes& credential);

struct RootAndAnchor {
  SecretBytes root;
  SecretBytes anchor;
};

// A slot with a fresh salt that `credential` opens. put_root() is still to be called.
SlotEntry make_slot(const VaultId& vault, const SlotId& id, SlotKind kind, const SecretBytes& credential,
                    const SecretBytes& anchor, Random& random, const SlotCosts& costs);

// Needs no credential: this is how the other slots survive a renewal.
void put_root(SlotEntry& slot, const SecretBytes& root);

// Nothing when the credential is not the slot's.
std::optional<RootAndAnchor> open_slot(const VaultId& vault, const SlotEntry& slot, const SecretBytes& credential);

// What a box for the slot's public key holds, when there is nothing else of the slot: it proves not who made the box.
// Nothing when it is not for this credential.
std::optional<SecretBytes> open_box_of_slot(const VaultId& vault, const SlotEntry& slot, const SecretBytes& credential,
                                            ByteView box);

}  // namespace kms::vault
