#pragma once
// What the two halves of KeyPair share: key_pair.cc makes and stores keys, key_pair_use.cc signs and encrypts.
#include "core/crypto/handles.h"
#include "core/crypto/key_pair.h"

namespace kms::crypto {

struct KeyPair::State {
  KeyType type;
  KeyHandle key;
};

}  // namespace kms::crypto
