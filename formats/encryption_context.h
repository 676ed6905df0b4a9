#pragma once
// The encryption context and its one canonical form: AWS Encryption SDK message format, "AAD" of the header.
#include <map>
#include <string>

#include "core/base/bytes.h"

namespace kms::formats {

using EncryptionContext = std::map<std::string, std::string>;  // std::string compares bytes as unsigned

// Nothing for an empty context; else u16 count, then per pair u16 length, key, u16 length, value, sorted by the bytes
// of the keys. ValidationException when it would be longer than 65535 bytes.
Bytes canonical(const EncryptionContext& context);

// Reads the form above in any order of pairs. The reader's error for duplicates and for what is no context.
EncryptionContext parse_context_block(ByteReader& block);

}  // namespace kms::formats
