#include "cli/commands/file_transfer.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <iostream>

#include "cli/process.h"
#include "cli/standard_output.h"
#include "cli/terminal_stream.h"
#include "core/base/error.h"
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

void refuse_same_file(const struct stat& input, const std::string& output) {
  struct stat info {};
  if (stat(output.c_str(), &info) != 0) return;
  if (info.st_dev == input.st_dev && info.st_ino == input.st_ino) {
    throw Error(ErrorCode::kFile, cat(output, ": input and output are the same file"));
  }
}

mode_t mode_of(const struct stat& input, const Transfer::Output& output) {
  if (output.mode) return *output.mode;
  if (!S_ISREG(input.st_mode)) return under_umask(kPrivateBits);
  if (output.permissions == Permissions::kOfInput) return under_umask(input.st_mode & kPermissionBits);
  const bool is_private = (input.st_mode & (S_IRWXG | S_IRWXO)) == 0;
  return under_umask(is_private ? input.st_mode & kPrivateBits : kPrivateBits);
}

// Binary is not for eyes, and may be commands to a terminal. A character may be cut between two pieces.
void write_to_terminal(ByteView piece) {
  const auto text = as_text(piece);
  const bool binary = std::any_of(text.begin(), text.end(), [](char c) {
    return (c >= 0 && c < ' ' && c != '\n' && c != '\t' && c != '\r') || c == '\x7f';
  });
  if (binary) throw Error(ErrorCode::kFile, "binary is not written to a terminal: redirect the output or use -o FILE");
  std::cout << text << std::flush;
}

}  // namespace

Transfer::Transfer(const std::string& input, const Output& output, Terminal& terminal)
    : input_name_(input == "-" ? "standard input" : input) {
  if (input != "-") input_ = open_for_reading(input);
  const struct stat info = status_of(input_ ? input_.get() : STDIN_FILENO, input_name_);
  if (output.path != "-") {
    refuse_same_file(info, output.path);
    output_.emplace(output.path, output.force, mode_of(info, output));
  }
  to_terminal_ = !output_ && terminal.output_is_terminal();
  sized_ = S_ISREG(info.st_mode);
  size_ = S_ISREG(info.st_mode) ? static_cast<std::uint64_t>(info.st_size) : 0;
  progress_ = size_ >= kLargeInput && terminal.error_is_terminal();
}

Transfer::~Transfer() {
  if (progress_) draw("\r\033[K");
}

std::function<std::size_t(MutableBytes)> Transfer::reader() {
  return [this](MutableBytes out) {
    const std::size_t count = read_up_to(input_ ? input_.get() : STDIN_FILENO, out, input_name_);
    done_ += count;
    if (progress_) show_progress();
    return count;
  };
}

std::function<void(ByteView)> Transfer::writer() {
  if (output_) return [this](ByteView piece) { output_->write(piece); };
  if (to_terminal_) return write_to_terminal;
  return write_output;
}

void Transfer::show_progress() {
  const std::uint64_t percent = done_ >= size_ ? 100 : done_ * 100 / size_;
  if (percent == shown_percent_) return;
  shown_percent_ = percent;
  draw(cat("\r", escape_controls(input_name_, LineEnds::kEscaped), "  ", std::to_string(percent), " %"));
}

void Transfer::commit() {
  if (output_) output_->commit();
}

}  // namespace kms::cli
