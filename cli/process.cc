#include "cli/process.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <iostream>

#include "core/base/error.h"
#include "core/base/terminal_text.h"
#include "core/base/text.h"

namespace kms::cli {
namespace {

// Of env(1).
constexpr int kNotExecutable = 126;
constexpr int kNoCommand = 127;

// Set once, before any thread.
mode_t umask_before = 0;
rlimit core_before{};
bool sigpipe_was_ignored = false;

}  // namespace

void harden_process() {
  // The hard limit stays, for what this program becomes; nobody raises the soft one here.
  bool ok = getrlimit(RLIMIT_CORE, &core_before) == 0;
  const rlimit no_core{0, core_before.rlim_max};
  ok = ok && setrlimit(RLIMIT_CORE, &no_core) == 0 && prctl(PR_SET_DUMPABLE, 0) == 0 &&
       prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
  umask_before = umask(S_IRWXG | S_IRWXO);
  // Whoever closed a stream is told when it is used: what takes its place can be read where it was to be written, and
  // the other way round.
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    if (fcntl(fd, F_GETFD) != -1) continue;
    const int wrong_way = fd == STDIN_FILENO ? O_WRONLY : O_RDONLY;
    ok = ok && open("/dev/null", wrong_way | O_CLOEXEC) == fd;
  }
  // A reader that goes away and a limit on file size are answers of write(2), not signals.
  const auto before = std::signal(SIGPIPE, SIG_IGN);
  sigpipe_was_ignored = before == SIG_IGN;
  ok = ok && before != SIG_ERR && std::signal(SIGXFSZ, SIG_IGN) != SIG_ERR;
  if (!ok) throw Error(ErrorCode::kInternal, "the process cannot be hardened");
}

void end_by_sigpipe() {
  if (sigpipe_was_ignored) return;
  (void)std::signal(SIGPIPE, SIG_DFL);
  (void)std::raise(SIGPIPE);
}

std::string environment(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): before any thread
  return value == nullptr ? std::string() : std::string(value);
}

std::vector<std::string> environment_names(std::string_view prefix) {
  std::vector<std::string> names;
  for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
    const std::string_view text = *variable;
    if (text.starts_with(prefix)) names.emplace_back(text.substr(0, text.find('=')));
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string absolute_path(const std::string& path) {
  std::error_code error;
  const auto found = std::filesystem::absolute(path, error);
  return error ? path : found.string();
}

void set_environment(const char* name, const std::string& value) {
  if (setenv(name, value.c_str(), 1) != 0) throw Error(ErrorCode::kInternal, "the environment is full");
}

mode_t under_umask(mode_t mode) {
  return mode & ~umask_before;
}

UniqueFd spawn_daemon(const std::vector<std::string>& words, int listening) {
  std::vector<std::string> copies = words;
  std::vector<char*> arguments;
  arguments.reserve(copies.size() + 1);
  for (std::string& word : copies) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  std::array<int, 2> ends{-1, -1};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) throw Error(ErrorCode::kInternal, "no pipe can be made");
  UniqueFd said(ends[0]);
  const UniqueFd saying(ends[1]);
  const pid_t child = fork();
  if (child < 0) throw Error(ErrorCode::kInternal, "no process can be started");
  if (child > 0) return said;
  constexpr int kInherited = 3;
  const int null = open("/dev/null", O_RDWR);
  bool ok =
      setsid() >= 0 && chdir("/") == 0 && dup2(saying.get(), STDERR_FILENO) >= 0 && dup2(listening, kInherited) >= 0;
  if (listening == kInherited) ok = ok && fcntl(kInherited, F_SETFD, 0) == 0;
  for (int fd = STDIN_FILENO; fd <= STDOUT_FILENO; ++fd) ok = ok && dup2(null, fd) == fd;
  ok = ok && close_range(kInherited + 1, ~0U, 0) == 0;
  const std::string self = std::to_string(getpid());
  ok = ok && setenv("LISTEN_FDS", "1", 1) == 0 && setenv("LISTEN_PID", self.c_str(), 1) == 0;
  // A tenth of the time of an agent is the allocator's: freed blocks, also those of an event's size, stay with their
  // thread. The C library takes that at its start alone, and other libraries do not know the name.
  ok = ok && setenv("GLIBC_TUNABLES", "glibc.malloc.tcache_count=32:glibc.malloc.tcache_max=4096", 0) == 0;
  if (ok) execv("/proc/self/exe", arguments.data());
  _exit(exit_code(ErrorCode::kInternal));
}

int become(const std::vector<std::string>& command) {
  std::vector<std::string> words = command;
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  umask(umask_before);
  (void)setrlimit(RLIMIT_CORE, &core_before);
  (void)std::signal(SIGPIPE, SIG_DFL);
  (void)std::signal(SIGXFSZ, SIG_DFL);
  execvp(arguments.front(), arguments.data());
  const int error = errno;
  const char* const why = std::strerror(error);  // NOLINT(concurrency-mt-unsafe)
  std::cerr << cat("kmsctl: ", escape_controls(command.front(), LineEnds::kEscaped), ": ", why, "\n");
  return error == ENOENT ? kNoCommand : kNotExecutable;
}

}  // namespace kms::cli
