// The texts of a log that strangers send: verifier keys, notes, checkpoints, proofs, cosignatures. What is read is
// written again as the same bytes, and what is refused is refused with a ValidationException, or where a signature is
// looked at with a KMSInvalidSignatureException. The keys are those of formats/audit_log.md, so that what a seed says
// is signed indeed.
#include <optional>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/base/text.h"
#include "formats/checkpoint.h"
#include "formats/cosignature.h"
#include "formats/tlog_proof.h"
#include "formats/witness_request.h"
#include "tests/fuzz/start.h"

namespace {

// What `call` gives; nothing where it refuses with a ValidationException or with `other`.
template <class Call>
auto unless_refused(kms::ErrorCode other, const Call& call) -> std::optional<decltype(call())> {
  try {
    return call();
  } catch (const kms::Error& error) {
    if (error.code() != kms::ErrorCode::kValidation && error.code() != other) std::abort();
    return std::nullopt;
  }
}

// Writing what was read refuses nothing: an exception of `write` ends the run.
template <class Read, class Write>
void read_back(std::string_view text, const Read& read, const Write& write) {
  const auto value = unless_refused(kms::ErrorCode::kValidation, [&] { return read(text); });
  if (value && write(*value) != text) std::abort();
}

const std::vector<kms::formats::NoteKey>& known_keys() {
  using kms::formats::parse_verifier_key;
  static const std::vector<kms::formats::NoteKey> keys{
      parse_verifier_key("kmsctl.local/3f2b8c1e-5d47-4a90-8e6b-0c9d7a1f2e34/111122223333/eu-central-1+"
                         "6868626a+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"),
      parse_verifier_key("kmsctl.local/a41d0f7c-92be-4c35-b8d1-6e5f4a3b2c1d/"
                         "witness+1db39b1c+BCmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X")};
  return keys;
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  return start_fuzzing();
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace kms::formats;
  const std::string text(reinterpret_cast<const char*>(data), size);
  // Hex digits of an id are read in either case.
  if (const auto key = unless_refused(kms::ErrorCode::kValidation, [&] { return parse_verifier_key(text); })) {
    if (kms::lower_ascii(verifier_key_text(*key)) != kms::lower_ascii(text)) std::abort();
  }
  read_back(text, parse_note, write_note);
  read_back(text, parse_checkpoint, checkpoint_text);
  read_back(text, parse_witness_request, witness_request_text);
  read_back(text, parse_tlog_proof, tlog_proof_text);
  constexpr auto kNotValid = kms::ErrorCode::kInvalidSignature;
  (void)unless_refused(kNotValid, [&] { return open_checkpoint(parse_note(text), known_keys()); });
  (void)unless_refused(kNotValid, [&] { return verify_cosignatures(parse_note(text), known_keys()); });
  return 0;
}
