#include "cli/agent/trust.h"

#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>

#include "cli/agent/callers.h"
#include "core/base/error.h"
#include "core/base/file.h"
#include "core/base/text.h"

namespace kms::agent {
namespace {

// "1002 (mallory)"
std::string shown(std::uint32_t uid) {
  const passwd* const user = getpwuid(uid);  // NOLINT(concurrency-mt-unsafe): a client and a start have one thread
  const std::string number = std::to_string(uid);
  return user == nullptr ? number : cat(number, " (", user->pw_name, ")");
}

std::optional<std::uint32_t> number_in(std::string_view text) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

struct stat status_of_directory(const std::string& directory) {
  struct stat info {};
  if (stat(directory.c_str(), &info) != 0) throw_file_error(directory, errno);
  return info;
}

bool others_can_write(const struct stat& info) {
  return (info.st_mode & (S_IWGRP | S_IWOTH)) != 0;
}

[[noreturn]] void refuse(const std::string& socket, std::string_view why) {
  throw Error(ErrorCode::kAccessDenied, cat("nothing was told to the agent at ", socket, ": ", why));
}

}  // namespace

std::uint32_t user_id(const std::string& name) {
  if (const auto number = number_in(name)) return *number;
  const passwd* const user = getpwnam(name.c_str());  // NOLINT(concurrency-mt-unsafe): before any thread
  if (user != nullptr) return user->pw_uid;
  throw Error(ErrorCode::kUsage, cat("--agent-uid '", name, "': this system has no such user"));
}

std::optional<std::uint32_t> owner_of(const std::string& path) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) return std::nullopt;
  return info.st_uid;
}

void require_trusted_peer(int fd, const std::string& socket, const TrustedUsers& trusted) {
  ucred server{};
  socklen_t size = sizeof server;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &server, &size) != 0) throw_file_error(socket, errno);
  if (server.uid == overflow_uid()) {
    refuse(socket, cat("it runs as a user that cannot be told here (", std::to_string(server.uid),
                       " stands for every user that a user namespace does not map); run it in this namespace"));
  }
  const bool own = server.uid == geteuid() || server.uid == 0;
  if (!own && server.uid != trusted.named && server.uid != trusted.vault_owner) {
    refuse(socket, cat("it runs as the user ", shown(server.uid),
                       ". If that is whom you trust with the vault: ", "--agent-uid ", std::to_string(server.uid),
                       ", or set KMSCTL_AGENT_UID; --no-agent goes without"));
  }
  const std::string directory = parent_directory(socket);
  const struct stat info = status_of_directory(directory);
  if (info.st_uid != 0 && info.st_uid != geteuid() && info.st_uid != server.uid) {
    refuse(socket, cat("its directory ", directory, " belongs to the user ", shown(info.st_uid),
                       ", who can put another socket there"));
  }
  if (others_can_write(info)) {
    refuse(socket, cat("others can write to its directory ", directory, ", and so put another socket there (chmod ",
                       "go-w ", directory, ")"));
  }
}

void require_private_directory(const std::string& directory) {
  const struct stat info = status_of_directory(directory);
  if (info.st_uid != 0 && info.st_uid != geteuid()) {
    throw Error(ErrorCode::kFile, cat(directory, ": no socket is made in a directory of the user ", shown(info.st_uid),
                                      "; give --socket in one of your own"));
  }
  if (others_can_write(info)) {
    throw Error(ErrorCode::kFile, cat(directory, ": no socket is made where others can write; give --socket in a ",
                                      "directory of your own, or chmod go-w ", directory));
  }
}

}  // namespace kms::agent
