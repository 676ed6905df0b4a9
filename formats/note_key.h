#pragma once
// The keys that sign notes: their names, their ids, and the text that gives a public key to others (C2SP signed-note,
// "Verifier keys"). formats/audit_log.md is the specification of what kmsctl writes.
// Public halves alone: the private one stays in its KeyPair. Pure functions: they may run on several threads at once.
#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/crypto/key_pair.h"

namespace kms::formats {

// What a key signs. The numbers are assigned by C2SP and stand in every verifier key.
enum class NoteKeyType : std::uint8_t {
  kEd25519 = 0x01,      // the text of a note: signed_note.h
  kCosignature = 0x04,  // a checkpoint and a time, by a witness: cosignature.h
};

struct NoteKey {
  std::string name;
  NoteKeyType type = NoteKeyType::kEd25519;
  std::array<std::uint8_t, 32> public_key{};  // Ed25519, RFC 8032
  bool operator==(const NoteKey&) const = default;
};

// Makes the 64 bytes of an Ed25519 signature (RFC 8032) over a message. Whoever has the private key gives one.
using NoteSigner = std::function<Bytes(ByteView message)>;

// Not empty, UTF-8, without control characters, spaces of Unicode and plus signs.
bool is_note_key_name(std::string_view name);

// The public half of an Ed25519 pair. ValidationException for a name that is none.
NoteKey make_note_key(std::string name, NoteKeyType type, const crypto::KeyPair& pair);
// The first four bytes of SHA-256(name || 0x0A || type || public key). It finds a key and proves nothing.
std::uint32_t note_key_id(const NoteKey& key);

// name "+" id in eight hex digits "+" base64(type || public key)
std::string verifier_key_text(const NoteKey& key);
// ValidationException, with what is wrong, for a text that is none, of another type than those above, or whose id does
// not belong to its name and key.
NoteKey parse_verifier_key(std::string_view text);

// Whether `signature` is an Ed25519 signature of `message` by the key, whatever type that has.
[[nodiscard]] bool note_key_verifies(const NoteKey& key, ByteView message, ByteView signature);

}  // namespace kms::formats
