#include "core/base/file.h"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "core/base/temporary_name.h"

using kms::as_bytes;
using kms::Error;
using kms::OutputFile;
using kms::TemporaryName;

namespace {

class Folder {
 public:
  Folder() {
    std::string path = std::filesystem::temp_directory_path() / "kmsctl-file-XXXXXX";
    REQUIRE(mkdtemp(path.data()) != nullptr);
    path_ = path;
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  Folder(Folder&&) = delete;
  Folder& operator=(Folder&&) = delete;

  std::string in(const std::string& name) const { return path_ + "/" + name; }
  bool is_empty() const { return std::filesystem::is_empty(path_); }

 private:
  std::string path_;
};

std::string content(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string text_of_error(int number) {
  try {
    kms::throw_file_error("standard output", number);
  } catch (const Error& error) {
    return error.what();
  }
}

// What became of a process that had a file with a temporary name when the signal came.
int end_by(int signal, const std::string& path) {
  const pid_t child = fork();
  if (child == 0) {
    (void)std::signal(signal, SIG_DFL);  // the test runner has its own
    const TemporaryName name(path);
    std::ofstream(path) << "secret";
    (void)raise(signal);
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

}  // namespace

TEST_SUITE("base/file") {
  TEST_CASE("a file in the making is nowhere until it is complete") {
    const Folder folder;
    {
      OutputFile file(folder.in("file"), false);
      file.write(as_bytes("half"));
    }
    CHECK(folder.is_empty());
    OutputFile file(folder.in("file"), false);
    file.write(as_bytes("whole"));
    CHECK_FALSE(std::filesystem::exists(folder.in("file")));
    OutputFile moved(std::move(file));
    moved.commit();
    CHECK(content(folder.in("file")) == "whole");
    CHECK_THROWS_AS(OutputFile(folder.in("file"), false), Error);
    OutputFile other(folder.in("file"), true);
    other.write(as_bytes("other"));
    CHECK(content(folder.in("file")) == "whole");
    other.commit();
    CHECK(content(folder.in("file")) == "other");
    CHECK(std::distance(std::filesystem::directory_iterator(folder.in("")), {}) == 1);
  }

  TEST_CASE("a file that comes up meanwhile is not replaced unasked") {
    const Folder folder;
    OutputFile file(folder.in("file"), false);
    std::ofstream(folder.in("file")) << "of others";
    CHECK_THROWS_AS(file.commit(), Error);
    CHECK(content(folder.in("file")) == "of others");
  }

  TEST_CASE("a stream that is closed is said to be") {
    CHECK(text_of_error(EBADF) == "standard output: it is closed, or not open for this");
    CHECK(text_of_error(ENOSPC) == "standard output: No space left on device");
  }

  TEST_CASE("a file with a temporary name goes with its owner") {
    const Folder folder;
    {
      const TemporaryName name(folder.in("file"));
      std::ofstream(name.path()) << "secret";
    }
    CHECK(folder.is_empty());
    TemporaryName first(folder.in("first"));
    std::ofstream(first.path()) << "secret";
    TemporaryName second(folder.in("second"));
    std::ofstream(second.path()) << "secret";
    second = std::move(first);
    CHECK(first.empty());
    CHECK_FALSE(std::filesystem::exists(folder.in("second")));
    second.release();
    CHECK(second.empty());
    CHECK(content(folder.in("first")) == "secret");
  }

  TEST_CASE("a file with a temporary name goes when a signal ends the process") {
    const Folder folder;
    for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGQUIT}) {
      CAPTURE(signal);
      CHECK(end_by(signal, folder.in("file")) == signal);
      CHECK(folder.is_empty());
    }
    CHECK(end_by(SIGKILL, folder.in("file")) == SIGKILL);  // nobody can help here
    CHECK_FALSE(folder.is_empty());
  }

  TEST_CASE("more temporary names than are watched are names as well") {
    const Folder folder;
    std::vector<TemporaryName> names;
    for (int i = 0; i < 40; ++i) {
      names.emplace_back(folder.in(std::to_string(i)));
      std::ofstream(names.back().path()) << "secret";
    }
    names.clear();
    CHECK(folder.is_empty());
    const TemporaryName again(folder.in("again"));
    CHECK_FALSE(again.empty());
  }
}
