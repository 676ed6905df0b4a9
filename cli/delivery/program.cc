#include "cli/delivery/program.h"

#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

#include "core/base/bytes.h"
#include "core/base/file.h"
#include "core/base/terminal_text.h"

namespace kms::delivery {
namespace {

constexpr std::size_t kShownOutput = 200;  // bytes of a reason
constexpr int kMostPieces = 16;            // that are read between two looks at the clock
constexpr int kFirstInherited = 3;

// A file in memory: unlike a pipe it takes all at once, and does not mind who does not read it.
UniqueFd input_of(std::string_view notice) {
  UniqueFd file(memfd_create("notice", MFD_CLOEXEC));
  if (!file) throw_file_error("the notice", errno);
  write_all(file.get(), as_bytes(cat(notice, "\n")), "the notice");
  if (lseek(file.get(), 0, SEEK_SET) != 0) throw_file_error("the notice", errno);
  return file;
}

struct OutputPipe {
  UniqueFd read;  // does not block
  UniqueFd write;
};
OutputPipe output_pipe() {
  std::array<int, 2> ends{-1, -1};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) throw_file_error("a pipe", errno);
  OutputPipe out{UniqueFd(ends[0]), UniqueFd(ends[1])};
  if (fcntl(out.read.get(), F_SETFL, O_NONBLOCK) != 0) throw_file_error("a pipe", errno);
  return out;
}

std::vector<std::string> clean_environment(std::string_view alert) {
  std::vector<std::string> out = {"PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8", cat("KMSCTL_ALERT=", alert)};
  constexpr std::size_t kEntrySize = 1U << 16U;
  std::vector<char> space(kEntrySize);
  passwd entry{};
  passwd* found = nullptr;
  if (getpwuid_r(geteuid(), &entry, space.data(), space.size(), &found) == 0 && found != nullptr) {
    out.push_back(cat("HOME=", std::string_view(entry.pw_dir)));
    out.push_back(cat("USER=", std::string_view(entry.pw_name)));
  }
  return out;
}

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> out;
  out.reserve(words.size() + 1);
  for (std::string& word : words) out.push_back(word.data());
  out.push_back(nullptr);
  return out;
}

// What is done between fork and exec, by the C library (posix_spawn(3)).
class SpawnPlan {
 public:
  SpawnPlan(int input, int output) {
    sigset_t all;
    sigset_t none;
    sigfillset(&all);
    sigemptyset(&none);
    require(posix_spawnattr_init(&attributes_));
    require(posix_spawn_file_actions_init(&actions_));
    require(
        posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK));
    require(posix_spawnattr_setsigdefault(&attributes_, &all));
    require(posix_spawnattr_setsigmask(&attributes_, &none));
    require(posix_spawn_file_actions_adddup2(&actions_, input, STDIN_FILENO));
    require(posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO));
    require(posix_spawn_file_actions_adddup2(&actions_, output, STDERR_FILENO));
    require(posix_spawn_file_actions_addclosefrom_np(&actions_, kFirstInherited));
    require(posix_spawn_file_actions_addchdir_np(&actions_, "/"));
  }
  ~SpawnPlan() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;
  SpawnPlan(SpawnPlan&&) = delete;
  SpawnPlan& operator=(SpawnPlan&&) = delete;

  // An error number, or 0.
  int start(pid_t& child, std::vector<std::string> words, std::vector<std::string> environment) const {
    const std::string path = words.front();
    return posix_spawn(&child, path.c_str(), &actions_, &attributes_, pointers(words).data(),
                       pointers(environment).data());
  }

 private:
  static void require(int error) {
    if (error != 0) throw_file_error("a process", error);
  }
  posix_spawnattr_t attributes_{};
  posix_spawn_file_actions_t actions_{};
};

// False when nobody has the other end any more.
bool keep_output(int fd, std::string& kept) {
  std::array<char, kKeptOutput> piece{};
  for (int i = 0; i < kMostPieces; ++i) {
    const ssize_t size = read(fd, piece.data(), piece.size());
    if (size <= 0) return size < 0 && (errno == EAGAIN || errno == EINTR);
    kept.append(piece.data(), static_cast<std::size_t>(size));
    if (kept.size() > kKeptOutput) kept.erase(0, kept.size() - kKeptOutput);
  }
  return true;
}

// Whether it ended in time.
bool await_end(int process, int output, const Deadline& deadline, std::string& kept) {
  std::array<pollfd, 2> watched = {pollfd{process, POLLIN, 0}, pollfd{output, POLLIN, 0}};
  while (true) {
    const int ready = poll(watched.data(), watched.size(), deadline.milliseconds_left());
    if (ready > 0 && watched[1].revents != 0 && !keep_output(output, kept)) watched[1].fd = -1;
    if (ready > 0 && watched[0].revents != 0) {
      (void)keep_output(output, kept);
      return true;
    }
    if (deadline.over()) return false;
  }
}

std::string last_line(std::string_view output) {
  const std::size_t end = output.find_last_not_of(" \t\r\n");
  if (end == std::string_view::npos) return {};
  output = output.substr(0, end + 1);
  const std::size_t before = output.rfind('\n');
  if (before != std::string_view::npos) output = output.substr(before + 1);
  return cat(": ", escape_controls(output.substr(0, kShownOutput), LineEnds::kEscaped));
}

std::optional<std::string> failure_of(int status, std::string_view output) {
  if (WIFSIGNALED(status)) return cat("killed by signal ", std::to_string(WTERMSIG(status)), last_line(output));
  if (WEXITSTATUS(status) == 0) return std::nullopt;
  return cat("exit code ", std::to_string(WEXITSTATUS(status)), last_line(output));
}

}  // namespace

ProgramRun run_program(const std::string& path, const std::vector<std::string>& arguments, std::string_view alert,
                       std::string_view notice, const Deadline& deadline) {
  const UniqueFd input = input_of(notice);
  OutputPipe output = output_pipe();
  std::vector<std::string> words = {path};
  words.insert(words.end(), arguments.begin(), arguments.end());
  pid_t child = -1;
  const int error = SpawnPlan(input.get(), output.write.get()).start(child, std::move(words), clean_environment(alert));
  if (error != 0) return {cat("cannot be run: ", std::generic_category().message(error)), {}};
  output.write.reset();

  ProgramRun run;
  const UniqueFd process(static_cast<int>(syscall(SYS_pidfd_open, child, 0)));
  const bool watched = static_cast<bool>(process);
  const bool ended = watched && await_end(process.get(), output.read.get(), deadline, run.output);
  // Its number is not used again before it has been waited for.
  if (!ended) kill(-child, SIGKILL);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
  if (ended) {
    run.failure = failure_of(status, run.output);
  } else {
    run.failure = watched ? cat("took longer than ", deadline.text()) : "cannot be run: no process can be watched";
  }
  return run;
}

}  // namespace kms::delivery
