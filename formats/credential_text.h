#pragma once
// How 32 random bytes are written down: a keyfile (one line of text) and a recovery code (for paper). Both carry a
// checksum, so that a damaged or mistyped one is told from a wrong one. formats/credential_text.md is the
// specification.
#include <optional>
#include <string_view>

#include "core/base/secret_bytes.h"

namespace kms::formats {

inline constexpr std::size_t kCredentialSize = 32;

// What a secret file says, as editors of all systems write it: without a byte order mark of UTF-8 in front and without
// one end of line behind, LF or CR LF.
SecretBytes line_of(SecretBytes content);
// Whether a passphrase has what nobody could type again at a terminal: a byte below 32, or 127.
bool has_control_characters(const SecretBytes& passphrase);

SecretBytes encode_keyfile(const SecretBytes& secret);                  // the whole content of the file
std::optional<SecretBytes> decode_keyfile(const SecretBytes& content);  // nothing when it is no intact keyfile

// Fourteen groups of four letters and digits (Crockford base32), with hyphens between them.
SecretBytes encode_recovery_code(const SecretBytes& secret);
// Upper or lower case, hyphens and spaces anywhere; O reads as 0, I and L as 1. Nothing when it is no intact code.
std::optional<SecretBytes> decode_recovery_code(const SecretBytes& text);

}  // namespace kms::formats
