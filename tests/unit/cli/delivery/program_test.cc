// Programs that alerts start: what they are given, what is made of their end, and that nothing of them stays.
#include "cli/delivery/program.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <thread>

#include "cli/delivery/deliverer.h"
#include "core/base/file.h"
#include "tests/unit/cli/delivery/script.h"

using namespace kms;
using namespace kms::delivery;
using namespace kms::test;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds kAmple{20000};  // what no test waits for
constexpr milliseconds kShort{300};

ProgramRun run_script(std::string_view lines, milliseconds patience = kAmple,
                      const std::vector<std::string>& arguments = {}) {
  return run_program(script(lines), arguments, "night", "{\"a\":1}", Deadline(patience));
}

std::string failure(std::string_view lines, milliseconds patience = kAmple) {
  return run_script(lines, patience).failure.value_or("none");
}

std::vector<std::string> sorted_lines(const std::string& text) {
  std::vector<std::string> lines;
  for (const std::string_view line : split(std::string_view(text), '\n')) {
    if (!line.empty()) lines.emplace_back(line);
  }
  std::ranges::sort(lines);
  return lines;
}

// Whether it ends within some seconds; a zombie that others have to collect has ended.
bool ends(pid_t process) {
  for (int i = 0; i < 500; ++i) {
    if (kill(process, 0) != 0) return true;
    const std::string state = Folder::read(cat("/proc/", std::to_string(process), "/stat"));
    if (state.find(") Z") != std::string::npos) return true;
    std::this_thread::sleep_for(milliseconds(10));
  }
  return false;
}

}  // namespace

TEST_SUITE("delivery/program") {
  TEST_CASE("a program gets the notice and a newline on its standard input, and its arguments as they are") {
    const Folder folder;
    CHECK(run_script("cat >" + absolute("notice")).failure == std::nullopt);
    CHECK(Folder::read("notice") == "{\"a\":1}\n");
    const auto run = run_script("printf '<%s>' \"$0\" \"$@\"", kAmple, {"$HOME *", "", "a'b\"c", "ü"});
    CHECK(run.failure == std::nullopt);
    CHECK(run.output == cat("<", absolute("program"), "><$HOME *><><a'b\"c><ü>"));
  }

  TEST_CASE("a program that does not read what it is told is told all the same") {
    const Folder folder;
    const std::string path = script("exit 0");
    const std::string long_notice(1U << 20U, 'x');
    CHECK(run_program(path, {}, "night", long_notice, Deadline(kAmple)).failure == std::nullopt);
    CHECK(run_program(script("exec wc -c"), {}, "night", long_notice, Deadline(kAmple)).output == "1048577\n");
  }

  TEST_CASE("the environment is the one that is documented, and nothing else") {
    const Folder folder;
    setenv("KMSCTL_TEST_SECRET", "of this process", 1);
    const auto run = run_program("/usr/bin/env", {}, "night", "{}", Deadline(kAmple));
    unsetenv("KMSCTL_TEST_SECRET");
    std::vector<std::string> wanted = {"PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8", "KMSCTL_ALERT=night"};
    if (const passwd* user = getpwuid(geteuid()); user != nullptr) {
      wanted.push_back(cat("HOME=", std::string_view(user->pw_dir)));
      wanted.push_back(cat("USER=", std::string_view(user->pw_name)));
    }
    std::ranges::sort(wanted);
    CHECK(sorted_lines(run.output) == wanted);
  }

  TEST_CASE("no descriptor but the standard streams reaches a program, also one without the mark") {
    const Folder folder;
    const UniqueFd inheritable(open("/dev/null", O_RDONLY));  // NOLINT(android-cloexec-open): that is the test
    REQUIRE(inheritable);
    const auto run = run_script("ls /proc/self/fd");
    // ls itself opens the folder as 3.
    CHECK(sorted_lines(run.output) == std::vector<std::string>{"0", "1", "2", "3"});
  }

  TEST_CASE("a program starts in /, leads a session, and has default signals that are not blocked") {
    const Folder folder;
    sigset_t blocked;
    sigset_t before;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &blocked, &before);
    const auto was = std::signal(SIGPIPE, SIG_IGN);
    const auto run = run_script("pwd; cut -d' ' -f1,5,6 /proc/$$/stat; grep -E '^Sig(Blk|Ign)' /proc/self/status");
    (void)std::signal(SIGPIPE, was);
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    const auto lines = split(std::string_view(run.output), '\n');
    REQUIRE(lines.size() >= 4);
    CHECK(lines[0] == "/");
    const auto numbers = split(lines[1], ' ');
    REQUIRE(numbers.size() == 3);
    CHECK(numbers[0] == numbers[1]);
    CHECK(numbers[0] == numbers[2]);
    CHECK(lines[2] == "SigBlk:\t0000000000000000");
    // But 32 and 33, which are the C library's own: posix_spawn(3) ignores them, and threads set them anew.
    CHECK((std::stoull(std::string(lines[3].substr(lines[3].find('\t') + 1)), nullptr, 16) & ~0x180000000ULL) == 0);
  }

  TEST_CASE("what goes wrong is told by the exit code and the last line, or by the signal") {
    const Folder folder;
    CHECK(failure("exit 3") == "exit code 3");
    CHECK(failure("echo first; echo 'no such recipient' >&2; echo; exit 3") == "exit code 3: no such recipient");
    CHECK(failure("printf 'a\\tb\\033[2J\\n'; exit 1") == "exit code 1: a\\tb\\u001b[2J");
    CHECK(failure("kill -9 $$") == "killed by signal 9");
    CHECK(failure("echo gone; kill -TERM $$") == "killed by signal 15: gone");
    CHECK(failure("head -c 100000 /dev/zero | tr '\\0' x; exit 1").size() < 300);
  }

  TEST_CASE("what cannot be run is told with the system's reason") {
    const Folder folder;
    Folder::write("program", "#!/bin/sh\n");
    CHECK(run_program(absolute("program"), {}, "night", "{}", Deadline(kAmple)).failure ==
          "cannot be run: Permission denied");
    CHECK(run_program(absolute("nothing"), {}, "night", "{}", Deadline(kAmple)).failure ==
          "cannot be run: No such file or directory");
    Folder::write("text", "echo this is run by no shell\n");
    std::filesystem::permissions("text", std::filesystem::perms::owner_all);
    CHECK(run_program(absolute("text"), {}, "night", "{}", Deadline(kAmple)).failure ==
          "cannot be run: Exec format error");
  }

  TEST_CASE("of much output the last 4 KiB are kept") {
    const Folder folder;
    const auto run = run_script("head -c 1000000 /dev/zero | tr '\\0' x; echo; echo end");
    CHECK(run.failure == std::nullopt);
    CHECK(run.output.size() == kKeptOutput);
    CHECK(run.output.ends_with("x\nend\n"));
  }

  TEST_CASE("a program that takes too long is killed with what it started, and leaves no zombie") {
    const Folder folder;
    const std::string pids = absolute("pids");
    CHECK(failure(cat("sleep 1000 & echo $$ $! >", pids, "; wait"), kShort) == "took longer than 300 ms");
    const std::string both = Folder::read("pids");
    const auto numbers = split(std::string_view(both), ' ');
    REQUIRE(numbers.size() == 2);
    CHECK_FALSE(std::filesystem::exists(cat("/proc/", numbers[0])));
    CHECK(ends(std::stoi(std::string(numbers[1]))));
    CHECK(failure("trap '' TERM INT HUP; while :; do :; done", kShort) == "took longer than 300 ms");
    CHECK(failure("exec cat /dev/zero", kShort) == "took longer than 300 ms");
  }

  TEST_CASE("a program that has ended is not waited for because what it started still holds its output") {
    const Folder folder;
    const auto start = std::chrono::steady_clock::now();
    const auto run = run_script("sleep 1000 & echo $!");
    CHECK(std::chrono::steady_clock::now() - start < kAmple);
    CHECK(run.failure == std::nullopt);
    const pid_t left = std::stoi(run.output);
    CHECK(kill(left, 0) == 0);
    kill(left, SIGKILL);
  }

  TEST_CASE("programs of many threads at once get each its own notice") {
    const Folder folder;
    const std::string path = script("cat");
    std::vector<std::string> told(8);
    std::vector<std::thread> threads;
    threads.reserve(told.size());
    for (std::size_t i = 0; i < told.size(); ++i) {
      threads.emplace_back(
          [&, i] { told[i] = run_program(path, {}, "night", std::to_string(i), Deadline(kAmple)).output; });
    }
    for (std::thread& thread : threads) thread.join();
    for (std::size_t i = 0; i < told.size(); ++i) CHECK(told[i] == cat(std::to_string(i), "\n"));
  }
}
