#include "cli/commands/audit_evidence.h"

#include <filesystem>
#include <system_error>

#include "cli/named_files.h"
#include "core/base/clock.h"
#include "core/base/time_text.h"
#include "formats/checkpoint.h"

namespace kms::cli {
namespace {

constexpr std::size_t kMostKeyFile = 4096;

std::string without_line_feed(std::string text) {
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  return text;
}

// A text with a plus sign is a key unless there is a file of this name: base64 may have slashes, and names plus signs.
bool names_file(const std::string& given) {
  std::error_code ignored;
  return given.find('+') == std::string::npos || std::filesystem::exists(given, ignored);
}

}  // namespace

formats::NoteKey verifier_key_of(Session& session, std::string_view option, const std::string& given,
                                 formats::NoteKeyType type) {
  std::string text = given;
  if (names_file(given)) {
    text = without_line_feed(std::string(as_text(read_file(session.terminal().streams(), given, kMostKeyFile))));
  }
  const auto parsed = [&] {
    try {
      return formats::parse_verifier_key(text);
    } catch (const Error& error) {
      throw Error(ErrorCode::kUsage, cat(option, " '", given, "': ", error.what(),
                                         ": give NAME+ID+KEY, as kmsctl audit public-key prints it, or a file of it"));
    }
  };
  formats::NoteKey key = parsed();
  if (key.type == type) return key;
  throw Error(ErrorCode::kUsage,
              cat(option, " '", given, "': ",
                  type == formats::NoteKeyType::kEd25519
                      ? "this is the key of a witness; give that of the log, and this one with --witness"
                      : "this is no key of a witness; that of the log belongs to --public-key"));
}

std::vector<formats::NoteKey> witness_keys_of(Session& session, const std::vector<std::string>& given) {
  std::vector<formats::NoteKey> keys;
  keys.reserve(given.size());
  for (const std::string& one : given) {
    keys.push_back(verifier_key_of(session, "--witness", one, formats::NoteKeyType::kCosignature));
  }
  return keys;
}

formats::SignedNote checkpoint_in(Session& session, const std::string& path) {
  const Bytes file = read_file(session.terminal().streams(), path, formats::kMostNoteBytes);
  return of_file(path, [&] {
    formats::SignedNote note = formats::parse_note(as_text(file));
    (void)formats::parse_checkpoint(note.text);
    return note;
  });
}

std::string witnessed_time(std::uint64_t seconds) {
  const auto time = time_of_epoch_seconds(static_cast<double>(seconds));
  return time ? iso_seconds(*time) : std::to_string(seconds);
}

std::string cosigned_by(const std::vector<ShownWitness>& witnesses) {
  std::string text;
  for (const ShownWitness& witness : witnesses) {
    text += cat(text.empty() ? ", cosigned by " : " and by ", witness.name, " at ", witnessed_time(witness.time));
  }
  return text;
}

}  // namespace kms::cli
