// Where the outputs of several files go, and what becomes of those that are there.
#include <doctest/doctest.h>

#include <filesystem>
#include <string>

#include "tests/unit/cli/commands/piped_line.h"

using kms::test::Folder;
using kms::test::PipedLine;

namespace {

struct TwoFiles : PipedLine {
  TwoFiles() {
    key("app");
    key("release", {{"KeySpec", "ECC_NIST_P256"}, {"KeyUsage", "SIGN_VERIFY"}});
    std::filesystem::create_directory("in");
    std::filesystem::create_directory("out");
    Folder::write("in/a", "one file");
    Folder::write("in/b", "another file");
  }
};

}  // namespace

TEST_SUITE("cli/many files") {
  TEST_CASE("-o DIRECTORY gives each output its usual name there") {
    const Folder folder;
    TwoFiles line;
    CHECK(line.run({"encrypt-file", "-k", "alias/app", "in/a", "in/b", "-o", "out"}) == 0);
    CHECK(Folder::has("out/a.kms"));
    CHECK(Folder::has("out/b.kms"));
    CHECK(!Folder::has("in/a.kms"));
    std::filesystem::create_directory("back");
    CHECK(line.run({"decrypt-file", "-o", "back/", "out/a.kms", "out/b.kms"}) == 0);
    CHECK(Folder::read("back/b") == "another file");
    CHECK(line.run({"sign", "-k", "alias/release", "in/a", "in/b", "-o", "out"}) == 0);
    CHECK(Folder::has("out/a.sig"));
    CHECK(line.run({"encrypt-file", "-k", "alias/app", "in/a", "-o", "back"}) == 0);
    CHECK(Folder::has("back/a.kms"));
  }

  TEST_CASE("outputs that would have no name, or the same, are refused before anything is done") {
    const Folder folder;
    TwoFiles line;
    std::filesystem::create_directory("other");
    Folder::write("other/a", "a third file");
    CHECK(line.refuses({"encrypt-file", "in/a", "other/a", "-o", "out"}, 2,
                       "in/a and other/a would both become out/a.kms"));
    CHECK(line.refuses({"encrypt-file", "in/a", "in/a"}, 2, "would both become in/a.kms"));
    CHECK(line.refuses({"encrypt-file", "-", "-o", "out"}, 2, "standard input has no name"));
    CHECK(line.refuses({"encrypt-file", "in/a", "-o", "none/"}, 11, "none/: there is no such directory"));
    CHECK(line.refuses({"encrypt-file", "in/a", "in/b", "-o", "file"}, 2, "several files need a directory"));
    CHECK(line.refuses({"encrypt-file", "in/a", "--force", "--skip-existing"}, 2, "give one"));
    CHECK(line.refuses({"encrypt-file", "in"}, 11, "in: a directory; name its files, or send it as one: tar c in | "));
    CHECK(std::filesystem::is_empty("out"));
  }

  TEST_CASE("--skip-existing leaves out what is done already, so that a line can be typed again") {
    const Folder folder;
    TwoFiles line;
    CHECK(line.run({"encrypt-file", "-k", "alias/app", "in/a", "-o", "out"}) == 0);
    const std::string before = Folder::read("out/a.kms");
    CHECK(line.run({"encrypt-file", "-k", "alias/app", "in/a", "in/b", "-o", "out"}) == 11);
    CHECK(line.err.find("kmsctl: 1 done, 1 failed\n") != std::string::npos);
    std::filesystem::remove("out/b.kms");
    CHECK(line.run({"encrypt-file", "-k", "alias/app", "in/a", "in/b", "-o", "out", "--skip-existing"}) == 0);
    CHECK(line.err == "kmsctl: 1 done, 1 skipped\n");
    CHECK(Folder::read("out/a.kms") == before);
    CHECK(line.run({"encrypt-file", "-k", "alias/app", "in/a", "in/b", "in/c", "-o", "out", "--skip-existing"}) == 11);
    CHECK(line.err.find("kmsctl: 0 done, 2 skipped, 1 failed\n") != std::string::npos);
  }
}
