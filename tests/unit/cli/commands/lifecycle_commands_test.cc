// The life of keys: rotation, deletion, and what is due.
#include <doctest/doctest.h>

#include <chrono>
#include <string>

#include "tests/unit/cli/commands/piped_line.h"

using kms::Json;
using kms::test::Folder;
using kms::test::PipedLine;
using kms::testing::kDay;

namespace {

struct LifeLine : PipedLine {
  LifeLine() {
    arn = key("app", {{"Description", "of the app"}, {"Tags", {{{"TagKey", "team"}, {"TagValue", "web"}}}}});
  }
  Json metadata(const std::string& name) { return world.call("DescribeKey", {{"KeyId", name}}).at("KeyMetadata"); }
  // After 7 days the key is past its date.
  void outlive_app() {
    CHECK(run({"schedule-deletion", "-k", "alias/app", "--days", "7", "--yes"}) == 0);
    world.clock.advance(kDay * 8);
  }
  std::string arn;
};

}  // namespace

TEST_SUITE("cli/lifecycle commands") {
  TEST_CASE("rotate makes new material now, and the old one still opens what it sealed") {
    const Folder folder;
    LifeLine line;
    CHECK(line.run({"encrypt", "-k", "alias/app"}, "hello") == 0);
    const std::string before = line.out;
    const Json first = line.metadata(line.arn).at("CurrentKeyMaterialId");
    CHECK(line.json({"rotate", "-k", "alias/app"}).at("KeyId") == line.arn);
    CHECK(line.metadata(line.arn).at("CurrentKeyMaterialId") != first);
    CHECK(line.run({"decrypt"}, before) == 0);
    CHECK(line.out == "hello");
    const Json all = line.json({"rotate", "-k", "alias/app", "--history"}).at("Rotations");
    CHECK(all.size() == 2);
    CHECK(all.at(0).at("KeyMaterialId") == first);
    CHECK(all.at(1).at("RotationType") == "ON_DEMAND");
  }

  TEST_CASE("rotation by schedule is turned on, shown and turned off") {
    const Folder folder;
    LifeLine line;
    CHECK(line.json({"rotate", "-k", "alias/app", "--status"}).at("KeyRotationEnabled") == false);
    CHECK(line.json({"rotate", "-k", "alias/app", "--enable"}).at("RotationPeriodInDays") == 365);
    CHECK(line.json({"rotate", "-k", "alias/app", "--enable", "--period", "100"}).at("RotationPeriodInDays") == 100);
    CHECK(line.json({"rotate", "-k", "alias/app", "--status"}).at("KeyRotationEnabled") == true);
    CHECK(line.json({"rotate", "-k", "alias/app", "--disable"}).at("KeyRotationEnabled") == false);
    CHECK(line.json({"rotate", "-k", line.arn, "--status"}).at("KeyId") == line.arn);
    CHECK(line.json({"rotate", "-k", "alias/app", "--history"}).at("Rotations").size() == 1);
  }

  TEST_CASE("what does not go with rotate is refused") {
    const Folder folder;
    LifeLine line;
    CHECK(line.refuses({"rotate", "-k", "alias/app", "--period", "100"}, 2, "--period goes with --enable"));
    for (const char* days : {"0", "89", "2561"}) {
      CHECK(line.refuses({"rotate", "-k", "alias/app", "--enable", "--period", days}, 2,
                         "a number from 90 to 2560 is wanted"));
      CHECK(line.refuses({"rotate", "-k", "alias/app", "--period", days}, 2, "a number from 90 to 2560 is wanted"));
    }
    CHECK(line.refuses({"rotate", "-k", "alias/app", "--enable", "--status"}, 2, "give one of --enable"));
    CHECK(line.refuses({"rotate"}, 2, "required: --key-id"));
    CHECK(line.refuses({"rotate", "-k", "alias/none"}, 3, "alias/none is not found"));
    line.key("mac", {{"KeySpec", "HMAC_256"}, {"KeyUsage", "GENERATE_VERIFY_MAC"}});
    CHECK(line.refuses({"rotate", "-k", "alias/mac"}, 13, "--new-key makes another key of the same kind"));
  }

  TEST_CASE("--new-key moves the alias to another key of the same kind") {
    const Folder folder;
    LifeLine line;
    const Json answer = line.json({"rotate", "-k", "app", "--new-key"});
    CHECK(answer.at("AliasName") == "alias/app");
    CHECK(answer.at("PreviousKeyId") == line.arn);
    const Json made = line.metadata("alias/app");
    CHECK(made.at("Arn") == answer.at("KeyId"));
    CHECK(made.at("Arn") != line.arn);
    CHECK(made.at("Description") == "of the app");
    CHECK(line.world.call("ListResourceTags", {{"KeyId", made.at("KeyId")}}).at("Tags").at(0).at("TagValue") == "web");
    CHECK(line.metadata(line.arn).at("KeyState") == "Enabled");
  }

  TEST_CASE("--new-key keeps what a key is for") {
    const Folder folder;
    LifeLine line;
    const std::string old = line.key("mac", {{"KeySpec", "HMAC_384"}, {"KeyUsage", "GENERATE_VERIFY_MAC"}});
    line.key("own", {{"Origin", "EXTERNAL"}, {"MultiRegion", true}});
    const std::string policy = line.world.call("GetKeyPolicy", {{"KeyId", old}}).at("Policy");
    CHECK(line.run({"rotate", "-k", "alias/mac", "--new-key"}) == 0);
    CHECK(line.metadata("alias/mac").at("KeySpec") == "HMAC_384");
    const Json made = line.metadata("alias/mac").at("KeyId");
    CHECK(line.world.call("GetKeyPolicy", {{"KeyId", made}}).at("Policy") == policy);
    CHECK(line.run({"rotate", "-k", "alias/own", "--new-key"}) == 0);
    CHECK(line.metadata("alias/own").at("Origin") == "EXTERNAL");
    CHECK(line.metadata("alias/own").at("MultiRegion") == true);
  }

  TEST_CASE("--new-key makes no key where there is no alias that it could move") {
    const Folder folder;
    LifeLine line;
    CHECK(line.refuses({"rotate", "-k", "arn:aws:kms:eu-central-1:111122223333:alias/app", "--new-key"}, 2,
                       "--new-key takes the name of an alias: -k alias/app"));
    CHECK(line.refuses({"rotate", "-k", line.arn, "--new-key"}, 2, "takes the name of an alias: -k alias/NAME"));
    CHECK(line.refuses({"rotate", "-k", "none", "--new-key"}, 3, "alias/none is not found"));
    CHECK(line.run({"encrypt-file", "/dev/null", "-o", "made"}) == 0);
    CHECK(line.refuses({"rotate", "-k", "alias/aws/file", "--new-key"}, 2,
                       "alias/aws/file leads to the vault's own key"));
  }

  TEST_CASE("--new-key that could not move the alias tells the key that it made") {
    const Folder folder;
    LifeLine line;
    line.world.authorizer.denied = {"kms:UpdateAlias"};
    CHECK(line.run({"rotate", "-k", "alias/app", "--new-key"}) == 4);
    CHECK(line.tells("was made, but alias/app was not moved: User: "));
    CHECK(line.metadata("alias/app").at("Arn") == line.arn);
  }

  TEST_CASE("schedule-deletion shows what would be missed, and asks") {
    const Folder folder;
    LifeLine line;
    CHECK(line.run({"encrypt", "-k", "alias/app"}, "hello") == 0);
    line.world.add_identity("user/alice");
    line.world.call("CreateGrant", {{"KeyId", line.arn},
                                    {"GranteePrincipal", "arn:aws:iam::111122223333:user/alice"},
                                    {"Operations", {"Decrypt"}}});
    CHECK(line.refuses({"schedule-deletion", "-k", "alias/app"}, 2, "--yes says that you mean it"));
    line.terminal.there = true;
    CHECK(line.refuses({"schedule-deletion", "-k", "alias/app", "--days", "9"}, 2, "nothing was scheduled"));
    CHECK(line.terminal.labels.back() == "Destroy this key in 9 days? What it encrypted will be lost for ever.");
    for (const char* text : {"aliases:   alias/app", "(Encrypt)", "grants:    1"}) CHECK(line.tells(text));
    CHECK(line.tells("used by:   root 1 (in 30 days)"));
    CHECK(line.tells("used by:   root 1 (in 365 days)"));
    line.world.authorizer.denied = {"kmsctl:GetAuditUsage"};
    CHECK(line.refuses({"schedule-deletion", "-k", "alias/app", "--days", "9"}, 2, "nothing was scheduled"));
    CHECK(line.tells("last used: "));
    CHECK_FALSE(line.tells("used by:"));
    line.terminal.agrees = true;
    const Json answer = line.json({"schedule-deletion", "-k", "alias/app", "--days", "9"});
    CHECK(answer.at("PendingWindowInDays") == 9);
    CHECK(line.metadata(line.arn).at("KeyState") == "PendingDeletion");
  }

  TEST_CASE("--yes asks nothing, and a key waits 30 days unless it is told") {
    const Folder folder;
    LifeLine line;
    line.terminal.there = true;
    for (const char* days : {"6", "31", "0"}) {
      CHECK(line.refuses({"schedule-deletion", "-k", "alias/app", "--yes", "--days", days}, 2,
                         "a number from 7 to 30 is wanted"));
    }
    CHECK(line.json({"schedule-deletion", "-k", "alias/app", "--yes"}).at("PendingWindowInDays") == 30);
    CHECK(line.terminal.labels.empty());
    CHECK(line.refuses({"schedule-deletion", "-k", "alias/app", "--yes"}, 5, "is pending deletion"));
  }

  TEST_CASE("cancel-deletion keeps the key, which stays disabled") {
    const Folder folder;
    LifeLine line;
    CHECK(line.refuses({"cancel-deletion", "-k", "alias/app"}, 5, "KMSInvalidStateException"));
    CHECK(line.run({"schedule-deletion", "-k", "alias/app", "--yes"}) == 0);
    CHECK(line.json({"cancel-deletion", "-k", "alias/app"}).at("KeyId") == line.arn);
    CHECK(line.metadata(line.arn).at("KeyState") == "Disabled");
    CHECK(line.refuses({"cancel-deletion", "-k", "alias/none"}, 3, "alias/none is not found"));
  }

  TEST_CASE("maintain rotates what is due") {
    const Folder folder;
    LifeLine line;
    CHECK(line.run({"rotate", "-k", "alias/app", "--enable", "--period", "90"}) == 0);
    CHECK(line.json({"maintain"}).at("Rotated") == 0);
    line.world.clock.advance(kDay * 91);
    CHECK(line.json({"maintain"}).at("Rotated") == 1);
  }

  TEST_CASE("maintain destroys at once only on a yes") {
    const Folder folder;
    LifeLine line;
    line.outlive_app();
    const std::size_t secrets = line.world.store.records.secrets.size();
    CHECK(line.json({"maintain"}).at("Waiting") == 1);
    CHECK(line.refuses({"maintain", "--confirm-destroy"}, 2, "--yes says that you mean it"));
    line.terminal.there = true;
    CHECK(line.refuses({"maintain", "--confirm-destroy", "--accept-clock"}, 2, "nothing was destroyed"));
    CHECK(line.requests.empty());
    CHECK(line.terminal.labels.back() == "Destroy every key whose deletion date has passed, now?");
    CHECK(line.world.store.records.secrets.size() == secrets);
    line.terminal.agrees = true;
    CHECK(line.json({"maintain", "--confirm-destroy"}).at("Destroyed") == 1);
    CHECK(line.world.store.records.secrets.size() < secrets);
  }

  TEST_CASE("--yes stands for the answer to the one question of maintain") {
    const Folder folder;
    LifeLine line;
    line.outlive_app();
    CHECK(line.json({"maintain", "--confirm-destroy", "--yes"}).at("Destroyed") == 1);
    CHECK(line.terminal.labels.empty());
    CHECK(line.refuses({"maintain", "--yes"}, 2, "--yes requires --confirm-destroy"));
  }

  TEST_CASE("maintain believes a clock again that was ahead once") {
    const Folder folder;
    LifeLine line;
    const kms::Time right = line.world.clock.time;
    line.world.clock.time = right + kDay * 3650;
    CHECK(line.run({"list-keys"}) == 0);
    line.world.clock.time = right;
    CHECK(line.json({"maintain"}).at("ClockWentBack") == true);
    CHECK(line.json({"maintain", "--accept-clock"}).at("ClockWentBack") == false);
    CHECK(line.json({"maintain"}).at("ClockWentBack") == false);
  }

  TEST_CASE("maintain tells a person what it did, and that a second one had nothing to do") {
    const Folder folder;
    LifeLine line;
    line.columns = 100;
    CHECK(line.run({"maintain"}) == 0);
    CHECK(line.out == "nothing was due\n");
    CHECK(line.run({"rotate", "-k", "alias/app", "--enable", "--period", "90"}) == 0);
    line.world.clock.advance(kDay * 91);
    CHECK(line.run({"maintain"}) == 0);
    CHECK(line.out == "1 key rotated\n");
    CHECK(line.run({"maintain"}) == 0);
    CHECK(line.out == "nothing was due\n");
    line.outlive_app();
    CHECK(line.run({"maintain"}) == 0);
    CHECK(line.out ==
          "nothing was due\n"
          "1 key or key material past its date, to be destroyed when that is seen again a day later\n");
    CHECK(line.run({"maintain", "--confirm-destroy", "--yes"}) == 0);
    CHECK(line.out == "1 key destroyed\n");
    line.world.clock.time -= kDay;
    CHECK(line.run({"maintain"}) == 0);
    CHECK(line.out.find("kmsctl maintain --accept-clock") != std::string::npos);
  }

  TEST_CASE("maintain is a permission of its own, and needs no other") {
    const Folder folder;
    LifeLine line;
    line.world.authorizer.denied = {"kmsctl:Maintain"};
    line.world.authorizer.asked.clear();
    CHECK(line.refuses({"maintain"}, 4, "kmsctl:Maintain"));
    CHECK_FALSE(line.world.authorizer.asked.empty());
    for (const std::string& each : line.world.authorizer.asked) CHECK(each.starts_with("kmsctl:Maintain "));
  }
}
