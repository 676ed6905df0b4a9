#include "formats/checkpoint.h"

#include <algorithm>

#include "core/base/encoding.h"
#include "core/base/text.h"
#include "formats/note_lines.h"

namespace kms::formats {
namespace {

constexpr std::string_view kCheckpoint = "checkpoint";

}  // namespace

std::string audit_log_origin(std::string_view vault_id, std::string_view account, std::string_view region) {
  return cat("kmsctl.local/", vault_id, "/", account, "/", region);
}

std::string checkpoint_text(const Checkpoint& checkpoint) {
  std::string text =
      cat(checkpoint.origin, "\n", std::to_string(checkpoint.size), "\n", encode_base64(checkpoint.root), "\n");
  for (const std::string& line : checkpoint.extensions) text += cat(line, "\n");
  if (parse_checkpoint(text) != checkpoint) refuse_log_text(kCheckpoint, "a line feed stands within a line");
  return text;
}

Checkpoint parse_checkpoint(std::string_view text) {
  NoteLines lines(text);
  Checkpoint checkpoint;
  checkpoint.origin = std::string(lines.next().value_or(""));
  if (checkpoint.origin.empty()) refuse_log_text(kCheckpoint, "its first line, the origin, is empty");
  const auto size = parse_log_number(lines.next().value_or(""));
  if (!size) refuse_log_text(kCheckpoint, "its second line is no size: digits without a leading zero, below 2^63");
  const auto root = parse_log_hash(lines.next().value_or(""));
  if (!root) refuse_log_text(kCheckpoint, "its third line is no root hash: 32 bytes in base64");
  checkpoint.size = *size;
  checkpoint.root = *root;
  while (const auto line = lines.next()) {
    if (line->empty()) refuse_log_text(kCheckpoint, "a line after the root hash is empty");
    checkpoint.extensions.emplace_back(*line);
  }
  if (!lines.rest().empty()) refuse_log_text(kCheckpoint, "its last line has no end");
  return checkpoint;
}

Checkpoint open_checkpoint(const SignedNote& note, std::span<const NoteKey> known) {
  const std::vector<NoteKey> signers = verify_note(note, known);
  Checkpoint checkpoint = parse_checkpoint(note.text);
  const bool its_own = std::any_of(signers.begin(), signers.end(),
                                   [&](const NoteKey& signer) { return signer.name == checkpoint.origin; });
  if (!its_own) {
    throw Error(ErrorCode::kInvalidSignature,
                cat("the checkpoint of ", checkpoint.origin, " is signed by ", signers.front().name, " alone"));
  }
  return checkpoint;
}

}  // namespace kms::formats
