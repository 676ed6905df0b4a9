#include "cli/terminal.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <string>

#include "cli/key_reader.h"
#include "cli/process.h"
#include "core/base/bytes.h"
#include "core/base/error.h"
#include "core/base/file.h"
#include "core/base/terminal_text.h"
#include "core/base/text.h"

namespace kms::cli {
namespace {

constexpr const char* kTerminal = "/dev/tty";
constexpr std::size_t kLongestLine = 1024;
constexpr auto kEndingSignals = std::to_array<int>({SIGINT, SIGTERM, SIGHUP, SIGQUIT});

UniqueFd open_terminal() {
  return UniqueFd(::open(kTerminal, O_RDWR | O_CLOEXEC | O_NOCTTY));
}

volatile std::sig_atomic_t g_signal = 0;  // what arrived while echo was off
void remember(int number) {
  g_signal = number;
}

enum class Typing { kLines, kKeys };

// Echo off while it lives. A signal that would end the process arrives only where wait_for_typing() waits, which it
// breaks off, and is sent again when echo is back. One that came just before the wait would be lost until somebody
// types.
class EchoOff {
 public:
  explicit EchoOff(int fd, Typing typing = Typing::kLines) : fd_(fd) {
    if (tcgetattr(fd_, &before_) != 0) throw_file_error(kTerminal, errno);
    g_signal = 0;
    sigset_t ending;
    sigemptyset(&ending);
    for (const int each : kEndingSignals) sigaddset(&ending, each);
    pthread_sigmask(SIG_BLOCK, &ending, &mask_);
    struct sigaction action {};
    action.sa_handler = remember;
    sigemptyset(&action.sa_mask);
    for (std::size_t i = 0; i < kEndingSignals.size(); ++i) {
      sigaction(kEndingSignals.at(i), nullptr, &handlers_.at(i));
      if (handlers_.at(i).sa_handler != SIG_IGN) sigaction(kEndingSignals.at(i), &action, nullptr);
    }
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    if (typing == Typing::kLines) {
      silent.c_lflag |= static_cast<tcflag_t>(ECHONL | ICANON);
    } else {
      silent.c_lflag &= ~static_cast<tcflag_t>(ECHONL | ICANON);
      silent.c_cc[VMIN] = 1;
      silent.c_cc[VTIME] = 0;
    }
    if (tcsetattr(fd_, TCSAFLUSH, &silent) != 0) {
      const int error = errno;
      restore();
      throw_file_error(kTerminal, error);
    }
  }
  ~EchoOff() { restore(); }
  EchoOff(const EchoOff&) = delete;
  EchoOff& operator=(const EchoOff&) = delete;
  EchoOff(EchoOff&&) = delete;
  EchoOff& operator=(EchoOff&&) = delete;

  const sigset_t& mask_before() const { return mask_; }

 private:
  void restore() noexcept {
    tcsetattr(fd_, TCSAFLUSH, &before_);
    for (std::size_t i = 0; i < kEndingSignals.size(); ++i) sigaction(kEndingSignals[i], &handlers_[i], nullptr);
    pthread_sigmask(SIG_SETMASK, &mask_, nullptr);
    if (g_signal != 0) raise(g_signal);
  }

  int fd_;
  termios before_{};
  sigset_t mask_{};
  std::array<struct sigaction, kEndingSignals.size()> handlers_{};
};

void say(int fd, std::string_view label, std::string_view end) {
  write_all(fd, as_bytes(cat(escape_controls(label, LineEnds::kEscaped), end)), kTerminal);
}

// Until there is something to read, with the signals of `mask` blocked; null: those that are.
void wait_for_typing(int fd, const sigset_t* mask) {
  pollfd typing{fd, POLLIN, 0};
  while (ppoll(&typing, 1, nullptr, mask) < 0) {
    if (errno != EINTR) throw_file_error(kTerminal, errno);
    if (g_signal != 0) throw Error(ErrorCode::kVaultLocked, "interrupted");
  }
}

SecretBytes read_line(int fd, const sigset_t* mask) {
  SecretBytes line(kLongestLine + 1);
  std::size_t size = 0;
  while (true) {
    if (size == line.size()) {
      tcflush(fd, TCIFLUSH);
      throw Error(ErrorCode::kUsage, "what was typed is longer than 1024 bytes");
    }
    wait_for_typing(fd, mask);
    const ssize_t got = ::read(fd, line.reveal().data() + size, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw_file_error(kTerminal, errno);
    if (got == 0 && size == 0) throw Error(ErrorCode::kUsage, "nothing was typed");
    if (got == 0 || line.reveal()[size] == '\n') break;
    ++size;
  }
  line.shrink(size);
  return line;
}

std::uint8_t read_key(int fd, const sigset_t* mask) {
  while (true) {
    wait_for_typing(fd, mask);
    std::uint8_t byte = 0;
    const ssize_t got = ::read(fd, &byte, 1);
    if (got == 1) return byte;
    if (got == 0) throw Error(ErrorCode::kUsage, "the terminal went away");
    if (errno != EINTR) throw_file_error(kTerminal, errno);
  }
}

// The line that is drawn again and again, and empty in the end.
class DrawnLine {
 public:
  explicit DrawnLine(int fd) : fd_(fd) {}
  ~DrawnLine() { (void)!::write(fd_, kClear.data(), kClear.size()); }
  DrawnLine(const DrawnLine&) = delete;
  DrawnLine& operator=(const DrawnLine&) = delete;
  DrawnLine(DrawnLine&&) = delete;
  DrawnLine& operator=(DrawnLine&&) = delete;

  void show(const SecretBytes& text) const {
    write_all(fd_, as_bytes(kClear), kTerminal);
    write_all(fd_, text.reveal(), kTerminal);
  }

 private:
  static constexpr std::string_view kClear = "\r\033[K";
  int fd_;
};

}  // namespace

bool SystemTerminal::can_prompt() {
  return static_cast<bool>(open_terminal());
}

SecretBytes SystemTerminal::prompt_secret(std::string_view label) {
  const UniqueFd terminal = open_terminal();
  if (!terminal) throw Error(ErrorCode::kVaultLocked, "there is no terminal to ask for a passphrase at");
  const EchoOff silent(terminal.get());
  say(terminal.get(), label, ": ");
  return read_line(terminal.get(), &silent.mask_before());
}

bool SystemTerminal::confirm(std::string_view question) {
  const UniqueFd terminal = open_terminal();
  if (!terminal) return false;
  say(terminal.get(), question, " [y/N] ");
  g_signal = 0;
  const SecretBytes line = read_line(terminal.get(), nullptr);
  const std::string_view answer = as_text(line.reveal());
  return answer == "y" || answer == "Y" || answer == "yes" || answer == "Yes" || answer == "YES";
}

bool SystemTerminal::can_redraw() {
  const std::string kind = environment("TERM");
  return !kind.empty() && kind != "dumb" && can_prompt();
}

void SystemTerminal::prompt_keys(KeyReader& reader) {
  const UniqueFd terminal = open_terminal();
  if (!terminal) throw Error(ErrorCode::kVaultLocked, "there is no terminal to ask at");
  const EchoOff silent(terminal.get(), Typing::kKeys);
  const DrawnLine line(terminal.get());
  KeyReader::Answer answer = KeyReader::Answer::kTaken;
  while (answer != KeyReader::Answer::kDone) {
    if (answer == KeyReader::Answer::kRefused) write_all(terminal.get(), as_bytes(std::string_view("\a")), kTerminal);
    line.show(reader.shown());
    answer = reader.key(read_key(terminal.get(), &silent.mask_before()));
  }
}

void SystemTerminal::tell(std::string_view line) {
  if (const UniqueFd terminal = open_terminal()) say(terminal.get(), line, "\n");
}

bool SystemTerminal::input_is_terminal() {
  return isatty(STDIN_FILENO) == 1;
}
bool SystemTerminal::output_is_terminal() {
  return isatty(STDOUT_FILENO) == 1;
}
bool SystemTerminal::error_is_terminal() {
  return isatty(STDERR_FILENO) == 1;
}

std::size_t SystemTerminal::output_columns() {
  constexpr std::size_t kUsual = 80;
  constexpr std::size_t kMost = 10000;
  if (!output_is_terminal()) return 0;
  const std::string named = environment("COLUMNS");
  std::size_t columns = 0;
  const auto [end, error] = std::from_chars(named.data(), named.data() + named.size(), columns);
  const bool is_number = error == std::errc() && end == named.data() + named.size();
  if (is_number && columns > 0 && columns <= kMost) return columns;
  winsize size{};
  const bool told = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return told ? size.ws_col : kUsual;
}

}  // namespace kms::cli
