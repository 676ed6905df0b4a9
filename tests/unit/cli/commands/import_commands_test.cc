// import-key: material from files.
#include <doctest/doctest.h>

#include <string>

#include "core/base/text.h"
#include "tests/unit/cli/commands/piped_line.h"
#include "tests/unit/core/crypto/test_private_keys.h"

using kms::Json;
using kms::test::Folder;
using kms::test::PipedLine;

namespace {

// A line with keys that have no material yet, and files with some.
struct ImportLine : PipedLine {
  ImportLine() {
    key("own", {{"Origin", "EXTERNAL"}});
    key("signing", {{"Origin", "EXTERNAL"}, {"KeySpec", "ECC_NIST_P256"}, {"KeyUsage", "SIGN_VERIFY"}});
    Folder::write("key.bin", std::string(32, 'k'));
    Folder::write("other.bin", std::string(32, 'o'));
    Folder::write("pass.txt", "correct horse\n");
    Folder::write("plain.pem", test_keys::kPlain);
    Folder::write("sealed.pem", test_keys::kEncrypted);
  }
  Json metadata(const char* alias) {
    return world.call("DescribeKey", {{"KeyId", kms::cat("alias/", alias)}}).at("KeyMetadata");
  }
  std::string public_key() { return world.call("GetPublicKey", {{"KeyId", "alias/signing"}}).at("PublicKey"); }
};

}  // namespace

TEST_SUITE("cli/import commands") {
  TEST_CASE("the bytes of a file become the material of a key") {
    const Folder folder;
    ImportLine line;
    CHECK(line.metadata("own").at("KeyState") == "PendingImport");
    const Json answer = line.json({"import-key", "-k", "alias/own", "--in", "key.bin", "--description", "of the HSM"});
    CHECK(answer.at("KeyId") == line.metadata("own").at("Arn"));
    CHECK(line.metadata("own").at("KeyState") == "Enabled");
    CHECK(line.metadata("own").at("ExpirationModel") == "KEY_MATERIAL_DOES_NOT_EXPIRE");
    const Json rotations = line.json({"rotate", "-k", "alias/own", "--history"}).at("Rotations");
    CHECK(rotations.at(0).at("KeyMaterialId") == answer.at("KeyMaterialId"));
    CHECK(rotations.at(0).at("KeyMaterialDescription") == "of the HSM");
    CHECK(line.run({"encrypt", "-k", "alias/own"}, "hello") == 0);
  }

  TEST_CASE("standard input may be the file") {
    const Folder folder;
    ImportLine line;
    CHECK(line.run({"import-key", "-k", "alias/own", "--in", "-"}, std::string(32, 'k')) == 0);
    CHECK(line.metadata("own").at("KeyState") == "Enabled");
    CHECK(line.refuses({"import-key", "-k", "alias/own", "--in", "-"}, 6, "standard input is empty"));
  }

  TEST_CASE("material expires when it was told to, and at no time that is past or too far") {
    const Folder folder;
    ImportLine line;
    CHECK(line.refuses({"import-key", "-k", "alias/own", "--in", "key.bin", "--expires", "2020-01-01"}, 2,
                       "must be in the future, and at most 365 days ahead"));
    CHECK(line.refuses({"import-key", "-k", "alias/own", "--in", "key.bin", "--expires", "2030-01-01"}, 2,
                       "must be in the future, and at most 365 days ahead"));
    CHECK(line.refuses({"import-key", "-k", "alias/own", "--in", "key.bin", "--expires", "soon"}, 2,
                       "--expires 'soon': no time; give 2027-12-31 or the like"));
    CHECK(line.run({"import-key", "-k", "alias/own", "--in", "key.bin", "--expires", "2024-01-01T00:00:00Z"}) == 0);
    CHECK(line.metadata("own").at("ExpirationModel") == "KEY_MATERIAL_EXPIRES");
    CHECK(line.metadata("own").at("ValidTo") == 1'704'067'200);
  }

  TEST_CASE("other material than the key has is new material, and says so") {
    const Folder folder;
    ImportLine line;
    const std::string first = line.json({"import-key", "-k", "alias/own", "--in", "key.bin"}).at("KeyMaterialId");
    CHECK(line.refuses({"import-key", "-k", "alias/own", "--in", "other.bin"}, 6, "IncorrectKeyMaterialException"));
    const std::string second =
        line.json({"import-key", "-k", "alias/own", "--in", "other.bin", "--new-material"}).at("KeyMaterialId");
    CHECK(line.metadata("own").at("CurrentKeyMaterialId") == first);
    CHECK(line.run({"rotate", "-k", "alias/own"}) == 0);
    CHECK(line.metadata("own").at("CurrentKeyMaterialId") == second);
    CHECK(line.run({"import-key", "-k", "alias/own", "--in", "key.bin"}) == 0);
  }

  TEST_CASE("a private key is the same from every form of file") {
    const Folder folder;
    ImportLine line;
    CHECK(line.run({"import-key", "-k", "alias/signing", "--in", "plain.pem"}) == 0);
    CHECK(line.public_key() == test_keys::kPublic);
    Folder::write("traditional.pem", test_keys::kTraditional);
    CHECK(line.run({"import-key", "-k", "alias/signing", "--in", "traditional.pem"}) == 0);
    CHECK(line.run({"import-key", "-k", "alias/signing", "--in", "sealed.pem", "--in-passphrase-file", "pass.txt"}) ==
          0);
    CHECK(line.run({"import-key", "-k", "alias/signing", "--in", "sealed.pem", "--in-passphrase-fd", "0"},
                   "correct horse\n") == 0);
    CHECK(line.public_key() == test_keys::kPublic);
  }

  TEST_CASE("the passphrase of a file is asked for at a terminal") {
    const Folder folder;
    ImportLine line;
    CHECK(line.refuses({"import-key", "-k", "alias/signing", "--in", "sealed.pem"}, 2,
                       "sealed.pem is encrypted: give --in-passphrase-file or --in-passphrase-fd"));
    line.terminal.there = true;
    CHECK(line.refuses({"import-key", "-k", "alias/signing", "--in", "sealed.pem"}, 6,
                       "sealed.pem: no private key that the passphrase opens"));
    CHECK(line.terminal.labels.back() == "Passphrase of sealed.pem: ");
  }

  TEST_CASE("a passphrase that opens nothing is not taken") {
    const Folder folder;
    ImportLine line;
    CHECK(line.refuses({"import-key", "-k", "alias/own", "--in", "key.bin", "--in-passphrase-file", "pass.txt"}, 2,
                       "key.bin is not encrypted: leave out --in-passphrase-file"));
    CHECK(line.refuses({"import-key", "-k", "alias/signing", "--in", "plain.pem", "--in-passphrase-fd", "0"}, 2,
                       "plain.pem is not encrypted: leave out --in-passphrase-fd", "correct horse\n"));
    CHECK(line.refuses({"import-key", "-k", "alias/signing", "--in", "sealed.pem", "--in-passphrase-file", "pass.txt",
                        "--in-passphrase-fd", "0"},
                       2, "give --in-passphrase-file or --in-passphrase-fd, not both", "correct horse\n"));
    CHECK(line.refuses({"import-key", "-k", "alias/signing", "--in", "sealed.pem", "--in-passphrase-file", "key.bin"},
                       6, "sealed.pem: no private key that the passphrase opens"));
  }

  TEST_CASE("a file that is no material of the key is refused, and the key waits on") {
    const Folder folder;
    ImportLine line;
    Folder::write("long.bin", std::string(33, 'k'));
    Folder::write("empty", "");
    CHECK(line.refuses({"import-key", "-k", "alias/own", "--in", "long.bin"}, 6,
                       "has 33 bytes; a key of spec SYMMETRIC_DEFAULT takes 32"));
    CHECK(line.refuses({"import-key", "-k", "alias/own", "--in", "empty"}, 6, "empty is empty"));
    CHECK(line.refuses({"import-key", "-k", "alias/own", "--in", "none"}, 11, "none: No such file or directory"));
    CHECK(line.refuses({"import-key", "-k", "alias/signing", "--in", "key.bin"}, 6,
                       "key.bin: no private key in PEM, DER or PKCS#8"));
    Folder::write("rsa.pem", test_keys::kTraditionalRsa);
    CHECK(line.refuses({"import-key", "-k", "alias/signing", "--in", "rsa.pem"}, 6,
                       "not that of a key of spec ECC_NIST_P256"));
    CHECK(line.metadata("own").at("KeyState") == "PendingImport");
    CHECK(line.metadata("signing").at("KeyState") == "PendingImport");
  }

  TEST_CASE("a key that was made here takes no material, and one that may not be touched neither") {
    const Folder folder;
    ImportLine line;
    line.key("app");
    CHECK(line.refuses({"import-key", "-k", "alias/app", "--in", "key.bin"}, 13, "origin is AWS_KMS"));
    CHECK(line.refuses({"import-key", "-k", "alias/none", "--in", "key.bin"}, 3, "alias/none is not found"));
    CHECK(line.refuses({"import-key", "-k", "alias/own"}, 2, "required: --in"));
    line.world.authorizer.denied = {"kms:ImportKeyMaterial"};
    CHECK(line.refuses({"import-key", "-k", "alias/own", "--in", "key.bin"}, 4, "kms:ImportKeyMaterial"));
  }
}
