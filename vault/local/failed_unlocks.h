#pragma once
// unlock.failed: what a command that could not open the vault leaves in its directory (vault/vault.md, "Failed attempts
// to unlock"). Internal to vault/.
//
// Each line is an attempt: TIME UID KIND WHERE SLOTS COUNT, parted by single spaces and ended by a line feed. TIME is
// ISO 8601 in UTC to the second, WHERE is terminal or none, SLOTS are ids of 8 hex digits parted by commas, or -, and
// COUNT has ten digits, so that it is raised in place. No line is longer than kLongestNote with its line feed.
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/store/vault_care.h"
#include "vault/local/directory.h"

namespace kms::vault {

inline constexpr std::string_view kFailedUnlocksName = "unlock.failed";
inline constexpr std::size_t kLongestNote = 256;
inline constexpr std::size_t kMostNotes = 64;
inline constexpr std::size_t kNotesLimit = kMostNotes * kLongestNote;

// With its line feed. Of more than kMostNotedSlots slots, the first ones.
inline constexpr std::size_t kMostNotedSlots = 12;
std::string note_of(const FailedUnlock& attempt);
// Of a file that anybody may have written: each line that is none of ours counts as unreadable, and what is beyond
// kNotesLimit is not looked at.
UnlockNotes parse_notes(std::string_view file);

// Adds a line, or raises the count of the last one where there are kMostNotes, or no room for another. Throws
// FileException. Waits for nobody longer than a second: then what is noted may go with what another process takes.
void add_note(const Directory& directory, const FailedUnlock& attempt);
// As VaultCare::take_failed_unlocks(). What stands under the name and is no file of the vault's is taken away unread,
// and counts as unreadable. A crash before the file is gone leaves all of it for the next time.
void take_notes(const Directory& directory, const std::function<void(const UnlockNotes&)>& record);

}  // namespace kms::vault
