#pragma once
// A text with the signatures of one or more keys, itself a text: C2SP signed-note v1.0.0, https://c2sp.org/signed-note.
// formats/audit_log.md is the specification of what kmsctl writes.
//   text (ends in a line feed) || "\n" || one or more lines "— NAME BASE64(key id || signature)\n"
// Nothing of a text may be believed before verify_note() returned. Pure functions: they may run on several threads at
// once.
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "formats/note_key.h"

namespace kms::formats {

// Sixteen signatures must be accepted, and one of a kind for quantum computers has some 5,000 bytes: these take 110 KB.
inline constexpr std::size_t kMostNoteBytes = std::size_t{256} * 1024;
inline constexpr std::size_t kMostNoteSignatures = 64;

struct NoteSignature {
  std::string name;
  std::uint32_t key_id = 0;
  Bytes signature;  // what follows the key id: of any key, known or not. Not empty
  bool operator==(const NoteSignature&) const = default;
};

struct SignedNote {
  std::string text;  // with the line feed at its end
  std::vector<NoteSignature> signatures;
  bool operator==(const SignedNote&) const = default;
};

// Reads a note, and verifies nothing. ValidationException, with what is wrong, for what is none. What it reads,
// write_note() writes as the same bytes.
SignedNote parse_note(std::string_view note);
// ValidationException where parse_note() would refuse the result.
std::string write_note(const SignedNote& note);

// The line of `key`, of type kEd25519, over the text. ValidationException where no note can have the text.
NoteSignature sign_note(std::string_view text, const NoteKey& key, const NoteSigner& sign);

// Whether name and id are the key's: then the signature must be valid, or the note is not to be believed.
bool is_signature_of(const NoteSignature& line, const NoteKey& key);

// Those of `known` that signed the note, in the order of `known`. Keys of another type than kEd25519 are passed over,
// as are the lines of keys that are not known. KMSInvalidSignatureException, with what is wrong, where a signature of a
// known key is not valid, whatever other keys signed, and where none of them signed.
std::vector<NoteKey> verify_note(const SignedNote& note, std::span<const NoteKey> known);

}  // namespace kms::formats
