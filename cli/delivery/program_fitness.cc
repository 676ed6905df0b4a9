#include "cli/delivery/program_fitness.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <system_error>
#include <vector>

#include "core/base/terminal_text.h"
#include "core/base/text.h"

namespace kms::delivery {
namespace {

constexpr int kMostLinks = 40;  // as Linux follows (path_resolution(7))

std::string shown_path(std::string_view path) {
  return escape_controls(path, LineEnds::kEscaped);
}

std::string no_way_to(const std::string& path, int error) {
  return cat(shown_path(path), ": ", std::generic_category().message(error));
}

std::optional<std::string> changeable(const std::string& path, const struct stat& info) {
  if (info.st_uid != 0 && info.st_uid != geteuid()) {
    return cat(shown_path(path), " belongs to another user, who can change it");
  }
  if (S_ISLNK(info.st_mode)) return std::nullopt;  // every link has mode 0777
  const bool sticky_directory = S_ISDIR(info.st_mode) && (info.st_mode & S_ISVTX) != 0;
  if ((info.st_mode & (S_IWGRP | S_IWOTH)) == 0 || sticky_directory) return std::nullopt;
  return cat("others can write to ", shown_path(path), " (chmod go-w ", shown_path(path), ")");
}

// Goes from "/" to where the path leads, link by link.
class Walk {
 public:
  explicit Walk(const std::string& path) { put_before(path); }

  // What is wrong on the way; nothing when info() is that of the end.
  std::optional<std::string> go() {
    if (auto wrong = look("/")) return wrong;
    while (!ahead_.empty()) {
      const std::string part = ahead_.back();
      ahead_.pop_back();
      if (part.empty() || part == ".") continue;
      if (part == "..") {
        at_.resize(at_.empty() ? 0 : at_.rfind('/'));
        continue;
      }
      const std::string next = cat(at_, "/", part);
      if (auto wrong = look(next)) return wrong;
      if (!S_ISLNK(info_.st_mode)) {
        at_ = next;
      } else if (auto wrong = follow(next)) {
        return wrong;
      }
    }
    return look(at_.empty() ? "/" : at_);
  }
  const struct stat& info() const { return info_; }

 private:
  std::optional<std::string> look(const std::string& path) {
    if (lstat(path.c_str(), &info_) != 0) return no_way_to(path, errno);
    return changeable(path, info_);
  }

  std::optional<std::string> follow(const std::string& link) {
    std::array<char, PATH_MAX> target{};
    const ssize_t size = readlink(link.c_str(), target.data(), target.size());
    if (size < 0) return no_way_to(link, errno);
    if (++links_ > kMostLinks) return no_way_to(link, ELOOP);
    if (target.front() == '/') at_.clear();
    put_before({target.data(), static_cast<std::size_t>(size)});
    return std::nullopt;
  }

  void put_before(std::string_view path) {
    const std::vector<std::string_view> parts = split(path, '/');
    ahead_.insert(ahead_.end(), parts.rbegin(), parts.rend());
  }

  std::string at_;                  // without links; empty for "/"
  std::vector<std::string> ahead_;  // the next one last
  int links_ = 0;
  struct stat info_ {};
};

}  // namespace

std::optional<std::string> unfit_program(const std::string& path) {
  if (!path.starts_with('/')) return cat("the path '", shown_path(path), "' of a program begins with a slash");
  if (path.find('\0') != std::string::npos) return "the path of a program has a zero byte";
  Walk walk(path);
  if (auto wrong = walk.go()) return wrong;
  if (!S_ISREG(walk.info().st_mode)) return cat(shown_path(path), " is no regular file");
  if (faccessat(AT_FDCWD, path.c_str(), X_OK, AT_EACCESS) != 0) return no_way_to(path, errno);
  return std::nullopt;
}

}  // namespace kms::delivery
