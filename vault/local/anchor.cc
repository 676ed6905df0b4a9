#include "vault/local/anchor.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <string_view>

#include "core/base/encoding.h"
#include "core/base/file.h"
#include "core/base/text.h"

namespace kms::vault {
namespace {

constexpr std::string_view kStart = "kmsctl anchor 1 ";
constexpr mode_t kAnchorMode = 0600;
constexpr mode_t kAnchorsMode = 0700;
constexpr std::size_t kMostAnchorBytes = 128;

std::optional<AnchorValue> parse_anchor(std::string_view line) {
  if (!line.starts_with(kStart) || !line.ends_with('\n')) return std::nullopt;
  line = line.substr(kStart.size(), line.size() - kStart.size() - 1);
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  AnchorValue value;
  const auto [end, error] = std::from_chars(line.data(), line.data() + space, value.sequence);
  const auto mark = decode_hex(line.substr(space + 1));
  if (error != std::errc() || end != line.data() + space || !mark || mark->size() != value.mark.size()) {
    return std::nullopt;
  }
  std::copy(mark->begin(), mark->end(), value.mark.begin());
  return value;
}

std::optional<AnchorValue> read_anchor(int fd) {
  std::array<char, kMostAnchorBytes> line{};
  const ssize_t size = pread(fd, line.data(), line.size(), 0);
  return size <= 0 ? std::nullopt : parse_anchor({line.data(), static_cast<std::size_t>(size)});
}

}  // namespace

AnchorValue anchor_value_of(const State& state) {
  return {state.sequence, state.tree ? state.tree->mark : RecordMark{}};
}

Anchor::Anchor(const std::string& directory, const std::string& vault_id, const Incarnation& incarnation) {
  if (directory.empty()) return;
  path_ = cat(directory, "/", vault_id);
  if (incarnation != Incarnation{}) path_ += cat(".", encode_hex(incarnation));
}

std::optional<Anchor::Found> Anchor::read() const {
  if (path_.empty()) return std::nullopt;
  const UniqueFd fd(open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  struct stat info {};
  if (!fd || fstat(fd.get(), &info) != 0 || !S_ISREG(info.st_mode)) return std::nullopt;
  const auto value = read_anchor(fd.get());
  if (!value) return std::nullopt;
  return Found{*value, Time(std::chrono::seconds(info.st_mtim.tv_sec))};
}

void Anchor::write(const AnchorValue& value, bool back) const noexcept {
  if (path_.empty()) return;
  try {
    constexpr int kFlags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
    UniqueFd fd(open(path_.c_str(), kFlags, kAnchorMode));
    if (!fd) {
      make_directories(parent_directory(path_), kAnchorsMode);
      fd = UniqueFd(open(path_.c_str(), kFlags, kAnchorMode));
    }
    if (!fd || flock(fd.get(), LOCK_EX) != 0) return;
    const auto known = read_anchor(fd.get());
    if (!back && known && known->sequence >= value.sequence) return;
    const std::string line = cat(kStart, std::to_string(value.sequence), " ", encode_hex(value.mark), "\n");
    const bool written = pwrite(fd.get(), line.data(), line.size(), 0) == static_cast<ssize_t>(line.size());
    if (!written || ftruncate(fd.get(), static_cast<off_t>(line.size())) != 0) return;  // unreadable: there is none
  } catch (const std::exception&) {
    return;
  }
}

}  // namespace kms::vault
