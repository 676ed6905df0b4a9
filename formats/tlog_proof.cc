#include "formats/tlog_proof.h"

#include "core/base/encoding.h"
#include "core/base/text.h"
#include "formats/checkpoint.h"
#include "formats/note_lines.h"

namespace kms::formats {
namespace {

constexpr std::string_view kLogProof = "proof of a log";
constexpr std::string_view kProofMark = "c2sp.org/tlog-proof@v1";
constexpr std::string_view kExtraMark = "extra ";
constexpr std::string_view kIndexMark = "index ";

Bytes parse_extra(std::string_view base64) {
  if (base64_decoded_size(base64) > kMostProofExtra) refuse_log_text(kLogProof, "its extra data exceed 64 KiB");
  auto extra = decode_base64(base64);
  if (!extra || extra->empty()) refuse_log_text(kLogProof, "its extra data are no base64");
  return std::move(*extra);
}

}  // namespace

std::string tlog_proof_text(const TlogProof& proof) {
  std::string text = cat(kProofMark, "\n");
  if (!proof.extra.empty()) text += cat(kExtraMark, encode_base64(proof.extra), "\n");
  text += cat(kIndexMark, std::to_string(proof.index), "\n");
  text += cat(log_hashes_text(proof.path), "\n", write_note(proof.checkpoint));
  (void)parse_tlog_proof(text);
  return text;
}

TlogProof parse_tlog_proof(std::string_view text) {
  NoteLines lines(text);
  if (lines.next() != kProofMark) refuse_log_text(kLogProof, cat("its first line is not ", kProofMark));
  TlogProof proof;
  auto line = lines.next();
  if (line && line->starts_with(kExtraMark)) {
    proof.extra = parse_extra(line->substr(kExtraMark.size()));
    line = lines.next();
  }
  if (!line || !line->starts_with(kIndexMark)) refuse_log_text(kLogProof, "it has no line \"index N\"");
  const auto index = parse_log_number(line->substr(kIndexMark.size()));
  if (!index) refuse_log_text(kLogProof, "its index is no number: digits without a leading zero, below 2^63");
  proof.index = *index;
  proof.path = parse_log_hashes(lines, kLogProof);
  proof.checkpoint = parse_note(lines.rest());
  const std::uint64_t size = parse_checkpoint(proof.checkpoint.text).size;
  if (proof.index >= size) {
    refuse_log_text(kLogProof, cat("its index is ", std::to_string(proof.index), ", and its checkpoint is of ",
                                   std::to_string(size), " entries"));
  }
  return proof;
}

}  // namespace kms::formats
