#include "formats/witness_request.h"

#include "core/base/text.h"
#include "formats/checkpoint.h"
#include "formats/note_lines.h"

namespace kms::formats {
namespace {

constexpr std::string_view kWitnessRequest = "request to a witness";
constexpr std::string_view kOldMark = "old ";

}  // namespace

std::string witness_request_text(const WitnessRequest& request) {
  std::string text = cat(kOldMark, std::to_string(request.old_size), "\n", log_hashes_text(request.proof), "\n",
                         write_note(request.checkpoint));
  (void)parse_witness_request(text);
  return text;
}

bool begins_witness_request(std::string_view text) {
  return text.starts_with(kOldMark);
}

WitnessRequest parse_witness_request(std::string_view text) {
  NoteLines lines(text);
  const auto first = lines.next();
  if (!first || !first->starts_with(kOldMark)) refuse_log_text(kWitnessRequest, "it does not begin with \"old N\"");
  const auto old_size = parse_log_number(first->substr(kOldMark.size()));
  if (!old_size) refuse_log_text(kWitnessRequest, "its old size is no number: digits without a leading zero");
  WitnessRequest request{*old_size, parse_log_hashes(lines, kWitnessRequest), parse_note(lines.rest())};
  const std::uint64_t size = parse_checkpoint(request.checkpoint.text).size;
  if (request.old_size > size) {
    refuse_log_text(kWitnessRequest, cat("its old size is ", std::to_string(request.old_size),
                                         ", and its checkpoint is of ", std::to_string(size), " entries"));
  }
  return request;
}

}  // namespace kms::formats
