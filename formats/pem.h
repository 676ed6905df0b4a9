#pragma once
// The textual encoding of public keys (RFC 7468 section 13).
#include <string>

#include "core/base/bytes.h"

namespace kms::formats {

// A SubjectPublicKeyInfo between BEGIN PUBLIC KEY and END PUBLIC KEY, 64 characters a line.
std::string encode_public_key_pem(ByteView der);

}  // namespace kms::formats
