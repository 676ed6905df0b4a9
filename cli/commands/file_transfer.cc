#include "cli/commands/file_transfer.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <iostream>

#include "cli/process.h"
#include "cli/terminal_stream.h"
#include "core/base/error.h"
#include "core/base/file.h"
#include "core/base/terminal_text.h"
#include "core/base/text.h"

namespace kms::cli {
namespace {

constexpr std::uint64_t kLargeInput = 64ULL << 20U;
constexpr mode_t kPermissionBits = S_IRUSR | S_IWUSR | S_IRGRP | S_IWGRP | S_IROTH | S_IWOTH;
constexpr mode_t kPrivateBits = S_IRUSR | S_IWUSR;

struct stat status_of(int fd, const std::string& name) {
  struct stat info {};
  if (fstat(fd, &info) != 0) throw_file_error(name, errno);
  return info;
}

// A character device, as a terminal, is one thing to read and another to write. Standard output that is a pipe may come
// from where the input does; a file there would grow by what is read of it.
void refuse_same_file(const StandardStreams& streams, const struct stat& input, const std::string& output) {
  if (S_ISCHR(input.st_mode)) return;
  struct stat info {};
  const bool to_standard = names_standard_output(output);
  if (to_standard && !S_ISREG(input.st_mode)) return;
  if ((to_standard ? fstat(streams.output(), &info) : stat(output.c_str(), &info)) != 0) return;
  if (info.st_dev == input.st_dev && info.st_ino == input.st_ino) {
    throw Error(ErrorCode::kFile,
                cat(to_standard ? std::string("standard output") : output, ": input and output are the same file"));
  }
}

mode_t mode_of(const struct stat& input, const Transfer::Output& output) {
  if (output.mode) return *output.mode;
  if (!S_ISREG(input.st_mode)) return under_umask(kPrivateBits);
  if (output.permissions == Permissions::kOfInput) return under_umask(input.st_mode & kPermissionBits);
  const bool is_private = (input.st_mode & (S_IRWXG | S_IRWXO)) == 0;
  return under_umask(is_private ? input.st_mode & kPrivateBits : kPrivateBits);
}

// A character may be cut between two pieces.
void write_to_terminal(ByteView piece) {
  require_text(piece);
  std::cout << as_text(piece) << std::flush;
}

}  // namespace

Transfer::Transfer(const std::string& input, const Output& output, Terminal& terminal)
    : input_(terminal.streams(), input) {
  const struct stat info = status_of(input_.fd(), input_.name());
  if (!output.path.empty()) {
    refuse_same_file(terminal.streams(), info, output.path);
    output_.emplace(terminal.streams(), output.path, output.force, mode_of(info, output));
    to_terminal_ = output_->is_standard_output() && terminal.output_is_terminal();
  }
  sized_ = S_ISREG(info.st_mode);
  size_ = S_ISREG(info.st_mode) ? static_cast<std::uint64_t>(info.st_size) : 0;
  progress_ = size_ >= kLargeInput && terminal.error_is_terminal();
}

Transfer::~Transfer() {
  if (progress_) draw("\r\033[K");
}

std::function<std::size_t(MutableBytes)> Transfer::reader() {
  return [this](MutableBytes out) {
    const std::size_t count = read_up_to(input_.fd(), out, input_.name());
    done_ += count;
    if (progress_) show_progress();
    return count;
  };
}

std::function<void(ByteView)> Transfer::writer() {
  if (to_terminal_) return write_to_terminal;
  return [this](ByteView piece) { output_->write(piece); };
}

void Transfer::show_progress() {
  const std::uint64_t percent = done_ >= size_ ? 100 : done_ * 100 / size_;
  if (percent == shown_percent_) return;
  shown_percent_ = percent;
  draw(cat("\r", escape_controls(input_.name(), LineEnds::kEscaped), "  ", std::to_string(percent), " %"));
}

void Transfer::commit() {
  if (output_) output_->commit();
}

}  // namespace kms::cli
