#pragma once
// What the tests of a log's texts share: keys of fixed seeds, and what a reader says to what it refuses.
#include <numeric>
#include <string>
#include <string_view>

#include "core/base/error.h"
#include "core/base/secret_bytes.h"
#include "core/base/text.h"
#include "core/crypto/key_pair.h"
#include "formats/note_key.h"

namespace kms::testing {

// An Ed25519 pair whose seed is `first`, the byte after that, and so on.
inline crypto::KeyPair log_pair(std::uint8_t first) {
  SecretBytes seed(32);
  std::iota(seed.reveal().begin(), seed.reveal().end(), first);
  return crypto::KeyPair::from_stored(crypto::KeyType::kEd25519, seed);
}

struct LogSigner {
  LogSigner(std::string name, formats::NoteKeyType type, std::uint8_t first)
      : pair(log_pair(first)), key(formats::make_note_key(std::move(name), type, pair)) {}

  formats::NoteSigner signer() const {
    return [this](ByteView message) {
      return pair.signing()->sign({crypto::SignatureKind::kEd25519, crypto::Hash::kSha512}, message);
    };
  }

  crypto::KeyPair pair;
  formats::NoteKey key;
};

// The error's name and text, or that there was none.
template <class Call>
std::string log_refusal(const Call& call) {
  try {
    (void)call();
  } catch (const Error& error) {
    return cat(wire_name(error.code()), ": ", error.what());
  }
  return "accepted";
}

}  // namespace kms::testing
