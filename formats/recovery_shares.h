#pragma once
// Recovery shares: a secret in parts that people keep apart, as words that they can write down. The standard is
// SLIP-0039; formats/recovery_shares.md is the specification. One share is a secret, too: whoever has enough of them
// has what they stand for.
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/base/secret_bytes.h"

namespace kms::formats {

inline constexpr std::size_t kFewestShareWords = 20;  // 128 bits
inline constexpr std::size_t kMostShareWords = 59;    // 512 bits: a bound of ours

// What a share says. Of a set made here there is one group.
struct RecoveryShare {
  std::uint16_t id = 0;       // of the set: 15 bits by chance
  bool extendable = true;     // the id is no part of how the secret is encrypted
  std::uint8_t exponent = 1;  // of the work to decrypt it: 10,000 times two to that power HMACs. 0 to 15
  std::uint8_t group = 0;     // 0 to 15
  std::uint8_t groups_needed = 1;
  std::uint8_t groups = 1;
  std::uint8_t member = 0;  // of the group, 0 to 15
  std::uint8_t needed = 1;  // members of this group
  SecretBytes value;        // 16 to 64 bytes, an even number
};

// The words in lower case, a space between them.
SecretBytes encode_recovery_share(const RecoveryShare& share);

// Upper or lower case, whole words or their first four letters, any blanks and line ends between them. Throws kUsage
// for what is no share (the number of words, a word that is none, no such group) and kInvalidCiphertext for a damaged
// one (checksum, padding). The text says which words look wrong, by number: never what they are, or should be.
RecoveryShare decode_recovery_share(const SecretBytes& text);

// What a file has of shares: one, or several with an empty line between them, or one a line (20 words and more each).
std::vector<SecretBytes> recovery_share_texts(const SecretBytes& content);

}  // namespace kms::formats
