#pragma once
// Private keys as other programs write them to files, brought to the one form that KeyPair reads.
#include <optional>

#include "core/base/secret_bytes.h"

namespace kms::crypto {

// The PKCS#8 PrivateKeyInfo (RFC 5208) in DER of a file in PEM or DER: PKCS#8 plain or encrypted, or the forms of
// PKCS #1 and SEC 1 ("RSA PRIVATE KEY", "EC PRIVATE KEY"), encrypted in the old way of PEM or not. Of several blocks in
// PEM the first private key counts. Nothing for anything else, a wrong passphrase included. Never asks for one.
// Whether the key is of a known type and sound is KeyPair::from_private_der()'s to say.
std::optional<SecretBytes> private_der_of(const SecretBytes& file, const SecretBytes& passphrase);

// Whether private_der_of() will need the passphrase.
bool is_encrypted_private_key(const SecretBytes& file);

}  // namespace kms::crypto
