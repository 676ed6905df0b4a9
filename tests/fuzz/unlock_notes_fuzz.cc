// unlock.failed as anybody may have written it: bounded, and what is read is what would be written.
#include <cstdlib>

#include "core/base/bytes.h"
#include "core/base/text.h"
#include "vault/local/failed_unlocks.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace kms;
  const std::string file(as_text({data, size}));
  const UnlockNotes notes = vault::parse_notes(file);
  if (notes.attempts.size() > vault::kMostNotes || notes.unreadable > vault::kNotesLimit) abort();
  for (const FailedUnlock& attempt : notes.attempts) {
    const std::string line = vault::note_of(attempt);
    if (line.size() > vault::kLongestNote || file.find(line) == std::string::npos) abort();
  }
  return 0;
}
