#include "vault/local/failed_unlocks.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <thread>
#include <vector>

#include "core/base/text.h"
#include "core/base/time_text.h"
#include "vault/local/vault.h"
#include "vault/sealed/slot_table.h"

namespace kms::vault {
namespace {

constexpr std::size_t kCountDigits = 10;
constexpr std::uint64_t kMostCounted = 9'999'999'999;
constexpr std::string_view kAtTerminal = "terminal";
constexpr std::string_view kNowhere = "none";
constexpr std::string_view kNoSlots = "-";

std::string count_text(std::uint64_t count) {
  const std::string digits = std::to_string(std::min(count, kMostCounted));
  return cat(std::string(kCountDigits - digits.size(), '0'), digits);
}

template <class Number>
std::optional<Number> number_in(std::string_view text) {
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return number;
}

// The text before the first `separator`, which is taken from the text with it; all of it where there is none.
std::string_view take_word(std::string_view& text, char separator) {
  const std::size_t end = text.find(separator);
  const std::string_view word = text.substr(0, end);
  text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  return word;
}

bool is_slot_id(std::string_view text) {
  return text.size() == 8 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::optional<std::vector<std::string>> slots_in(std::string_view text) {
  std::vector<std::string> ids;
  if (text == kNoSlots) return ids;
  for (bool more = true; more;) {
    more = text.find(',') != std::string_view::npos;
    const std::string_view id = take_word(text, ',');
    if (!is_slot_id(id) || ids.size() == kMostNotedSlots) return std::nullopt;
    ids.emplace_back(id);
  }
  return ids;
}

// Nothing for what note_of() does not write, down to the byte.
std::optional<FailedUnlock> parse_note(std::string_view line) {
  std::string_view rest = line;
  const auto when = parse_time(take_word(rest, ' '));
  const auto uid = number_in<std::uint32_t>(take_word(rest, ' '));
  const auto kind = from_text<SlotKind>(take_word(rest, ' '));
  const std::string_view where = take_word(rest, ' ');
  auto slots = slots_in(take_word(rest, ' '));
  const auto count = number_in<std::uint64_t>(rest);
  if (!when || !uid || !kind || !slots || !count || *count == 0) return std::nullopt;
  FailedUnlock attempt{*when, *uid, *kind, *std::move(slots), where == kAtTerminal, *count};
  const std::string written = note_of(attempt);
  if (std::string_view(written).substr(0, written.size() - 1) != line) return std::nullopt;
  return attempt;
}

std::string text_of(int fd, const Directory& directory) {
  Bytes file(kNotesLimit);
  if (lseek(fd, 0, SEEK_SET) != 0) throw_file_error(directory.text(kFailedUnlocksName), errno);
  file.resize(read_up_to(fd, file, directory.text(kFailedUnlocksName)));
  return std::string(as_text(file));
}

// Whoever adds and whoever takes away have the file to themselves.
bool lock_file(int fd, std::chrono::milliseconds patience) {
  constexpr std::chrono::milliseconds kStep{10};
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(kStep);
  }
  return true;
}

// Whether the name is still that of the file: who took it has removed it.
bool is_there(int fd) {
  struct stat info {};
  return fstat(fd, &info) == 0 && info.st_nlink > 0;
}

// Whether what stands under the name is nothing that add_note() makes.
bool is_of_others(const Directory& directory, const std::string& name) {
  struct stat info {};
  if (fstatat(directory.fd(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) return false;
  return !S_ISREG(info.st_mode) || info.st_uid != geteuid() || info.st_nlink > 1;
}

UniqueFd open_notes(const Directory& directory) {
  constexpr std::chrono::milliseconds kPatience{1000};
  constexpr int kMostTries = 3;
  UniqueFd fd;
  for (int i = 0; i < kMostTries; ++i) {
    make_private_file(directory, kFailedUnlocksName);
    fd = open_own_file(directory, kFailedUnlocksName, O_RDWR | O_APPEND);
    if (!fd) continue;
    (void)lock_file(fd.get(), kPatience);
    if (is_there(fd.get())) break;
    fd.reset();
  }
  return fd;
}

// In place, where the last line is one of ours.
void raise_last(int fd, const std::string& text) {
  if (!text.ends_with('\n') || text.size() <= kCountDigits) return;
  const std::size_t at = text.size() - 1 - kCountDigits;
  const auto count = number_in<std::uint64_t>(std::string_view(text).substr(at, kCountDigits));
  if (!count) return;
  const std::string raised = count_text(*count + 1);
  if (fcntl(fd, F_SETFL, 0) != 0) return;  // with O_APPEND, Linux writes at the end whatever it is told
  (void)!pwrite(fd, raised.data(), raised.size(), static_cast<off_t>(at));
}

}  // namespace

std::string note_of(const FailedUnlock& attempt) {
  std::string slots;
  const std::size_t noted = std::min(attempt.slots.size(), kMostNotedSlots);
  for (std::size_t i = 0; i < noted; ++i) slots += cat(i == 0 ? "" : ",", attempt.slots[i]);
  return cat(iso_seconds(attempt.when), " ", std::to_string(attempt.uid), " ", to_text(attempt.kind), " ",
             attempt.terminal ? kAtTerminal : kNowhere, " ", slots.empty() ? kNoSlots : std::string_view(slots), " ",
             count_text(attempt.count), "\n");
}

UnlockNotes parse_notes(std::string_view file) {
  UnlockNotes notes;
  file = file.substr(0, kNotesLimit);
  while (!file.empty()) {
    const bool whole = file.find('\n') != std::string_view::npos;
    auto attempt = parse_note(take_word(file, '\n'));
    if (attempt && whole && notes.attempts.size() < kMostNotes) {
      notes.attempts.push_back(*std::move(attempt));
    } else {
      ++notes.unreadable;
    }
  }
  return notes;
}

void add_note(const Directory& directory, const FailedUnlock& attempt) {
  const UniqueFd fd = open_notes(directory);
  if (!fd) return;
  const std::string text = text_of(fd.get(), directory);
  const auto lines = std::count(text.begin(), text.end(), '\n');
  const std::string note = note_of(attempt);
  const bool full = static_cast<std::size_t>(lines) >= kMostNotes || text.size() + note.size() > kNotesLimit;
  if (full) return raise_last(fd.get(), text);
  write_all(fd.get(), as_bytes(note), directory.text(kFailedUnlocksName));
}

void take_notes(const Directory& directory, const std::function<void(const UnlockNotes&)>& record) {
  const std::string name(kFailedUnlocksName);
  UniqueFd fd;
  try {
    fd = open_own_file(directory, kFailedUnlocksName, O_RDWR);
  } catch (const Error&) {
    // One of ours that cannot be opened, as on a disk that fails, stays.
    if (!is_of_others(directory, name) || unlinkat(directory.fd(), name.c_str(), 0) != 0) return;
    return record({{}, 1});
  }
  if (!fd || !lock_file(fd.get(), std::chrono::milliseconds(0)) || !is_there(fd.get())) return;
  const UnlockNotes notes = parse_notes(text_of(fd.get(), directory));
  if (!notes.attempts.empty() || notes.unreadable > 0) record(notes);
  if (unlinkat(directory.fd(), name.c_str(), 0) != 0) throw_file_error(directory.text(kFailedUnlocksName), errno);
}

void note_failed_unlock(const std::string& path, FailedUnlock attempt) noexcept {
  try {
    attempt.slots = slot_ids(path, attempt.kind);
    add_note(Directory(path), attempt);
  } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): whoever failed is told of that, not of this
  }
}

}  // namespace kms::vault
