#include "cli/terminal_stream.h"

#include <unistd.h>

#include "core/base/bytes.h"
#include "core/base/error.h"
#include "core/base/file.h"
#include "core/base/secret_bytes.h"

namespace kms::cli {
namespace {

// Where a stream keeps the TerminalStream that is behind it, or null.
int place_of_own() {
  static const int index = std::ios_base::xalloc();
  return index;
}

}  // namespace

TerminalStream::TerminalStream(std::ostream& stream, int fd) : stream_(stream), fd_(fd) {
  if (isatty(fd) != 1) return;
  before_ = stream.rdbuf(this);
  stream.pword(place_of_own()) = this;
}

TerminalStream::~TerminalStream() {
  finish();
  if (before_ == nullptr) return;
  stream_.rdbuf(before_);
  stream_.pword(place_of_own()) = nullptr;
}

void TerminalStream::finish() {
  if (before_ == nullptr) return;
  (void)sync();
  (void)put(escaper_.finish());
}

TerminalStream::int_type TerminalStream::overflow(int_type character) {
  if (!traits_type::eq_int_type(character, traits_type::eof())) waiting_ += traits_type::to_char_type(character);
  return traits_type::not_eof(character);
}

std::streamsize TerminalStream::xsputn(const char* text, std::streamsize size) {
  constexpr std::size_t kMostWaiting = 65536;
  waiting_.append(text, static_cast<std::size_t>(size));
  if (waiting_.size() >= kMostWaiting && sync() != 0) return 0;
  return size;
}

int TerminalStream::sync() {
  const bool done = put(escaper_.next(waiting_));
  wipe(waiting_);
  waiting_.clear();
  return done ? 0 : -1;
}

bool TerminalStream::put(std::string text) const {
  bool done = true;
  try {
    write_all(fd_, as_bytes(text), "the terminal");
  } catch (const Error&) {
    done = false;
  }
  wipe(text);
  return done;
}

void write_control(std::ostream& stream, std::string_view sequence) {
  const auto* const own = static_cast<TerminalStream*>(stream.pword(place_of_own()));
  if (own == nullptr) {
    stream << sequence;
    return;
  }
  stream.flush();
  if (!own->put(std::string(sequence))) stream.setstate(std::ios_base::badbit);
}

void draw(std::string_view text) {
  (void)!write(STDERR_FILENO, text.data(), text.size());
}

}  // namespace kms::cli
