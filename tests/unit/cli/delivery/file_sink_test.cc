// Notices as lines of a file.
#include "cli/delivery/file_sink.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <thread>
#include <vector>

#include "core/base/file.h"
#include "tests/unit/cli/delivery/script.h"

using namespace kms;
using namespace kms::delivery;
using namespace kms::test;
using std::chrono::milliseconds;

namespace {

std::optional<std::string> append(const std::string& name, std::string_view notice,
                                  milliseconds patience = milliseconds(20000)) {
  return append_to_file(absolute(name), notice, Deadline(patience));
}

}  // namespace

TEST_SUITE("delivery/file_sink") {
  TEST_CASE("notices become lines of a file that only its owner can read") {
    const Folder folder;
    CHECK(append("log", "{\"a\":1}") == std::nullopt);
    CHECK(append("log", "{\"a\":2}") == std::nullopt);
    CHECK(Folder::read("log") == "{\"a\":1}\n{\"a\":2}\n");
    struct stat info {};
    REQUIRE(stat("log", &info) == 0);
    CHECK((info.st_mode & 0777U) == 0600U);
  }

  TEST_CASE("what is there already stays, with its mode") {
    const Folder folder;
    Folder::write("log", "before\n");
    REQUIRE(chmod("log", 0640) == 0);
    CHECK(append("log", "{}") == std::nullopt);
    CHECK(Folder::read("log") == "before\n{}\n");
    struct stat info {};
    REQUIRE(stat("log", &info) == 0);
    CHECK((info.st_mode & 0777U) == 0640U);
  }

  TEST_CASE("a link, a directory, a FIFO and a device are refused, before anything is written") {
    const Folder folder;
    Folder::write("target", "kept");
    std::filesystem::create_symlink("target", "link");
    std::filesystem::create_symlink("nothing", "dangling");
    std::filesystem::create_directory("directory");
    REQUIRE(mkfifo("fifo", 0600) == 0);
    CHECK(append("link", "{}") == "it is a symbolic link, which is not followed");
    CHECK(append("dangling", "{}") == "it is a symbolic link, which is not followed");
    CHECK(append("directory", "{}") == "it is a directory");
    CHECK(append("fifo", "{}") == "it is a FIFO");
    CHECK(append_to_file("/dev/null", "{}", Deadline(milliseconds(1000))) == "it is a device");
    CHECK(Folder::read("target") == "kept");
    CHECK_FALSE(Folder::has("nothing"));
    for (const std::string name : {"link", "dangling", "directory", "fifo"}) CHECK(unfit_file(absolute(name)));
  }

  TEST_CASE("a path is absolute and its directory is there") {
    const Folder folder;
    CHECK(unfit_file(absolute("log")) == std::nullopt);
    CHECK_FALSE(Folder::has("log"));
    CHECK(unfit_file("log") == "the path 'log' of a file begins with a slash");
    CHECK(unfit_file(absolute("none/log")) == cat("its directory ", absolute("none"), ": No such file or directory"));
    CHECK(unfit_file(absolute("log/")).has_value());
    CHECK(unfit_file(absolute("log") + std::string(1, '\0')) == "the path of a file has a zero byte");
  }

  TEST_CASE("a line that does not fit leaves no part of itself") {
    const Folder folder;
    Folder::write("log", "before\n");
    rlimit before{};
    REQUIRE(getrlimit(RLIMIT_FSIZE, &before) == 0);
    const auto was = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{10, before.rlim_max};
    REQUIRE(setrlimit(RLIMIT_FSIZE, &small) == 0);
    const auto failure = append("log", "{\"a\":1}");
    REQUIRE(setrlimit(RLIMIT_FSIZE, &before) == 0);
    (void)std::signal(SIGXFSZ, was);
    CHECK(failure == "there is no room for the whole line");
    CHECK(Folder::read("log") == "before\n");
  }

  TEST_CASE("a file that another program keeps locked is given up when the time is over") {
    const Folder folder;
    Folder::write("log", "before\n");
    {
      const UniqueFd other = open_for_reading("log");
      REQUIRE(flock(other.get(), LOCK_EX) == 0);
      CHECK(append("log", "{}", milliseconds(200)) == "another program kept it locked for 200 ms");
      CHECK(Folder::read("log") == "before\n");
    }
    CHECK(append("log", "{}") == std::nullopt);
  }

  TEST_CASE("lines of many threads stay whole") {
    const Folder folder;
    constexpr std::size_t kLines = 50;
    const std::string line(3000, 'x');
    std::vector<std::thread> threads;
    threads.reserve(4);
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (std::size_t n = 0; n < kLines; ++n) CHECK(append("log", line) == std::nullopt);
      });
    }
    for (std::thread& thread : threads) thread.join();
    std::string wanted;
    for (std::size_t n = 0; n < 4 * kLines; ++n) wanted += line + "\n";
    CHECK(Folder::read("log") == wanted);
  }
}
