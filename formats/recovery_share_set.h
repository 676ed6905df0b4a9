#pragma once
// A set of recovery shares: a secret encrypted by a passphrase, split, and put together again. SLIP-0039, "Generating
// the shares" and "Combining the shares"; formats/recovery_shares.md says what of it is used.
#include <cstddef>
#include <string_view>
#include <vector>

#include "core/base/random.h"
#include "core/base/secret_bytes.h"
#include "formats/recovery_shares.h"

namespace kms::formats {

inline constexpr std::size_t kMostRecoveryShares = 16;

struct SharePlan {
  std::size_t shares = 0;
  std::size_t threshold = 0;
};
// Whether 1 <= threshold <= shares <= 16, and a threshold of 1 is that of a single share.
bool is_share_plan(const SharePlan& plan);

// `secret` has 16 to 64 bytes, an even number. One group, extendable, exponent 1. kInternal for what is no plan.
std::vector<RecoveryShare> make_recovery_shares(const SecretBytes& secret, const SecretBytes& passphrase,
                                                const SharePlan& plan, Random& random);

// Why `share` does not go with `other`: "is of another set than", "is the same share as". Empty where it does.
std::string_view share_misfit(const RecoveryShare& share, const RecoveryShare& other);

// Throws kUsage for too few, too many and those that do not go together; kInvalidCiphertext where all fit and the
// digest in them does not. A wrong passphrase gives another secret: nothing tells. Takes a few milliseconds, for a
// share with exponent 15 minutes.
SecretBytes combine_recovery_shares(const std::vector<RecoveryShare>& shares, const SecretBytes& passphrase);

}  // namespace kms::formats
