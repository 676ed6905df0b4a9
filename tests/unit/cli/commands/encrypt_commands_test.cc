// encrypt and decrypt: standard input, and the form of aws.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <string>

#include "tests/unit/cli/commands/piped_line.h"

using kms::Json;
using kms::test::Folder;
using kms::test::PipedLine;
using std::filesystem::perms;

namespace {

// A line with a key, and what `words` more than encrypt -k alias/app printed for "hello".
struct EncryptedLine : PipedLine {
  EncryptedLine() { arn = key("app"); }
  std::string ciphertext(std::vector<std::string> words = {}) {
    words.insert(words.begin(), {"encrypt", "-k", "alias/app"});
    CHECK(run(std::move(words), "hello") == 0);
    return out;
  }
  std::string arn;
};

}  // namespace

TEST_SUITE("cli/encrypt commands") {
  TEST_CASE("decrypt reads from standard input what encrypt wrote, in bytes or as text") {
    const Folder folder;
    EncryptedLine line;
    const std::string bytes = line.ciphertext();
    CHECK(bytes.find("hello") == std::string::npos);
    CHECK(line.run({"decrypt"}, bytes) == 0);
    CHECK(line.out == "hello");
    const std::string text = line.ciphertext({"--armor"});
    CHECK(std::all_of(text.begin(), text.end(), [](char c) { return c == '\n' || (c > ' ' && c < '\x7f'); }));
    CHECK(line.run({"decrypt"}, text) == 0);
    CHECK(line.out == "hello");
    CHECK(Folder::files().empty());
  }

  TEST_CASE("with -o the result is in a file that its owner alone may read, and nothing is printed") {
    const Folder folder;
    EncryptedLine line;
    CHECK(line.ciphertext({"-o", "secret.kms", "-a"}).empty());
    CHECK(line.run({"decrypt", "-o", "secret.txt"}, Folder::read("secret.kms")) == 0);
    CHECK(line.out.empty());
    CHECK(Folder::read("secret.txt") == "hello");
    CHECK(std::filesystem::status("secret.kms").permissions() == (perms::owner_read | perms::owner_write));
    CHECK(std::filesystem::status("secret.txt").permissions() == (perms::owner_read | perms::owner_write));
  }

  TEST_CASE("a file that exists is replaced with --force alone") {
    const Folder folder;
    EncryptedLine line;
    const std::string ciphertext = line.ciphertext();
    Folder::write("old", "what stood there");
    CHECK(line.refuses({"encrypt", "-k", "alias/app", "-o", "old"}, 11, "old: the file exists; --force replaces it",
                       "hello"));
    CHECK(line.requests.empty());
    CHECK(line.refuses({"decrypt", "-o", "old"}, 11, "old: the file exists; --force replaces it", ciphertext));
    CHECK(line.requests.empty());
    CHECK(line.run({"decrypt", "-o", "old", "--force"}, ciphertext) == 0);
    CHECK(Folder::read("old") == "hello");
    CHECK(line.run({"encrypt", "-k", "alias/app", "-o", "old", "--force"}, "other") == 0);
    CHECK(line.run({"decrypt"}, Folder::read("old")) == 0);
    CHECK(line.out == "other");
    CHECK(line.refuses({"encrypt", "-k", "alias/app", "--force"}, 2, "--force requires -o", "hello"));
    CHECK(line.refuses({"decrypt", "--force"}, 2, "--force requires -o", ciphertext));
  }

  TEST_CASE("the context is part of the ciphertext, whichever option gave it") {
    const Folder folder;
    EncryptedLine line;
    const std::string ciphertext = line.ciphertext({"-c", "job=1", "-c", "app=web"});
    CHECK(line.run({"decrypt", "--encryption-context", "job=1,app=web"}, ciphertext) == 0);
    CHECK(line.out == "hello");
    CHECK(line.run({"decrypt", "--encryption-context", "job=1", "-c", "app=web"}, ciphertext) == 0);
    for (const char* other : {"job=2", "job=1"}) {
      CHECK(line.refuses({"decrypt", "-c", other, "-o", "out"}, 6, "encryption context", ciphertext));
    }
    CHECK(line.refuses({"decrypt"}, 6, "encryption context", ciphertext));
    CHECK(line.refuses({"decrypt", "-c", "job"}, 2, "-c 'job': a pair has the form KEY=VALUE", ciphertext));
    CHECK(line.refuses({"encrypt", "-k", "alias/app", "--encryption-context", "job=1", "-c", "job=2"}, 2,
                       "-c 'job=2': --encryption-context has that key, too", "hello"));
  }

  TEST_CASE("with --plaintext it is the command of aws, which prints an answer") {
    const Folder folder;
    EncryptedLine line;
    const Json sealed = line.json({"encrypt", "-k", "alias/app", "--plaintext", "aGVsbG8=", "-c", "job=1"});
    CHECK(sealed.at("KeyId") == line.arn);
    const std::string blob = sealed.at("CiphertextBlob");
    CHECK(line.json({"decrypt", "--ciphertext-blob", blob, "-c", "job=1"}).at("Plaintext") == "aGVsbG8=");
    CHECK(line.run({"decrypt", "--ciphertext-blob", blob, "-c", "job=1", "--query", "Plaintext", "--output", "text"}) ==
          0);
    CHECK(line.out == "aGVsbG8=\n");
    CHECK(line.run({"kms", "encrypt", "--key-id", "alias/app"}, "hello") == 2);
    CHECK(line.tells("required: --plaintext"));
  }

  TEST_CASE("the command of aws writes no file and no other form") {
    const Folder folder;
    EncryptedLine line;
    const std::string blob = line.json({"encrypt", "-k", "alias/app", "--plaintext", "aGk="}).at("CiphertextBlob");
    CHECK(line.refuses({"encrypt", "-k", "alias/app", "--plaintext", "aGk=", "-o", "out"}, 2,
                       "-o goes with standard input; with --plaintext the answer is printed"));
    CHECK(line.refuses({"encrypt", "-k", "alias/app", "--plaintext", "aGk=", "--armor"}, 2,
                       "--armor goes with standard input; with --plaintext the answer is printed"));
    CHECK(line.refuses({"encrypt", "-k", "alias/app", "--plaintext", "aGk=", "--force"}, 2, "--force requires -o"));
    CHECK(line.refuses({"decrypt", "--ciphertext-blob", blob, "-o", "out"}, 2,
                       "-o goes with standard input; with --ciphertext-blob the answer is printed"));
    CHECK(line.refuses({"decrypt", "--ciphertext-blob", blob, "--force"}, 2, "--force requires -o"));
    CHECK(line.refuses(
        {"decrypt", "-k", "alias/app", "--dry-run", "--dry-run-modifiers", "IGNORE_CIPHERTEXT", "-o", "out"}, 2,
        "with --dry-run-modifiers the answer is printed"));
    CHECK(line.requests.empty());
  }

  TEST_CASE("what is printed is no answer that had a form") {
    const Folder folder;
    EncryptedLine line;
    const std::string ciphertext = line.ciphertext();
    for (const std::vector<std::string>& form : {std::vector<std::string>{"--output", "json"}, {"--query", "KeyId"}}) {
      CHECK(line.refuses({"encrypt", "-k", "alias/app", form[0], form[1]}, 2, "this prints ciphertext", "hello"));
      CHECK(line.refuses({"decrypt", form[0], form[1]}, 2, "this prints plaintext", ciphertext));
    }
    setenv("AWS_DEFAULT_OUTPUT", "text", 1);
    CHECK(line.run({"decrypt"}, ciphertext) == 0);
    unsetenv("AWS_DEFAULT_OUTPUT");
    CHECK(line.out == "hello");
  }

  TEST_CASE("at a terminal there is text and nothing else") {
    const Folder folder;
    EncryptedLine line;
    const std::string text = line.ciphertext();
    CHECK(line.run({"encrypt", "-k", "alias/app"}, "\x1b[2J\xff") == 0);
    const std::string binary = line.out;
    line.terminal.there = true;
    CHECK(line.refuses({"encrypt", "-k", "alias/app"}, 11,
                       "ciphertext is not written to a terminal: redirect the output or use -o FILE, or -a for text",
                       "hello"));
    CHECK(line.requests.empty());
    CHECK(line.ciphertext({"-a"}).size() > 100);
    CHECK(line.run({"decrypt"}, text) == 0);
    CHECK(line.out == "hello");
    CHECK(line.refuses({"decrypt"}, 11, "binary plaintext is not written to a terminal", binary));
    CHECK(line.run({"decrypt", "-o", "out"}, binary) == 0);
    CHECK(Folder::read("out") == "\x1b[2J\xff");
  }

  TEST_CASE("decrypt says what standard input is instead of a ciphertext") {
    const Folder folder;
    EncryptedLine line;
    Folder::write("report.pdf", "a report");
    CHECK(line.run({"encrypt-file", "report.pdf"}) == 0);
    CHECK(line.refuses({"decrypt"}, 2, "standard input is an encrypted file: use decrypt-file (- is standard input)",
                       Folder::read("report.pdf.kms")));
    CHECK(line.run({"encrypt-file", "--armor", "--force", "report.pdf"}) == 0);
    CHECK(line.refuses({"decrypt"}, 2, "use decrypt-file", Folder::read("report.pdf.kms")));
    CHECK(line.refuses({"decrypt"}, 6, "standard input is empty"));
    CHECK(line.refuses({"decrypt", "-o", "out"}, 6, "InvalidCiphertextException", "no ciphertext"));
    CHECK(line.refuses({"decrypt"}, 6, "standard input is longer than what encrypt writes", std::string(20000, 'A')));
  }

  TEST_CASE("encrypt takes 1 to 4096 bytes, and names encrypt-file for more") {
    const Folder folder;
    EncryptedLine line;
    const std::string most(4096, '\0');
    CHECK(line.run({"encrypt", "-k", "alias/app"}, most) == 0);
    CHECK(line.run({"decrypt"}, line.out) == 0);
    CHECK(line.out == most);
    CHECK(line.refuses({"encrypt", "-k", "alias/app", "-o", "out"}, 2, "use encrypt-file for more", most + "x"));
    CHECK(line.requests.empty());
    CHECK(line.refuses({"encrypt", "-k", "alias/app"}, 2, "'plaintext' failed to satisfy constraint"));
    CHECK(line.refuses({"encrypt"}, 2, "required: -k/--key-id", "hello"));
  }

  TEST_CASE("other members of the request are asked for, too") {
    const Folder folder;
    EncryptedLine line;
    const std::string ciphertext = line.ciphertext();
    CHECK(line.refuses({"encrypt", "-k", "alias/app", "--dry-run", "-o", "out"}, 10, "would have succeeded", "hello"));
    CHECK(line.refuses({"decrypt", "--dry-run", "-o", "out"}, 10, "would have succeeded", ciphertext));
    CHECK(line.refuses({"decrypt", "--grant-tokens", "no-token"}, 2, "InvalidGrantTokenException", ciphertext));
    CHECK(line.requests.back().at("Request").at("GrantTokens") == Json{"no-token"});
    CHECK(line.run({"encrypt", "--cli-input-json", R"({"KeyId":"alias/app"})"}, "hello") == 0);
    CHECK(line.run({"decrypt", "--cli-input-json", R"({"KeyId":"alias/app"})"}, line.out) == 0);
    CHECK(line.out == "hello");
  }

  TEST_CASE("an RSA key encrypts and decrypts by an algorithm that is named") {
    const Folder folder;
    EncryptedLine line;
    line.key("rsa", {{"KeySpec", "RSA_2048"}, {"KeyUsage", "ENCRYPT_DECRYPT"}});
    const std::vector<std::string> how{"-k", "alias/rsa", "--encryption-algorithm", "RSAES_OAEP_SHA_256"};
    CHECK(line.run({"encrypt", how[0], how[1], how[2], how[3]}, "hello") == 0);
    const std::string ciphertext = line.out;
    CHECK(ciphertext.size() == 256);
    CHECK(line.run({"decrypt", how[0], how[1], how[2], how[3]}, ciphertext) == 0);
    CHECK(line.out == "hello");
    CHECK(line.refuses({"decrypt", how[2], how[3]}, 2, "ValidationException", ciphertext));
    CHECK(line.refuses({"encrypt", how[0], how[1]}, 5, "InvalidKeyUsageException", "hello"));
  }

  TEST_CASE("a key that may not be used, or is another one, leaves no file") {
    const Folder folder;
    EncryptedLine line;
    const std::string ciphertext = line.ciphertext();
    line.key("other");
    CHECK(line.refuses({"decrypt", "-k", "alias/other", "-o", "out"}, 6, "IncorrectKeyException", ciphertext));
    line.world.authorizer.denied = {"kms:Encrypt", "kms:Decrypt"};
    CHECK(line.refuses({"encrypt", "-k", "alias/app", "-o", "out"}, 4, "not authorized to perform: kms:Encrypt", "x"));
    CHECK(line.refuses({"decrypt", "-o", "out"}, 4, "AccessDeniedException", ciphertext));
    line.world.authorizer.denied.clear();
    line.world.call("DisableKey", {{"KeyId", line.arn}});
    CHECK(line.refuses({"encrypt", "-k", "alias/app", "-o", "out"}, 5, "kmsctl enable-key lets it be used", "hello"));
    CHECK(line.refuses({"decrypt", "-o", "out"}, 5, "is disabled", ciphertext));
  }
}
