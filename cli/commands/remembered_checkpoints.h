#pragma once
// What this machine remembers of the trails that it took checkpoints of: the newest of each, in files of its own,
// beside no vault. A vault that was put back, or whose trail was rewritten, does not fit them.
//   STATE/checkpoints/VAULT-ID/ACCOUNT.REGION.note
// Each is proven to continue the one before, so the newest stands for all. Files that are damaged are told of, and
// count as none.
#include <optional>
#include <string>

#include "cli/session.h"
#include "formats/checkpoint.h"
#include "formats/note_key.h"

namespace kms::cli {

struct RememberedCheckpoint {
  std::string file;
  std::string note;
  formats::Checkpoint checkpoint;
};

// That of the log that the key signs for. Nothing where there is none, or where this machine remembers nothing.
std::optional<RememberedCheckpoint> find_remembered(Session& session, const formats::NoteKey& key);
// In place of what was remembered. What cannot be written is told of, and no failure.
void remember_checkpoint(Session& session, const formats::NoteKey& key, const std::string& note);

}  // namespace kms::cli
