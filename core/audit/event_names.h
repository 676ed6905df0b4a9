#pragma once
// Names of events that are no operation's. Every other event is named as its operation.
#include <cstdint>

#include "core/base/enum_names.h"

namespace kms {

enum class VaultEvent : std::uint8_t {
  kCreateVault,
  kRotateKey,
  kDeleteKey,
  kCreateKey,  // one that AWS would manage, made for whoever used it first
  kSynchronizeMultiRegionKey,
  kDeleteExpiredKeyMaterial,
  kRestoreKeyMaterial,  // of which it turned out that it had not expired
  kDestroyOrphanedKey,  // what a custom key store held of a key that is not there
  kClockWentBack,
  kUnlock,             // a credential has the vault open; as the operation of an agent
  kPruneAuditTrail,    // by its settings
  kGiveUpAlertNotice,  // it could not be delivered in many hours
  kVaultRestored,      // from a backup
  kUnknownOperation,   // a call whose name is no operation's, and stays out of the trail
};

template <>
struct EnumNames<VaultEvent> {
  static constexpr auto kAll = std::to_array<EnumName<VaultEvent>>({
      {VaultEvent::kCreateVault, "CreateVault"},
      {VaultEvent::kRotateKey, "RotateKey"},
      {VaultEvent::kDeleteKey, "DeleteKey"},
      {VaultEvent::kCreateKey, "CreateKey"},
      {VaultEvent::kSynchronizeMultiRegionKey, "SynchronizeMultiRegionKey"},
      {VaultEvent::kDeleteExpiredKeyMaterial, "DeleteExpiredKeyMaterial"},
      {VaultEvent::kRestoreKeyMaterial, "RestoreKeyMaterial"},
      {VaultEvent::kDestroyOrphanedKey, "DestroyOrphanedKey"},
      {VaultEvent::kClockWentBack, "ClockWentBack"},
      {VaultEvent::kUnlock, "Unlock"},
      {VaultEvent::kPruneAuditTrail, "PruneAuditTrail"},
      {VaultEvent::kGiveUpAlertNotice, "GiveUpAlertNotice"},
      {VaultEvent::kVaultRestored, "VaultRestored"},
      {VaultEvent::kUnknownOperation, "UnknownOperation"},
  });
};

}  // namespace kms
