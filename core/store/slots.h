#pragma once
// The credentials that open a vault, as operations see them. vault/ implements it; a store that opens without
// credentials has none.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/enum_names.h"
#include "core/base/secret_bytes.h"
#include "core/store/store.h"

namespace kms {

enum class SlotKind : std::uint8_t { kPassphrase, kKeyfile, kRecoveryCode };

template <>
struct EnumNames<SlotKind> {
  static constexpr auto kAll = std::to_array<EnumName<SlotKind>>({{SlotKind::kPassphrase, "PASSPHRASE"},
                                                                  {SlotKind::kKeyfile, "KEYFILE"},
                                                                  {SlotKind::kRecoveryCode, "RECOVERY_CODE"}});
};

struct Slot {
  std::string id;  // 8 hex digits
  SlotKind kind = SlotKind::kPassphrase;
  std::string principal;  // ARN of whom it unlocks as
  Time created;
  std::string label = {};  // what it is for; may be empty
};

// Changes are prepared in a transaction that writes and take effect, all or none, when it commits: a crash leaves a
// vault that opens with the credentials of before or of after, never with both. The commit may have to wait for others
// to let go of the vault.
class SlotKeeper {
 public:
  virtual ~SlotKeeper() = default;
  virtual std::vector<Slot> list(const Transaction& transaction) const = 0;

  // `credential` is the passphrase as typed, or the 32 bytes of a keyfile or recovery code.
  virtual Slot add(Transaction& transaction, SlotKind kind, std::string_view principal, const SecretBytes& credential,
                   Time now, std::string_view label) = 0;

  // remove() and replace() revoke: the root key is renewed, every record sealed again and the file compacted, so that
  // the old credential opens nothing that is written from then on. NotFoundException for an id that is none;
  // ConflictException where remove() would take the last slot of `owner`, the principal who can always administer.
  virtual void remove(Transaction& transaction, std::string_view id, std::string_view owner) = 0;
  virtual Slot replace(Transaction& transaction, std::string_view id, const SecretBytes& credential, Time now) = 0;

  virtual std::string unlocking_slot() const = 0;  // the id of the slot that opened the vault
};

}  // namespace kms
