#include "formats/note_key.h"

#include <algorithm>
#include <optional>

#include "core/base/encoding.h"
#include "core/base/text.h"
#include "core/crypto/digest.h"
#include "formats/note_lines.h"

namespace kms::formats {
namespace {

constexpr std::string_view kVerifierKey = "verifier key";
constexpr std::size_t kLongestVerifierKey = 1024;
constexpr std::size_t kNoteKeyIdDigits = 8;
constexpr crypto::SignatureScheme kNoteScheme{crypto::SignatureKind::kEd25519, crypto::Hash::kSha512};
// What stands before the 32 bytes of an Ed25519 key in its SubjectPublicKeyInfo (RFC 8410 section 4).
constexpr std::array<std::uint8_t, 12> kEd25519Spki{0x30, 0x2a, 0x30, 0x05, 0x06, 0x03,
                                                    0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};

// Unicode's White_Space in UTF-8, but for the control characters, which are refused before.
constexpr std::array<std::string_view, 20> kUnicodeSpaces{" ",
                                                          "\xc2\x85",
                                                          "\xc2\xa0",
                                                          "\xe1\x9a\x80",
                                                          "\xe2\x80\x80",
                                                          "\xe2\x80\x81",
                                                          "\xe2\x80\x82",
                                                          "\xe2\x80\x83",
                                                          "\xe2\x80\x84",
                                                          "\xe2\x80\x85",
                                                          "\xe2\x80\x86",
                                                          "\xe2\x80\x87",
                                                          "\xe2\x80\x88",
                                                          "\xe2\x80\x89",
                                                          "\xe2\x80\x8a",
                                                          "\xe2\x80\xa8",
                                                          "\xe2\x80\xa9",
                                                          "\xe2\x80\xaf",
                                                          "\xe2\x81\x9f",
                                                          "\xe3\x80\x80"};

bool may_stand_in_name(std::string_view character) {
  const auto first = static_cast<unsigned char>(character.front());
  return first >= ' ' && first != '+' &&
         std::find(kUnicodeSpaces.begin(), kUnicodeSpaces.end(), character) == kUnicodeSpaces.end();
}

Bytes typed_key(const NoteKey& key) {
  Bytes bytes;
  ByteWriter(bytes).u8(static_cast<std::uint8_t>(key.type)).bytes(key.public_key);
  return bytes;
}

std::string note_key_id_text(std::uint32_t id) {
  Bytes bytes;
  ByteWriter(bytes).u32(id);
  return encode_hex(bytes);
}

NoteKeyType parse_note_key_type(std::uint8_t byte) {
  for (const NoteKeyType type : {NoteKeyType::kEd25519, NoteKeyType::kCosignature}) {
    if (static_cast<std::uint8_t>(type) == byte) return type;
  }
  refuse_log_text(kVerifierKey, cat("its type is ", std::to_string(byte), ", neither 1 (a log) nor 4 (a witness)"));
}

}  // namespace

bool is_note_key_name(std::string_view name) {
  if (name.empty()) return false;
  while (!name.empty()) {
    const std::size_t size = utf8_size(name);
    if (size == 0 || !may_stand_in_name(name.substr(0, size))) return false;
    name.remove_prefix(size);
  }
  return true;
}

NoteKey make_note_key(std::string name, NoteKeyType type, const crypto::KeyPair& pair) {
  if (!is_note_key_name(name)) {
    throw Error(ErrorCode::kValidation, "the name of a key that signs notes has neither spaces nor plus signs");
  }
  if (pair.type() != crypto::KeyType::kEd25519) throw Error(ErrorCode::kInternal, "notes are signed with Ed25519");
  NoteKey key{std::move(name), type, {}};
  const Bytes spki = pair.public_der();
  std::copy(spki.end() - static_cast<std::ptrdiff_t>(key.public_key.size()), spki.end(), key.public_key.begin());
  return key;
}

std::uint32_t note_key_id(const NoteKey& key) {
  Bytes named;
  ByteWriter(named).text(key.name).u8('\n').bytes(typed_key(key));
  const Bytes hash = crypto::digest(crypto::Hash::kSha256, named);
  return ByteReader(hash, ErrorCode::kInternal, "").u32();
}

std::string verifier_key_text(const NoteKey& key) {
  return cat(key.name, "+", note_key_id_text(note_key_id(key)), "+", encode_base64(typed_key(key)));
}

NoteKey parse_verifier_key(std::string_view text) {
  if (text.size() > kLongestVerifierKey) refuse_log_text(kVerifierKey, "it is longer than 1024 bytes");
  // A plus sign is a digit of base64 as well: only the first two are separators.
  const std::size_t first = text.find('+');
  const std::size_t second = first == std::string_view::npos ? first : text.find('+', first + 1);
  if (second == std::string_view::npos) refuse_log_text(kVerifierKey, "it has not the form NAME+ID+KEY");
  NoteKey key;
  key.name = std::string(text.substr(0, first));
  if (!is_note_key_name(key.name)) refuse_log_text(kVerifierKey, "its name is empty or has spaces");
  const std::string_view id = text.substr(first + 1, second - first - 1);
  if (id.size() != kNoteKeyIdDigits || !decode_hex(id)) {
    refuse_log_text(kVerifierKey, "its id has not eight hexadecimal digits");
  }
  const auto typed = decode_base64(text.substr(second + 1));
  if (!typed || typed->empty()) refuse_log_text(kVerifierKey, "its key is no base64");
  key.type = parse_note_key_type(typed->front());
  if (typed->size() != 1 + key.public_key.size()) refuse_log_text(kVerifierKey, "its key has not 32 bytes");
  std::copy(typed->begin() + 1, typed->end(), key.public_key.begin());
  if (note_key_id_text(note_key_id(key)) != lower_ascii(id)) {
    refuse_log_text(kVerifierKey, "its id does not belong to its name and key: one of them was changed");
  }
  return key;
}

bool note_key_verifies(const NoteKey& key, ByteView message, ByteView signature) {
  Bytes spki;
  ByteWriter(spki).bytes(kEd25519Spki).bytes(key.public_key);
  const auto pair = crypto::KeyPair::from_public_der(spki);
  const auto signing = pair ? pair->signing() : std::nullopt;
  return signing && signing->verify(kNoteScheme, message, signature);
}

}  // namespace kms::formats
