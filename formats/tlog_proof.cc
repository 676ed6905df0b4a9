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

std::vector<MerkleHash> parse_path(NoteLines& lines) {
  std::vector<MerkleHash> path;
  while (const auto line = lines.next()) {
    if (line->empty()) return path;
    const std::string number = std::to_string(path.size() + 1);
    if (path.size() == kMostProofHashes) refuse_log_text(kLogProof, "it has more than 63 hashes");
    const auto hash = parse_log_hash(*line);
    if (!hash) refuse_log_text(kLogProof, cat("hash ", number, " is not 32 bytes in base64"));
    path.push_back(*hash);
  }
  refuse_log_text(kLogProof, "no empty line stands before its checkpoint");
}

}  // namespace

std::string tlog_proof_text(const TlogProof& proof) {
  std::string text = cat(kProofMark, "\n");
  if (!proof.extra.empty()) text += cat(kExtraMark, encode_base64(proof.extra), "\n");
  text += cat(kIndexMark, std::to_string(proof.index), "\n");
  for (const auto& hash : proof.path) text += cat(encode_base64(hash), "\n");
  text += cat("\n", write_note(proof.checkpoint));
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
  proof.path = parse_path(lines);
  proof.checkpoint = parse_note(lines.rest());
  const std::uint64_t size = parse_checkpoint(proof.checkpoint.text).size;
  if (proof.index >= size) {
    refuse_log_text(kLogProof, cat("its index is ", std::to_string(proof.index), ", and its checkpoint is of ",
                                   std::to_string(size), " entries"));
  }
  return proof;
}

}  // namespace kms::formats
