#include "cli/commands/file_transfer.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <iostream>

#include "core/base/error.h"
#include "core/base/text.h"

namespace kms::cli {
namespace {

constexpr std::uint64_t kLargeInput = 64ULL << 20U;
constexpr mode_t kPermissionBits = S_IRUSR | S_IWUSR | S_IRGRP | S_IWGRP | S_IROTH | S_IWOTH;

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

}  // namespace

Transfer::Transfer(const std::string& input, const std::string& output, bool force, Terminal& terminal)
    : input_name_(input == "-" ? "standard input" : input) {
  if (input != "-") input_ = open_for_reading(input);
  const struct stat info = status_of(input_ ? input_.get() : STDIN_FILENO, input_name_);
  if (output != "-") {
    refuse_same_file(info, output);
    const mode_t mode = S_ISREG(info.st_mode) ? info.st_mode & kPermissionBits : S_IRUSR | S_IWUSR;
    output_.emplace(output, force, mode);
  }
  sized_ = S_ISREG(info.st_mode);
  size_ = S_ISREG(info.st_mode) ? static_cast<std::uint64_t>(info.st_size) : 0;
  progress_ = size_ >= kLargeInput && terminal.error_is_terminal();
}

Transfer::~Transfer() {
  if (progress_) std::cerr << "\r\033[K" << std::flush;
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
  return [](ByteView piece) { write_all(STDOUT_FILENO, piece, "standard output"); };
}

void Transfer::show_progress() {
  const std::uint64_t percent = done_ >= size_ ? 100 : done_ * 100 / size_;
  if (percent == shown_percent_) return;
  shown_percent_ = percent;
  std::cerr << '\r' << input_name_ << "  " << percent << " %" << std::flush;
}

void Transfer::commit() {
  if (output_) output_->commit();
}

}  // namespace kms::cli
