#pragma once
// Public keys as text: PEM with the label "PUBLIC KEY" (RFC 7468 section 13) around a SubjectPublicKeyInfo in DER.
#include <optional>
#include <string>

#include "core/base/bytes.h"

namespace kms::formats {

std::string encode_public_key_pem(ByteView der);

// The DER of either form. Nothing for anything else: other labels, text around the block, lines that are not the 64
// characters of RFC 7468 section 3, trailing bytes. Whether the DER is a key is KeyPair::from_public_der()'s to say.
std::optional<Bytes> decode_public_key(ByteView pem_or_der);

}  // namespace kms::formats
