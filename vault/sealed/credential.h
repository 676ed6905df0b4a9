#pragma once
// What opens a vault, as its callers see it.
#include "core/base/secret_bytes.h"
#include "core/crypto/kdf.h"
#include "core/store/slots.h"

namespace kms::vault {

// What a person or a job presents. For kPassphrase the text as typed, without a line end; otherwise 32 bytes.
struct Credential {
  SlotKind kind = SlotKind::kPassphrase;
  SecretBytes secret;
};

// RFC 9106 section 4, the second recommendation, with one lane: 64 MiB, three passes.
inline constexpr crypto::Argon2Cost kMinimumPassphraseCost = {.memory_kib = 64 * 1024, .passes = 3};

struct SlotCosts {
  crypto::Argon2Cost passphrase_cost = {};                   // zero: calibrate to this machine when a slot is made
  crypto::Argon2Cost minimum_cost = kMinimumPassphraseCost;  // of slots made or opened; only tests lower it
};

// What a credential opens of a vault's header.
class OpenedSlots {
 public:
  virtual ~OpenedSlots() = default;
};
}  // namespace kms::vault
