#pragma once
// Public keys as other programs write them to files.
#include <optional>

#include "core/base/bytes.h"
#include "core/crypto/key_pair.h"

namespace kms::crypto {

// The key of a file in PEM or DER: SubjectPublicKeyInfo (RFC 5280), an RSAPublicKey of PKCS #1 ("RSA PUBLIC KEY"), or
// an X.509 certificate, of which nothing else counts: neither its dates nor who issued it. Of several blocks in PEM the
// first one of these counts. Nothing for anything else, and for a key of a type that KeyPair does not know;
// UnsupportedOperationException for one that needs a newer OpenSSL than the one that runs.
std::optional<KeyPair> read_public_key(ByteView file);

}  // namespace kms::crypto
