// Whom a program that alerts start has to belong to, and who else could put another in its place.
#include "cli/delivery/program_fitness.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/cli/delivery/script.h"

using namespace kms;
using namespace kms::delivery;
using namespace kms::test;

namespace {

bool says(const std::string& path, std::string_view part) {
  const auto wrong = unfit_program(path);
  CAPTURE(path);
  CAPTURE(wrong.value_or("nothing"));
  return wrong && wrong->find(part) != std::string::npos;
}

}  // namespace

TEST_SUITE("delivery/program_fitness") {
  TEST_CASE("a program of one's own and one of the system may be started, also through links and dots") {
    const Folder folder;
    CHECK(unfit_program(script("exit 0")) == std::nullopt);
    CHECK(unfit_program("/bin/sh") == std::nullopt);
    std::filesystem::create_symlink("program", "link");
    std::filesystem::create_directory("inner");
    CHECK(unfit_program(absolute("link")) == std::nullopt);
    CHECK(unfit_program(absolute("inner/.././link")) == std::nullopt);
  }

  TEST_CASE("what is no program is refused with the reason") {
    const Folder folder;
    const std::string path = script("exit 0");
    CHECK(says("program", "begins with a slash"));
    CHECK(says("", "begins with a slash"));
    CHECK(says(absolute("nothing"), "No such file"));
    CHECK(says(path + "/x", "Not a directory"));
    CHECK(says(absolute("."), "no regular file"));
    CHECK(says("/", "no regular file"));
    REQUIRE(mkfifo("fifo", 0700) == 0);
    CHECK(says(absolute("fifo"), "no regular file"));
    CHECK(says(path + std::string(1, '\0'), "zero byte"));
    std::filesystem::create_symlink("round", "round");
    CHECK(says(absolute("round"), "Too many levels"));
    Folder::write("text", "");
    CHECK(says(absolute("text"), "Permission denied"));
  }

  TEST_CASE("a program that others can write to is refused, with the command that mends it") {
    const Folder folder;
    const std::string path = script("exit 0");
    for (const mode_t mode : {0720U, 0702U, 01702U}) {
      REQUIRE(chmod(path.c_str(), mode) == 0);
      CHECK(says(path, cat("others can write to ", path, " (chmod go-w ", path, ")")));
    }
    REQUIRE(chmod(path.c_str(), 0755) == 0);
    CHECK(unfit_program(path) == std::nullopt);
  }

  TEST_CASE("a program in a directory where others can put another in its place is refused, unless it is sticky") {
    const Folder folder;
    std::filesystem::create_directories("open/inner");
    const std::string path = script("exit 0", "open/inner/program");
    for (const std::string directory : {"open", "open/inner"}) {
      REQUIRE(chmod(directory.c_str(), 0777) == 0);
      CHECK(says(path, cat("others can write to ", absolute(directory))));
      REQUIRE(chmod(directory.c_str(), 01777) == 0);
      CHECK(unfit_program(path) == std::nullopt);
      REQUIRE(chmod(directory.c_str(), 0755) == 0);
    }
  }

  TEST_CASE("a link that others can turn is refused, also where its end is safe") {
    const Folder folder;
    std::filesystem::create_directory("open");
    std::filesystem::create_symlink("/bin/sh", "open/second");
    std::filesystem::create_symlink("open/second", "first");
    CHECK(unfit_program(absolute("first")) == std::nullopt);
    REQUIRE(chmod("open", 0777) == 0);
    CHECK(says(absolute("first"), cat("others can write to ", absolute("open"))));
  }

  TEST_CASE("a program, a directory and a link of another user are refused" * doctest::skip(geteuid() != 0)) {
    constexpr uid_t kSomebody = 12345;
    const Folder folder;
    std::filesystem::create_directory("theirs");
    const std::string path = script("exit 0", "theirs/program");
    REQUIRE(chown("theirs", kSomebody, 0) == 0);
    CHECK(says(path, cat(absolute("theirs"), " belongs to another user")));
    REQUIRE(chown("theirs", 0, 0) == 0);
    REQUIRE(chown(path.c_str(), kSomebody, 0) == 0);
    CHECK(says(path, cat(path, " belongs to another user")));
    std::filesystem::create_symlink("/bin/sh", "link");
    REQUIRE(lchown("link", kSomebody, 0) == 0);
    CHECK(says(absolute("link"), "link belongs to another user"));
  }
}
