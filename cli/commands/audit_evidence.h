#pragma once
// What the commands share that verify a log without a vault: verifier keys, signed notes, and how what they find is
// told.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cli/session.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "formats/note_key.h"
#include "formats/signed_note.h"

namespace kms::cli {

inline constexpr std::string_view kPublicKeyHelp =
    "The log's verifier key, as kmsctl audit public-key prints it, or a file that has it. Take it from where you trust "
    "it: what proves the log is this key alone";
inline constexpr std::string_view kWitnessHelp =
    "Verifier key of a witness, or a file that has it: demand that it has cosigned; may be repeated";

// Of the text of a verifier key, or of the name of a file that holds one. UsageException that begins with `option` for
// what is neither, and for a key of another type; FileException for a file that cannot be read.
formats::NoteKey verifier_key_of(Session& session, std::string_view option, const std::string& given,
                                 formats::NoteKeyType type);
std::vector<formats::NoteKey> witness_keys_of(Session& session, const std::vector<std::string>& given);

// The checkpoint in a file. ValidationException that names it for what is none.
formats::SignedNote checkpoint_in(Session& session, const std::string& path);

// What `read` gives. Where that throws, it says of which file.
template <class Read>
auto of_file(const std::string& name, const Read& read) -> decltype(read()) {
  try {
    return read();
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kFile) throw;  // which names it
    throw Error(error.code(), cat(name, ": ", error.what()));
  }
}

// 2026-11-27T12:00:00Z; after the year 9999, the seconds since 1970.
std::string witnessed_time(std::uint64_t seconds);
// ", cosigned by NAME at TIME and by ..."; empty where nobody has.
struct ShownWitness {
  std::string name;
  std::uint64_t time = 0;  // seconds since 1970
};
std::string cosigned_by(const std::vector<ShownWitness>& witnesses);

}  // namespace kms::cli
