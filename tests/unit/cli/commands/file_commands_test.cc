// encrypt-file and decrypt-file: names, several files, and what opens what.
#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>

#include "tests/unit/cli/commands/piped_line.h"

using kms::Json;
using kms::test::Folder;
using kms::test::PipedLine;
using std::filesystem::perms;

namespace {

// A line with a key and two files.
struct FileLine : PipedLine {
  FileLine() {
    arn = key("app");
    Folder::write("a", "one file");
    Folder::write("b", "another file");
  }
  // a.kms alone is left of a.
  void encrypt_a(std::vector<std::string> words = {}) {
    words.insert(words.begin(), {"encrypt-file", "-k", "alias/app", "a"});
    CHECK(run(std::move(words)) == 0);
    std::filesystem::remove("a");
  }
  std::string arn;
};

perms permissions_of(const char* name) {
  return std::filesystem::status(name).permissions();
}

// Of the first suites, which commit to no key; from the vectors of the AWS Encryption SDK.
constexpr const char* kFirstSuite =
    "AYAAFKVkFS0sDs0vvJUbcrJYfDIAGgACAARrZXkxAAR2YWwxAARrZXkyAAR2YWwyAAEABG51bGwABG51bGwAAAIAAAAADAAAEAAAAAAAAAAAAAAA"
    "AAA9fY0JImvVXETrYe58mTtl/////wAAAAEAAAAAAAAAAAAAAAEAAABAVvLIE6NLRwHHjFwJ0Baw8qu2kAES43JO7z7ZajaPGqWy/kzkKEyobFD9"
    "JGd59MAVGLD6BG7lbvmRn1eX+I4S38zCFf2vCNjfBpg1o6Ko+SU=";

}  // namespace

TEST_SUITE("cli/file commands") {
  TEST_CASE("an encrypted file stands beside the file, and opens to its name") {
    const Folder folder;
    FileLine line;
    CHECK(line.run({"encrypt-file", "a", "b"}) == 0);
    CHECK(line.out.empty());
    CHECK(line.requests.front().at("Request").at("KeyId") == "alias/aws/file");
    CHECK(Folder::read("a") == "one file");
    CHECK(Folder::read("a.kms").find("one file") == std::string::npos);
    std::filesystem::remove("a");
    std::filesystem::remove("b");
    CHECK(line.run({"decrypt-file", "a.kms", "b.kms"}) == 0);
    CHECK(Folder::read("a") == "one file");
    CHECK(Folder::read("b") == "another file");
  }

  TEST_CASE("a file that exists is replaced with --force alone") {
    const Folder folder;
    FileLine line;
    CHECK(line.run({"encrypt-file", "a", "--force"}) == 0);
    CHECK(line.refuses({"encrypt-file", "a"}, 11, "a.kms: the file exists; --force replaces it"));
    CHECK(line.refuses({"decrypt-file", "a.kms"}, 11, "a: the file exists; --force replaces it"));
    CHECK(line.requests.empty());
    Folder::write("a", "changed");
    CHECK(line.run({"decrypt-file", "a.kms", "--force"}) == 0);
    CHECK(Folder::read("a") == "one file");
  }

  TEST_CASE("-o names the output, of one file") {
    const Folder folder;
    FileLine line;
    CHECK(line.run({"encrypt-file", "a", "-o", "sealed"}) == 0);
    CHECK_FALSE(Folder::has("a.kms"));
    CHECK(line.run({"decrypt-file", "sealed", "-o", "opened"}) == 0);
    CHECK(Folder::read("opened") == "one file");
    CHECK(line.run({"decrypt-file", "sealed", "-o", "-"}) == 0);
    CHECK(line.out == "one file");
    for (const char* command : {"encrypt-file", "decrypt-file"}) {
      CHECK(
          line.refuses({command, "a", "b", "-o", "both"}, 2, "-o both: several files need a directory that is there"));
      CHECK(line.refuses({command, "a", "-o", "a", "--force"}, 11, "a: input and output are the same file"));
      CHECK(line.refuses({command, "sealed", "-o", "-", "--query", "x"}, 2, "this prints the file"));
      CHECK(line.refuses({command}, 2, "required: file"));
    }
  }

  TEST_CASE("standard input comes out at standard output") {
    const Folder folder;
    FileLine line;
    CHECK(line.run({"encrypt-file", "-"}, "one file") == 0);
    CHECK(line.run({"decrypt-file", "-"}, line.out) == 0);
    CHECK(line.out == "one file");
    CHECK(line.run({"encrypt-file", "-", "--armor", "-o", "sealed"}, "one file") == 0);
    CHECK(line.run({"decrypt-file", "sealed", "-o", "opened"}) == 0);
    CHECK(Folder::read("opened") == "one file");
    CHECK(line.refuses({"encrypt-file", "-", "-"}, 2, "standard input is one of the files, not several", "x"));
  }

  TEST_CASE("what the output would be called is asked for where the input does not say it") {
    const Folder folder;
    FileLine line;
    CHECK(line.refuses({"decrypt-file", "a"}, 2, "a: the name does not end in .kms, so give the output with -o"));
    CHECK(line.refuses({"decrypt-file", ".kms"}, 2, ".kms: the name does not end in .kms"));
    CHECK(mkfifo("pipe", S_IRUSR | S_IWUSR) == 0);
    CHECK(line.refuses({"encrypt-file", "pipe"}, 2, "pipe: no regular file, so give the output with -o"));
    CHECK(mkdir("folder", S_IRWXU) == 0);
    CHECK(line.refuses({"encrypt-file", "folder"}, 11, "folder: a directory; name its files"));
    CHECK(line.refuses({"encrypt-file", "none"}, 11, "none: No such file or directory"));
    // Before any of them is touched.
    CHECK(line.refuses({"decrypt-file", "a.kms", "a"}, 2, "a: the name does not end in .kms"));
  }

  TEST_CASE("ciphertext may be read by who could read the file, and plaintext by its owner alone unless --mode says") {
    const Folder folder;
    FileLine line;
    std::filesystem::permissions("a", perms::owner_read | perms::owner_write | perms::group_read);
    line.encrypt_a();
    CHECK(permissions_of("a.kms") == (perms::owner_read | perms::owner_write | perms::group_read));
    CHECK(line.run({"decrypt-file", "a.kms"}) == 0);
    CHECK(permissions_of("a") == (perms::owner_read | perms::owner_write));
    CHECK(line.run({"decrypt-file", "a.kms", "--mode", "0444", "--force"}) == 0);
    CHECK(permissions_of("a") == (perms::owner_read | perms::group_read | perms::others_read));
    for (const char* mode : {"rw", "0999", "1777"}) {
      CHECK(line.refuses({"decrypt-file", "a.kms", "--mode", mode, "-o", "out"}, 2, "permissions in octal, as 0640"));
    }
  }

  TEST_CASE("the context is in the file, and what is expected of it has to be there") {
    const Folder folder;
    FileLine line;
    line.encrypt_a({"-c", "job=1", "--encryption-context", "app=web"});
    CHECK(line.requests.front().at("Request").at("EncryptionContext") == Json{{"app", "web"}, {"job", "1"}});
    CHECK(line.run({"decrypt-file", "a.kms", "-c", "job=1"}) == 0);
    CHECK(line.run({"decrypt-file", "a.kms", "--force"}) == 0);
    CHECK(line.refuses({"decrypt-file", "a.kms", "-o", "out", "-c", "job=2"}, 6,
                       "a.kms: the encryption context of the file has no pair job=2"));
    CHECK(line.requests.empty());
    CHECK(line.refuses({"encrypt-file", "b", "-c", "job"}, 2, "'job': a pair has the form KEY=VALUE"));
    CHECK(line.refuses({"encrypt-file", "b", "-c", "aws-crypto-x=1"}, 2, "aws-crypto-"));
  }

  TEST_CASE("-k refuses files for any other key") {
    const Folder folder;
    FileLine line;
    line.key("other");
    line.encrypt_a();
    CHECK(line.refuses({"decrypt-file", "a.kms", "-k", "alias/other"}, 6, "IncorrectKeyException"));
    CHECK(line.run({"decrypt-file", "a.kms", "-k", "alias/app"}) == 0);
    CHECK(line.refuses({"encrypt-file", "b", "-k", "alias/none"}, 3, "alias/none is not found"));
  }

  TEST_CASE("a signed file is of the suite that says so") {
    const Folder folder;
    FileLine line;
    line.encrypt_a({"--sign"});
    CHECK(Folder::read("a.kms").substr(1, 2) == std::string("\x05\x78"));
    CHECK(line.run({"decrypt-file", "a.kms"}) == 0);
    CHECK(Folder::read("a") == "one file");
    CHECK(line.run({"encrypt-file", "b"}) == 0);
    CHECK(Folder::read("b.kms").substr(1, 2) == std::string("\x04\x78"));
    CHECK(line.refuses({"decrypt-file", "a.kms", "-o", "-"}, 13, "decrypt it to a file"));
  }

  TEST_CASE("a file of the first suites is read when --commitment-policy lets it") {
    const Folder folder;
    FileLine line;
    Folder::write("old.kms", kFirstSuite);
    CHECK(line.refuses({"decrypt-file", "old.kms"}, 13, "--commitment-policy require-encrypt-allow-decrypt"));
    CHECK(line.refuses({"decrypt-file", "old.kms", "--commitment-policy", "require-encrypt-allow-decrypt"}, 6,
                       "old.kms: the file is encrypted for no KMS key"));
    CHECK(line.refuses({"decrypt-file", "old.kms", "--commitment-policy", "none"}, 2,
                       "--commitment-policy 'none': one of"));
  }

  TEST_CASE("a file that is no encrypted file, or no longer one, leaves nothing") {
    const Folder folder;
    FileLine line;
    line.encrypt_a();
    const std::string whole = Folder::read("a.kms");
    const auto refuses_content = [&](const std::string& content, int status, std::string_view text) {
      Folder::write("x.kms", content);
      return line.refuses({"decrypt-file", "x.kms"}, status, text);
    };
    CHECK(refuses_content("plain text", 6, "x.kms: this is not an encrypted file of a known format"));
    CHECK(refuses_content("", 6, "x.kms: "));
    CHECK(refuses_content(whole.substr(0, whole.size() - 1), 6, "x.kms: the file is truncated"));
    CHECK(refuses_content(whole + "x", 6, "x.kms: "));
    std::string damaged = whole;
    damaged[damaged.size() - 20] ^= '\1';
    CHECK(refuses_content(damaged, 6, "x.kms: "));
    CHECK(line.run({"encrypt", "-k", "alias/app", "-o", "blob.kms"}, "hello") == 0);
    CHECK(line.refuses({"decrypt-file", "blob.kms"}, 2,
                       "blob.kms: written by encrypt, not by encrypt-file: use decrypt (it reads standard input)"));
  }

  TEST_CASE("of several files the others are done when one fails, and the first failure is the exit code") {
    const Folder folder;
    FileLine line;
    CHECK(line.run({"encrypt-file", "a", "none", "b"}) == 11);
    CHECK(line.tells("none: No such file or directory"));
    CHECK(line.tells("kmsctl: 2 done, 1 failed"));
    std::filesystem::remove("b");
    Folder::write("x.kms", "no ciphertext");
    CHECK(line.run({"decrypt-file", "x.kms", "a.kms", "b.kms"}) == 6);
    CHECK(line.tells("x.kms: this is not an encrypted file"));
    CHECK(line.tells("a: the file exists; --force replaces it"));
    CHECK(line.tells("kmsctl: 1 done, 2 failed"));
    CHECK(Folder::read("b") == "another file");
  }

  TEST_CASE("who may not use the key gets no file") {
    const Folder folder;
    FileLine line;
    line.encrypt_a();
    line.world.authorizer.denied = {"kms:Decrypt", "kms:GenerateDataKey"};
    CHECK(line.refuses({"decrypt-file", "a.kms"}, 4, "not authorized to perform: kms:Decrypt"));
    CHECK(line.tells(line.arn));
    CHECK(line.refuses({"encrypt-file", "b", "-k", "alias/app"}, 4, "not authorized to perform: kms:GenerateDataKey"));
  }

  TEST_CASE("data keys are kept by an agent, and never for signed files") {
    const Folder folder;
    FileLine line;
    CHECK(line.refuses({"encrypt-file", "a", "--cache-max-age", "10m"}, 2, "none runs: kmsctl unlock"));
    CHECK(line.refuses({"encrypt-file", "a", "--cache-max-age", "10m", "--sign"}, 2, "does not go with --sign"));
    CHECK(line.refuses({"encrypt-file", "a", "--cache-max-messages", "5"}, 2, "requires --cache-max-age"));
    CHECK(line.refuses({"encrypt-file", "a", "--cache-max-bytes", "5G"}, 2, "requires --cache-max-age"));
  }

  TEST_CASE("a terminal gets no bytes") {
    const Folder folder;
    FileLine line;
    Folder::write("bytes", "\x1b[2J\xff");
    CHECK(line.run({"encrypt-file", "bytes"}) == 0);
    line.terminal.there = true;
    CHECK(line.refuses({"encrypt-file", "a", "-o", "-"}, 11, "an encrypted file is not written to a terminal"));
    CHECK(line.refuses({"decrypt-file", "bytes.kms", "-o", "-"}, 11, "FileException"));
  }
}
