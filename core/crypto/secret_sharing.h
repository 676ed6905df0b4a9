#pragma once
// Shamir's scheme as SLIP-0039 has it ("Sharing a secret", github.com/satoshilabs/slips/blob/master/slip-0039.md): each
// byte of the secret is the value at x = 255 of a polynomial over GF(256), and at x = 254 stands a digest by which
// whoever combines shares knows that they belong together. Fewer shares than the threshold tell nothing. Pure, but for
// the randomness; time depends on lengths and numbers alone.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/random.h"
#include "core/base/secret_bytes.h"

namespace kms::crypto {

inline constexpr std::size_t kMostSecretShares = 16;
inline constexpr std::size_t kLeastSharedSecret = 16;  // bytes

struct SecretShare {
  std::uint8_t x = 0;  // which share it is, from 0: no secret
  SecretBytes y;       // as long as the secret
};

// `count` shares, of which any `threshold` give the secret: 1 <= threshold <= count <= kMostSecretShares. With a
// threshold of 1 each share is the secret. kInternal for other numbers and a secret that is too short.
std::vector<SecretShare> split_secret(const SecretBytes& secret, std::size_t threshold, std::size_t count,
                                      Random& random);

// Of exactly as many shares as the threshold says. Nothing when they do not belong together; of a single share nothing
// could tell. kInternal where there are none, or two have one x or different lengths.
std::optional<SecretBytes> combine_secret(const std::vector<SecretShare>& shares);

}  // namespace kms::crypto
