// sign and verify: files and their signatures, and the form of aws.
#include <doctest/doctest.h>

#include <string>

#include "tests/unit/cli/commands/piped_line.h"

using kms::Json;
using kms::test::Folder;
using kms::test::PipedLine;

namespace {

// Keys, two files, and the public half of one key.
struct SigningLine : PipedLine {
  SigningLine() {
    arn = key("release", {{"KeySpec", "ECC_NIST_P256"}, {"KeyUsage", "SIGN_VERIFY"}});
    key("ed", {{"KeySpec", "ECC_NIST_EDWARDS25519"}, {"KeyUsage", "SIGN_VERIFY"}});
    Folder::write("a", "one file");
    Folder::write("b", "another file");
  }
  void write_public_key(const std::string& name) {
    CHECK(run({"get-public-key", "-k", "alias/" + name, "--output", "pem"}) == 0);
    Folder::write(name + ".pem", out);
  }
  std::string arn;
};

}  // namespace

TEST_SUITE("cli/sign commands") {
  TEST_CASE("a signature stands beside its file, and is of that content and that key alone") {
    const Folder folder;
    SigningLine line;
    CHECK(line.run({"sign", "-k", "alias/release", "a"}) == 0);
    CHECK(line.out.empty());
    const Json valid = line.json({"verify", "-k", "alias/release", "a"});
    CHECK(valid.at("SignatureValid") == true);
    CHECK(valid.at("SigningAlgorithm") == "ECDSA_SHA_256");
    CHECK(line.refuses({"verify", "-k", "alias/release", "b", "--signature", "a.sig"}, 6,
                       "a.sig is no signature of b by this key"));
    CHECK(line.refuses({"verify", "-k", "alias/ed", "a"}, 6, "a.sig is no signature of a by this key"));
    Folder::write("a.sig", "");
    CHECK(line.refuses({"verify", "-k", "alias/release", "a"}, 6, "a.sig is no signature of a"));
    CHECK(line.refuses({"verify", "-k", "alias/release", "b"}, 11, "b.sig: No such file or directory"));
  }

  TEST_CASE("without a key the vault signs with its own") {
    const Folder folder;
    SigningLine line;
    CHECK(line.run({"sign", "a"}) == 0);
    CHECK(line.requests.back().at("Request").at("KeyId") == "alias/aws/signing");
    CHECK(line.json({"verify", "a"}).at("SignatureValid") == true);
    CHECK(line.refuses({"verify", "-k", "alias/release", "a"}, 6, "no signature of a by this key"));
  }

  TEST_CASE("a signature that exists is replaced with --force alone") {
    const Folder folder;
    SigningLine line;
    Folder::write("a.sig", "old");
    CHECK(line.refuses({"sign", "-k", "alias/release", "a"}, 11, "a.sig: the file exists; --force replaces it"));
    CHECK(line.requests.empty());
    CHECK(line.run({"sign", "-k", "alias/release", "a", "--force"}) == 0);
    CHECK(line.json({"verify", "-k", "alias/release", "a"}).at("SignatureValid") == true);
  }

  TEST_CASE("-o names the signature, of one file") {
    const Folder folder;
    SigningLine line;
    CHECK(line.run({"sign", "-k", "alias/release", "a", "-o", "mine"}) == 0);
    CHECK_FALSE(Folder::has("a.sig"));
    CHECK(line.json({"verify", "-k", "alias/release", "a", "--signature", "mine"}).at("SignatureValid") == true);
    CHECK(line.refuses({"sign", "-k", "alias/release", "a", "b", "-o", "both"}, 2,
                       "-o both: several files need a directory that is there"));
    CHECK(line.refuses({"verify", "-k", "alias/release", "a", "b", "--signature", "mine"}, 2,
                       "--signature belongs to one file"));
  }

  TEST_CASE("standard input is signed to standard output") {
    const Folder folder;
    SigningLine line;
    CHECK(line.run({"sign", "-k", "alias/release", "-"}, "one file") == 0);
    Folder::write("out.sig", line.out);
    CHECK(line.json({"verify", "-k", "alias/release", "a", "--signature", "out.sig"}).at("SignatureValid") == true);
    CHECK(
        line.json({"verify", "-k", "alias/release", "-", "--signature", "out.sig"}, "one file").at("SignatureValid") ==
        true);
    CHECK(line.refuses({"verify", "-k", "alias/release", "-"}, 2, "standard input has no signature beside it", "x"));
    CHECK(line.refuses({"sign", "-k", "alias/release", "-", "-"}, 2, "standard input is one of the files", "x"));
    CHECK(
        line.refuses({"sign", "-k", "alias/release", "-", "--query", "Signature"}, 2, "this prints a signature", "x"));
    line.terminal.there = true;
    CHECK(line.refuses({"sign", "-k", "alias/release", "-"}, 11, "a signature is not written to a terminal", "x"));
  }

  TEST_CASE("of several files the others are signed and verified when one fails") {
    const Folder folder;
    SigningLine line;
    CHECK(line.run({"sign", "-k", "alias/release", "a", "none", "b"}) == 11);
    CHECK(line.tells("none: No such file or directory"));
    CHECK(line.tells("kmsctl: 2 done, 1 failed"));
    CHECK_FALSE(Folder::has("none.sig"));
    const Json both = line.json({"verify", "-k", "alias/release", "a", "b"}).at("Files");
    CHECK(both.at(0).at("File") == "a");
    CHECK(both.at(1).at("SignatureValid") == true);
    Folder::write("a", "changed");
    CHECK(line.run({"verify", "-k", "alias/release", "a", "b"}) == 6);
    CHECK(line.tells("a.sig is no signature of a by this key"));
    CHECK(Json::parse(line.out).at("Files").at(0).at("File") == "b");
    CHECK(line.json({"verify", "-k", "alias/release", "b"}).at("SignatureValid") == true);
  }

  TEST_CASE("a public key verifies alone") {
    const Folder folder;
    SigningLine line;
    line.write_public_key("release");
    CHECK(line.run({"sign", "-k", "alias/release", "a", "b"}) == 0);
    const Json valid = line.json({"verify", "--public-key", "release.pem", "a"});
    CHECK(valid == Json{{"SignatureValid", true}, {"SigningAlgorithm", "ECDSA_SHA_256"}});
    CHECK(line.requests.empty());
    CHECK(line.json({"verify", "--public-key", "release.pem", "a", "b"}).at("Files").size() == 2);
    CHECK(line.refuses({"verify", "--public-key", "release.pem", "b", "--signature", "a.sig"}, 6,
                       "a.sig is no signature of b by this key"));
    CHECK(line.refuses({"verify", "--public-key", "a", "b"}, 2, "a: no public key that is known here"));
    CHECK(line.refuses({"verify", "--public-key", "none", "b"}, 11, "none: No such file or directory"));
    CHECK(line.refuses({"verify", "--public-key", "release.pem"}, 2, "--public-key verifies a file: name it"));
    CHECK(line.refuses({"verify", "--public-key", "release.pem", "a", "--signing-algorithm", "ED25519_SHA_512"}, 6,
                       "a.sig is no signature of a by this key"));
  }

  TEST_CASE("what the service alone could heed does not go with a public key") {
    const Folder folder;
    SigningLine line;
    line.write_public_key("release");
    CHECK(line.run({"sign", "-k", "alias/release", "a"}) == 0);
    const std::vector<std::string> words{"verify", "--public-key", "release.pem", "a"};
    const auto refused = [&](std::vector<std::string> more, std::string_view text) {
      more.insert(more.begin(), words.begin(), words.end());
      return line.refuses(std::move(more), 2, text);
    };
    CHECK(refused({"-k", "alias/release"}, "give -k or --public-key, not both"));
    CHECK(refused({"--grant-tokens", "token"}, "--grant-tokens does not go with --public-key"));
    CHECK(refused({"--dry-run"}, "--dry-run does not go with --public-key"));
    CHECK(refused({"--message-type", "RAW"}, "--message-type goes with --message"));
  }

  TEST_CASE("Ed25519 signs a short file itself, and the digest of a long one unless it was told otherwise") {
    const Folder folder;
    SigningLine line;
    Folder::write("long", std::string(5000, 'x'));
    CHECK(line.run({"sign", "-k", "alias/ed", "a", "long"}) == 0);
    CHECK(line.json({"verify", "-k", "alias/ed", "a"}).at("SigningAlgorithm") == "ED25519_SHA_512");
    CHECK(line.json({"verify", "-k", "alias/ed", "long"}).at("SigningAlgorithm") == "ED25519_PH_SHA_512");
    line.write_public_key("ed");
    CHECK(line.json({"verify", "--public-key", "ed.pem", "long"}).at("SigningAlgorithm") == "ED25519_PH_SHA_512");
    CHECK(line.refuses({"sign", "-k", "alias/ed", "--signing-algorithm", "ED25519_SHA_512", "long", "-o", "s"}, 2,
                       "for a longer file use ED25519_PH_SHA_512"));
  }

  TEST_CASE("with --message it is the command of aws, which prints an answer") {
    const Folder folder;
    SigningLine line;
    const std::vector<std::string> words{
        "sign", "-k", "alias/release", "--message", "aGk=", "--signing-algorithm", "ECDSA_SHA_256"};
    const std::string signature = line.json(words).at("Signature");
    CHECK(line.json({"verify", "-k", "alias/release", "--message", "aGk=", "--signing-algorithm", "ECDSA_SHA_256",
                     "--signature", signature})
              .at("SignatureValid") == true);
    const auto refused = [&](std::vector<std::string> more, std::string_view text) {
      more.insert(more.begin(), words.begin(), words.end());
      return line.refuses(std::move(more), 2, text) && line.requests.empty();
    };
    CHECK(refused({"-o", "out"}, "-o goes with FILE; with --message the answer is printed"));
    CHECK(refused({"--force"}, "--force goes with FILE; with --message the answer is printed"));
    CHECK(refused({"a"}, "give a file or --message, not both"));
    CHECK(line.refuses({"sign", "-k", "alias/release"}, 2, "required: FILE (or, as with aws, --message)"));
    CHECK(line.refuses({"sign", "--message", "aGk="}, 2, "required: --key-id, --signing-algorithm"));
    CHECK(line.refuses({"verify", "-k", "alias/release"}, 2, "required: FILE (or, as with aws, --message)"));
  }

  TEST_CASE("what is signed of a file, the algorithm alone decides") {
    const Folder folder;
    SigningLine line;
    CHECK(line.run({"sign", "-k", "alias/release", "b"}) == 0);
    CHECK(line.refuses({"sign", "-k", "alias/release", "a", "--message-type", "RAW"}, 2,
                       "--message-type goes with --message"));
    CHECK(line.refuses({"verify", "-k", "alias/release", "b", "--message-type", "DIGEST"}, 2,
                       "--message-type goes with --message"));
    CHECK(line.refuses({"verify", "-k", "alias/release", "b", "--cli-input-json", R"({"Signature":"aGk="})"}, 2,
                       "the signature of a file is a file, too: name it with --signature"));
  }

  TEST_CASE("other members of the request are asked for, too") {
    const Folder folder;
    SigningLine line;
    CHECK(line.refuses({"sign", "-k", "alias/release", "a", "--dry-run"}, 10, "would have succeeded"));
    CHECK(line.run({"sign", "-k", "alias/release", "a", "--grant-tokens", "no-token"}) == 2);
    for (const Json& asked : line.requests) CHECK(asked.at("Request").at("GrantTokens") == Json{"no-token"});
    CHECK_FALSE(Folder::has("a.sig"));
  }

  TEST_CASE("a key that signs nothing, or may not, leaves no signature") {
    const Folder folder;
    SigningLine line;
    line.key("app");
    CHECK(line.refuses({"sign", "-k", "alias/app", "a"}, 5, "ENCRYPT_DECRYPT which is not valid for Sign"));
    CHECK(line.refuses({"sign", "-k", "alias/none", "a"}, 3, "alias/none is not found"));
    CHECK(line.refuses({"sign", "-k", "alias/release", "--signing-algorithm", "ED25519_SHA_512", "a"}, 5,
                       "ED25519_SHA_512 is incompatible with key spec ECC_NIST_P256"));
    line.world.authorizer.denied = {"kms:Sign"};
    CHECK(line.refuses({"sign", "-k", "alias/release", "a"}, 4, "not authorized to perform: kms:Sign"));
  }
}
