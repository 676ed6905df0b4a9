// Replicas of multi-Region keys: from one vault to another, as a file.
#include <doctest/doctest.h>

#include <string>

#include "tests/support/key_sets.h"
#include "tests/unit/cli/commands/piped_line.h"

using kms::Json;
using kms::test::Folder;
using kms::test::PipedLine;

namespace {

// A vault with a multi-Region key, another one elsewhere, and the transport keys of both in files.
struct TwoVaults {
  TwoVaults() {
    kms::testing::move_home(there.world, "us-west-2");
    arn = here.key("both", {{"MultiRegion", true}});
    here_print = prints(here, "here.key");
    there_print = prints(there, "there.key");
  }
  static std::string prints(PipedLine& line, const char* file) {
    CHECK(line.run({"vault", "transport-key"}) == 0);
    Folder::write(file, line.out);
    CHECK(line.run({"vault", "transport-key", "--fingerprint"}) == 0);
    return line.out.substr(0, line.out.size() - 1);
  }
  void send() {
    CHECK(here.run({"replica", "export", "-k", "alias/both", "--recipient", "there.key", "-o", "sealed", "--force"}) ==
          0);
  }
  std::string id() const { return arn.substr(arn.find('/') + 1); }
  std::size_t replicas_known() {
    return here.world.call("DescribeKey", {{"KeyId", arn}})["KeyMetadata"]["MultiRegionConfiguration"]["ReplicaKeys"]
        .size();
  }

  PipedLine here;
  PipedLine there;
  std::string arn;
  std::string here_print;
  std::string there_print;
};

}  // namespace

TEST_SUITE("cli/replica commands") {
  TEST_CASE("what one vault exported, the other imports, and each decrypts what the other encrypted") {
    const Folder folder;
    TwoVaults vaults;
    vaults.send();
    CHECK(vaults.here.out.find("for us-west-2") != std::string::npos);
    CHECK(vaults.here.out.find(vaults.here_print) != std::string::npos);
    CHECK(vaults.here.out.find(vaults.there_print) != std::string::npos);
    const Json imported = vaults.there.json({"replica", "import", "sealed", "--sender", "here.key"});
    CHECK(imported.at("KeyMetadata").at("KeyId") == vaults.id());
    CHECK(imported.at("KeyMetadata").at("MultiRegionConfiguration").at("MultiRegionKeyType") == "REPLICA");
    CHECK(vaults.here.run({"encrypt", "-k", "alias/both"}, "hello") == 0);
    CHECK(vaults.there.run({"decrypt"}, vaults.here.out) == 0);
    CHECK(vaults.there.out == "hello");
    CHECK(vaults.there.run({"encrypt", "-k", vaults.id()}, "and back") == 0);
    CHECK(vaults.here.run({"decrypt"}, vaults.there.out) == 0);
    CHECK(vaults.here.out == "and back");
  }

  TEST_CASE("a newer state comes from the same vault, without a word") {
    const Folder folder;
    TwoVaults vaults;
    vaults.send();
    CHECK(vaults.there.run({"replica", "import", "sealed", "--sender", "here.key"}) == 0);
    CHECK(vaults.there.refuses({"replica", "import", "sealed"}, 10, "ConflictException"));
    vaults.send();
    CHECK(vaults.there.run({"replica", "import", "-"}, Folder::read("sealed")) == 0);
  }

  TEST_CASE("the first replica is taken from a sender that was named, or on a yes to its fingerprint") {
    const Folder folder;
    TwoVaults vaults;
    vaults.send();
    CHECK(vaults.there.refuses({"replica", "import", "sealed"}, 2, vaults.here_print));
    CHECK(vaults.there.refuses({"replica", "import", "sealed", "--sender", "there.key"}, 4, "AccessDeniedException"));
    vaults.there.terminal.there = true;
    CHECK(vaults.there.refuses({"replica", "import", "sealed"}, 2, "ValidationException"));
    CHECK(vaults.there.terminal.labels.back().find(vaults.here_print) != std::string::npos);
    vaults.there.terminal.agrees = true;
    CHECK(vaults.there.run({"replica", "import", "sealed"}) == 0);
    CHECK(vaults.there.world.call("DescribeKey", {{"KeyId", vaults.id()}}).contains("KeyMetadata"));
  }

  TEST_CASE("the file is private, and replaced with --force alone") {
    const Folder folder;
    TwoVaults vaults;
    Folder::write("old", "what stood there");
    CHECK(vaults.here.refuses({"replica", "export", "-k", "alias/both", "--recipient", "there.key", "-o", "old"}, 11,
                              "old: the file exists; --force replaces it"));
    CHECK(vaults.here.requests.empty());
    vaults.send();
    CHECK(std::filesystem::status("sealed").permissions() ==
          (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
    CHECK(vaults.here.run({"replica", "export", "-k", "alias/both", "--recipient", "there.key", "-o", "-"}) == 0);
    CHECK(vaults.there.run({"replica", "import", "-", "--sender", "here.key"}, vaults.here.out) == 0);
    vaults.here.terminal.there = true;
    CHECK(vaults.here.refuses({"replica", "export", "-k", "alias/both", "--recipient", "there.key", "-o", "-"}, 11,
                              "a replica is not written to a terminal"));
  }

  TEST_CASE("the Region of the replica is the other vault's, unless it is named") {
    const Folder folder;
    TwoVaults vaults;
    CHECK(vaults.here.run({"replica", "export", "-k", "alias/both", "--recipient", "there.key", "--replica-region",
                           "eu-west-1", "-o", "sealed"}) == 0);
    CHECK(vaults.here.out.find("for eu-west-1") != std::string::npos);
    CHECK(vaults.there.run({"replica", "import", "sealed", "--sender", "here.key"}) != 0);
    vaults.there.world.call("AddRegion", {{"Region", "eu-west-1"}});
    CHECK(vaults.there.run({"replica", "import", "sealed", "--sender", "here.key"}) == 0);
    CHECK(vaults.there.run({"describe-key", "--region", "eu-west-1", "-k", vaults.id()}) == 0);
    CHECK(vaults.here.refuses({"replica", "export", "-k", "alias/both", "--recipient", "here.key", "-o", "own"}, 10,
                              "Give another with --replica-region"));
  }

  TEST_CASE("a replica that is gone is forgotten") {
    const Folder folder;
    TwoVaults vaults;
    vaults.send();
    CHECK(vaults.replicas_known() == 1);
    CHECK(vaults.here.run({"replica", "forget", "-k", "alias/both", "--replica-region", "us-west-2"}) == 0);
    CHECK(vaults.replicas_known() == 0);
    CHECK(vaults.here.run({"replica", "forget", "-k", "alias/both", "--replica-region", "us-west-2"}) == 3);
    CHECK(vaults.here.refuses({"replica", "forget", "-k", "alias/both"}, 2, "required: --replica-region"));
  }

  TEST_CASE("what is no key for replicas, no transport key or no replica is refused, and nothing is written") {
    const Folder folder;
    TwoVaults vaults;
    vaults.here.key("app");
    Folder::write("note", "a note");
    CHECK(vaults.here.refuses({"replica", "export", "-k", "alias/app", "--recipient", "there.key", "-o", "out"}, 13,
                              "is not a multi-region primary key"));
    CHECK(vaults.here.refuses({"replica", "export", "-k", "alias/both", "--recipient", "note", "-o", "out"}, 2,
                              "transport key"));
    CHECK(vaults.here.refuses({"replica", "export", "-k", "alias/both", "--recipient", "none", "-o", "out"}, 11,
                              "none: No such file or directory"));
    CHECK(vaults.there.refuses({"replica", "import", "note"}, 6, "the file is incomplete, or something else"));
    CHECK(vaults.there.refuses({"replica", "import", "none"}, 11, "none: No such file or directory"));
    vaults.send();
    CHECK(vaults.there.refuses({"replica", "import", "sealed", "--sender", "note"}, 2, "transport key"));
    CHECK(vaults.here.refuses({"replica", "import", "sealed", "--sender", "here.key"}, 6, "another vault"));
  }

  TEST_CASE("keys and fingerprints are no answers that had a form") {
    const Folder folder;
    TwoVaults vaults;
    CHECK(vaults.here.refuses({"vault", "transport-key", "--output", "text"}, 2, "this prints a key"));
    CHECK(vaults.here.refuses({"vault", "transport-key", "--fingerprint", "--query", "x"}, 2, "prints a fingerprint"));
    CHECK(vaults.here.refuses(
        {"replica", "export", "-k", "alias/both", "--recipient", "there.key", "-o", "out", "--query", "Sequence"}, 2,
        "--output and --query choose the form of an answer; this prints fingerprints"));
    CHECK(vaults.here.requests.empty());
  }
}
