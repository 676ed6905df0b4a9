#pragma once
// The encryption context: public name-value pairs that a ciphertext is bound to. Its one canonical byte form is that of
// the AWS Encryption SDK message format, "Key Value Pairs": it is what headers store and what authentication covers.
#include <map>
#include <string>

#include "core/base/bytes.h"

namespace kms::formats {

// The order of std::string is the order of its bytes as unsigned numbers: the order that the format asks for.
using EncryptionContext = std::map<std::string, std::string>;

// No bytes for an empty context; else the u16 count, then for each pair, sorted by name: u16 length, name, u16 length,
// value. ValidationException when that exceeds 65535 bytes.
Bytes canonical(const EncryptionContext& context);

// The pairs of a stored block, in whatever order it has them. InvalidCiphertextException unless the block is consumed
// exactly, names are unique, and names and values are UTF-8.
EncryptionContext parse_context(ByteView block);

}  // namespace kms::formats
