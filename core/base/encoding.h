#pragma once
// Text forms of bytes: base64 (RFC 4648 section 4) and hexadecimal. Secrets pass here, too: time and memory accesses
// depend on lengths and on whether a text is valid, and on nothing else of it.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/base/bytes.h"

namespace kms {

// Exact for valid base64, so that a limit can be checked before memory is taken; 0 when the length cannot be valid.
std::size_t base64_decoded_size(std::string_view text);

// Decodes into `out`, whose size is base64_decoded_size(text). False unless `text` is canonical base64 (RFC 4648
// section 4 with padding, unused bits zero): one value has one spelling.
[[nodiscard]] bool decode_base64(std::string_view text, std::span<std::uint8_t> out);
std::optional<Bytes> decode_base64(std::string_view text);

std::size_t base64_encoded_size(std::size_t size);
std::string encode_base64(ByteView bytes);
void encode_base64(ByteView bytes, std::span<char> out);  // whose size is base64_encoded_size() of theirs

// Makes each byte the base64 digit of its six lowest bits: a text that is no encoding, such as a random secret to type.
void make_base64_digits(MutableBytes bytes);

// RFC 3986 section 2.1, for what is public. A percent sign that begins no byte stands for itself.
std::string percent_decoded(std::string_view text);

std::string encode_hex(ByteView bytes);                  // lower case
std::optional<Bytes> decode_hex(std::string_view text);  // either case

}  // namespace kms
