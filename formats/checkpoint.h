#pragma once
// What a log says of itself at one size, as the text of a note: C2SP tlog-checkpoint, https://c2sp.org/tlog-checkpoint.
// formats/audit_log.md is the specification of what kmsctl writes.
//   origin \n size \n base64(root) \n [extension \n]...
// Pure functions: they may run on several threads at once.
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "formats/merkle_tree.h"
#include "formats/note_key.h"
#include "formats/signed_note.h"

namespace kms::formats {

struct Checkpoint {
  std::string origin;                   // which log
  std::uint64_t size = 0;               // entries; at most 2^63 - 1
  MerkleHash root{};                    // of the tree of RFC 6962 over them
  std::vector<std::string> extensions;  // lines that kmsctl writes none of, and keeps
  bool operator==(const Checkpoint&) const = default;
};

// The origin of an audit log, which is the name of its key as well.
std::string audit_log_origin(std::string_view vault_id, std::string_view account, std::string_view region);

// ValidationException where parse_checkpoint() would refuse the result or read something else: an empty origin, a size
// above the limit, a line feed within a line.
std::string checkpoint_text(const Checkpoint& checkpoint);
// Of the text of a note. ValidationException, with what is wrong, for what is none. What it reads, checkpoint_text()
// writes as the same bytes.
Checkpoint parse_checkpoint(std::string_view text);

// The checkpoint of a note that a log signed: by one of `known` that has the log's origin for its name, as the keys of
// kmsctl do, so that a log whose key is known does not speak for another. Throws as verify_note() and
// parse_checkpoint(); KMSInvalidSignatureException, too, where it is another log's key that signed.
Checkpoint open_checkpoint(const SignedNote& note, std::span<const NoteKey> known);

}  // namespace kms::formats
