#include "formats/cosignature.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "core/base/text.h"
#include "formats/checkpoint.h"

namespace kms::formats {
namespace {

constexpr std::size_t kCosignatureSize = sizeof(std::uint64_t) + 64;

bool is_cosignature_time(std::uint64_t time) {
  return time <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
}

std::string cosigned_message(std::string_view text, std::uint64_t time) {
  return cat("cosignature/v1\ntime ", std::to_string(time), "\n", text);
}

// The time of a valid cosignature.
std::optional<std::uint64_t> cosigned_at(std::string_view text, const NoteKey& witness, ByteView signature) {
  if (signature.size() != kCosignatureSize) return std::nullopt;
  ByteReader in(signature, ErrorCode::kInternal, "");
  const std::uint64_t time = in.u64();
  if (!is_cosignature_time(time)) return std::nullopt;
  const std::string message = cosigned_message(text, time);
  return note_key_verifies(witness, as_bytes(message), in.rest()) ? std::optional(time) : std::nullopt;
}

}  // namespace

NoteSignature cosign(std::string_view text, std::uint64_t time, const NoteKey& witness, const NoteSigner& sign) {
  if (witness.type != NoteKeyType::kCosignature) throw Error(ErrorCode::kInternal, "this is no key of a witness");
  if (!is_cosignature_time(time)) throw Error(ErrorCode::kValidation, "the time of a cosignature is below 2^63");
  (void)parse_checkpoint(text);
  NoteSignature line{witness.name, note_key_id(witness), {}};
  const Bytes signature = sign(as_bytes(cosigned_message(text, time)));
  ByteWriter(line.signature).u64(time).bytes(signature);
  if (line.signature.size() != kCosignatureSize) throw Error(ErrorCode::kInternal, "no signature of Ed25519");
  return line;
}

std::vector<Cosignature> verify_cosignatures(const SignedNote& note, std::span<const NoteKey> known) {
  (void)parse_checkpoint(note.text);
  std::vector<Cosignature> found;
  for (const NoteKey& key : known) {
    if (key.type != NoteKeyType::kCosignature) continue;
    std::optional<std::uint64_t> newest;
    for (const NoteSignature& line : note.signatures) {
      if (!is_signature_of(line, key)) continue;
      const auto time = cosigned_at(note.text, key, line.signature);
      if (!time) throw Error(ErrorCode::kInvalidSignature, cat("the cosignature by ", key.name, " is not valid"));
      newest = std::max(newest, time);
    }
    if (newest) found.push_back({key, *newest});
  }
  return found;
}

}  // namespace kms::formats
