#include "cli/input_lines.h"

#include <unistd.h>

#include <array>
#include <cerrno>

#include "core/base/file.h"

namespace kms::cli {

bool InputLines::read_more() {
  constexpr std::size_t kPart = 1U << 16U;
  std::array<char, kPart> part{};
  ssize_t size = 0;
  do {
    size = read(file_.fd(), part.data(), part.size());
  } while (size < 0 && errno == EINTR);
  if (size < 0) throw_file_error(file_.name(), errno);
  read_.erase(0, taken_);
  taken_ = 0;
  read_.append(part.data(), static_cast<std::size_t>(size));
  return size > 0;
}

bool InputLines::next(std::string& line) {
  std::size_t looked_at = 0;  // behind what was taken
  std::size_t end = std::string::npos;
  while ((end = read_.find('\n', taken_ + looked_at)) == std::string::npos) {
    looked_at = read_.size() - taken_;
    if (read_more()) continue;
    if (read_.empty()) return false;
    end = read_.size();
    break;
  }
  line = read_.substr(taken_, end - taken_);
  taken_ = end < read_.size() ? end + 1 : end;
  return true;
}

}  // namespace kms::cli
