#include "formats/signed_note.h"

#include <algorithm>

#include "core/base/encoding.h"
#include "core/base/text.h"
#include "formats/note_lines.h"

namespace kms::formats {
namespace {

constexpr std::string_view kSignedNote = "signed note";
constexpr std::string_view kSignatureMark = "\xe2\x80\x94 ";  // U+2014 and a space
constexpr std::size_t kNoteSignatureSize = 64;

[[noreturn]] void refuse_signature_line(std::size_t number, std::string_view why) {
  refuse_log_text(kSignedNote, cat("line ", std::to_string(number), " of its signatures ", why));
}

void require_note_characters(std::string_view note) {
  if (note.size() > kMostNoteBytes) refuse_log_text(kSignedNote, "it is longer than 256 KiB");
  const bool odd =
      std::any_of(note.begin(), note.end(), [](char c) { return static_cast<unsigned char>(c) < ' ' && c != '\n'; });
  if (odd) refuse_log_text(kSignedNote, "it has control characters");
  if (!is_utf8(note)) refuse_log_text(kSignedNote, "it is not UTF-8");
}

void require_note_text(std::string_view text) {
  require_note_characters(text);
  if (text.empty() || text.back() != '\n') refuse_log_text(kSignedNote, "its text does not end with a line feed");
}

NoteSignature parse_signature_line(std::string_view line, std::size_t number) {
  if (!line.starts_with(kSignatureMark)) refuse_signature_line(number, "does not begin with a dash and a space");
  line.remove_prefix(kSignatureMark.size());
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos) refuse_signature_line(number, "has not the form NAME SIGNATURE");
  NoteSignature parsed;
  parsed.name = std::string(line.substr(0, space));
  if (!is_note_key_name(parsed.name)) refuse_signature_line(number, "has a name that no key can have");
  const auto bytes = decode_base64(line.substr(space + 1));
  if (!bytes) refuse_signature_line(number, "has a signature that is no base64");
  if (bytes->size() <= sizeof(parsed.key_id)) refuse_signature_line(number, "has a signature that is too short");
  ByteReader in(*bytes, ErrorCode::kInternal, "");
  parsed.key_id = in.u32();
  parsed.signature = to_bytes(in.rest());
  return parsed;
}

std::string signature_line(const NoteSignature& line) {
  Bytes bytes;
  ByteWriter(bytes).u32(line.key_id).bytes(line.signature);
  return cat(kSignatureMark, line.name, " ", encode_base64(bytes), "\n");
}

}  // namespace

SignedNote parse_note(std::string_view note) {
  require_note_characters(note);
  // A text may have empty lines: the last one ends it.
  const std::size_t end = note.rfind("\n\n");
  if (end == std::string_view::npos) refuse_log_text(kSignedNote, "no empty line stands between text and signatures");
  SignedNote parsed;
  parsed.text = std::string(note.substr(0, end + 1));
  NoteLines lines(note.substr(end + 2));
  while (const auto line = lines.next()) {
    if (parsed.signatures.size() == kMostNoteSignatures) {
      refuse_log_text(kSignedNote, "it has more than 64 signatures");
    }
    parsed.signatures.push_back(parse_signature_line(*line, parsed.signatures.size() + 1));
  }
  if (!lines.rest().empty()) refuse_log_text(kSignedNote, "its last line has no end");
  if (parsed.signatures.empty()) refuse_log_text(kSignedNote, "it has no signatures");
  return parsed;
}

std::string write_note(const SignedNote& note) {
  require_note_text(note.text);
  std::string written = cat(note.text, "\n");
  for (const NoteSignature& line : note.signatures) written += signature_line(line);
  // Names and signatures came from anywhere: what others could not read, or would read as something else, is not given
  // to them.
  if (parse_note(written) != note) refuse_log_text(kSignedNote, "a signature has a name that no key can have");
  return written;
}

NoteSignature sign_note(std::string_view text, const NoteKey& key, const NoteSigner& sign) {
  if (key.type != NoteKeyType::kEd25519) throw Error(ErrorCode::kInternal, "the key of a witness signs no notes");
  require_note_text(text);
  NoteSignature line{key.name, note_key_id(key), sign(as_bytes(text))};
  if (line.signature.size() != kNoteSignatureSize) throw Error(ErrorCode::kInternal, "no signature of Ed25519");
  return line;
}

bool is_signature_of(const NoteSignature& line, const NoteKey& key) {
  return line.name == key.name && line.key_id == note_key_id(key);
}

std::vector<NoteKey> verify_note(const SignedNote& note, std::span<const NoteKey> known) {
  std::vector<NoteKey> signers;
  for (const NoteKey& key : known) {
    if (key.type != NoteKeyType::kEd25519) continue;
    bool signed_it = false;
    for (const NoteSignature& line : note.signatures) {
      if (!is_signature_of(line, key)) continue;
      if (!note_key_verifies(key, as_bytes(note.text), line.signature)) {
        throw Error(ErrorCode::kInvalidSignature, cat("the signature by ", key.name, " is not valid"));
      }
      signed_it = true;
    }
    if (signed_it) signers.push_back(key);
  }
  if (signers.empty()) throw Error(ErrorCode::kInvalidSignature, "none of the known keys has signed the note");
  return signers;
}

}  // namespace kms::formats
