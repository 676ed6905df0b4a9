#include "cli/commands/remembered_checkpoints.h"

#include <sys/stat.h>
#include <unistd.h>

#include <ostream>
#include <span>
#include <string_view>

#include "cli/named_files.h"
#include "core/base/error.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "formats/signed_note.h"

namespace kms::cli {
namespace {

constexpr mode_t kOwnDirectory = 0700;

// Of an origin kmsctl.local/VAULT-ID/ACCOUNT/REGION; empty for another, whose parts might lead elsewhere.
std::string file_of(const Session& session, const std::string& origin) {
  constexpr std::string_view kOurs = "kmsctl.local/";
  if (session.options().state.empty() || !origin.starts_with(kOurs)) return {};
  const std::string rest = origin.substr(kOurs.size());
  const auto first = rest.find('/');
  const auto second = rest.find('/', first + 1);
  if (first == std::string::npos || second == std::string::npos) return {};
  const std::string vault = rest.substr(0, first);
  const std::string name = cat(rest.substr(first + 1, second - first - 1), ".", rest.substr(second + 1));
  const bool odd = name.find('/') != std::string::npos || name.find("..") != std::string::npos || vault.empty() ||
                   vault.front() == '.';
  return odd ? std::string() : cat(session.options().state, "/checkpoints/", vault, "/", name, ".note");
}

}  // namespace

std::optional<RememberedCheckpoint> find_remembered(Session& session, const formats::NoteKey& key) {
  const std::string file = file_of(session, key.name);
  if (file.empty() || access(file.c_str(), F_OK) != 0) return std::nullopt;
  try {
    const UniqueFd fd = open_for_reading(file);
    std::string note(as_text(read_all(fd.get(), formats::kMostNoteBytes, file)));
    formats::Checkpoint checkpoint = formats::open_checkpoint(formats::parse_note(note), std::span(&key, 1));
    return RememberedCheckpoint{file, std::move(note), std::move(checkpoint)};
  } catch (const Error& error) {
    session.err() << "kmsctl: warning: what this machine remembers of the trail is not to be used: " << file << ": "
                  << error.what() << '\n';
    return std::nullopt;
  }
}

void remember_checkpoint(Session& session, const formats::NoteKey& key, const std::string& note) {
  const std::string file = file_of(session, key.name);
  if (file.empty()) return;
  try {
    make_directories(parent_directory(file), kOwnDirectory);
    OutputFile output(file, /*replace=*/true);
    output.write(as_bytes(note));
    output.commit();
  } catch (const Error& error) {
    session.err() << "kmsctl: warning: this machine will not remember the checkpoint: " << error.what() << '\n';
  }
}

}  // namespace kms::cli
