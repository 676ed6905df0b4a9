// alert: who is told of what, and what could not be told.
#include <doctest/doctest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/upkeep/delivery.h"
#include "tests/support/fake_delivery.h"
#include "tests/unit/cli/commands/command_line.h"
#include "tests/unit/cli/folder.h"

using kms::Json;
using kms::test::CommandLine;
using kms::test::Folder;
using kms::testing::FakeDelivery;

namespace {

struct AlertLine : CommandLine {
  AlertLine() { world.context.delivery = &delivery; }
  int alert(std::vector<std::string> words) {
    words.insert(words.begin(), "alert");
    return run(std::move(words));
  }
  void deliver() { (void)kms::deliver_due(world.context, std::chrono::seconds(60)); }
  bool complains(std::string_view text) const { return err.find(text) != std::string::npos; }
  bool prints(std::string_view text) const { return out.find(text) != std::string::npos; }
  FakeDelivery delivery;
};

}  // namespace

TEST_SUITE("cli/alert commands") {
  TEST_CASE("an alert is made with a file of the folder that one is in, tested, listed and removed") {
    const Folder folder;
    AlertLine line;
    CHECK(line.alert({"add", "used", "--on", "use-of-key-pending-deletion", "--file", "alerts.jsonl"}) == 0);
    CHECK(line.out.empty());
    CHECK(line.requests.at(0).at("Request").at("Target") ==
          (std::filesystem::current_path() / "alerts.jsonl").string());
    CHECK(line.alert({"test", "used"}) == 0);
    CHECK(line.err == "kmsctl: a test of used was delivered\n");
    REQUIRE(line.delivery.tried.size() == 1);
    CHECK(line.delivery.tried[0].destination.target == (std::filesystem::current_path() / "alerts.jsonl").string());
    CHECK(line.json({"alert", "list", "--query", "Alerts[].Name"}) == Json{"used"});
    CHECK(line.alert({"remove", "used"}) == 0);
    CHECK(line.json({"alert", "list"}) == Json{{"Alerts", Json::array()}});
    CHECK(line.alert({"remove", "used"}) == 3);
  }

  TEST_CASE("a test that does not arrive is a failure, with the reason") {
    AlertLine line;
    CHECK(line.alert({"add", "used", "--on", "key-destroyed", "--syslog"}) == 0);
    line.delivery.failure = "nobody listens at /dev/log";
    CHECK(line.alert({"test", "used"}) == 11);
    CHECK(line.complains("the alert used was not delivered: nobody listens at /dev/log"));
  }

  TEST_CASE("each option says what it says") {
    AlertLine line;
    const std::string key = line.world.create_key();
    line.world.call("CreateAlias", {{"AliasName", "alias/app"}, {"TargetKeyId", key}});
    CHECK(line.alert({"add", "denied", "--on", "access-denied", "--count", "20", "--within", "5m", "--key", "alias/app",
                      "--principal", "user/ci", "--webhook", "https://hooks.example.org/token"}) == 0);
    const Json shown = line.json({"alert", "show", "denied"}).at("Alert");
    CHECK(shown.at("Count") == 20);
    CHECK(shown.at("WithinSeconds") == 300);
    CHECK(shown.at("KeyArn") == key);
    CHECK(shown.at("Principal") == "arn:aws:iam::111122223333:user/ci");
    CHECK(shown.at("Target") == "https://hooks.example.org/...");
    CHECK(line.alert({"add", "denied", "--on", "material-expiring", "--days", "2w", "--syslog"}) == 10);
    CHECK(line.alert({"add", "denied", "--on", "material-expiring", "--days", "2w", "--syslog", "--replace"}) == 0);
    CHECK(line.json({"alert", "show", "denied"}).at("Alert").at("Days") == 14);
  }

  TEST_CASE("people are shown what waits, why, and what was given up") {
    AlertLine line;
    line.columns = 200;
    CHECK(line.alert({"add", "root", "--on", "root-use", "--syslog"}) == 0);
    line.delivery.failure = "nobody listens";
    line.deliver();
    CHECK(line.alert({"show", "root"}) == 0);
    CHECK(line.prints("root: root-use\nto syslog\nmade by root, "));
    CHECK(line.prints("On their way:"));
    CHECK(line.prints("nobody listens"));
    CHECK(line.prints(" arn:aws:iam::111122223333:root did CreateAlert"));
    CHECK_FALSE(line.prints("kmsctl alert root: "));
    CHECK(line.alert({"list"}) == 0);
    CHECK(line.prints("NAME"));
    CHECK(line.prints("root-use"));
    for (int i = 0; i < 40; ++i) {
      line.world.clock.advance(std::chrono::hours(1));
      line.deliver();
    }
    CHECK(line.alert({"show", "root"}) == 0);
    CHECK(line.prints("Given up (kmsctl alert retry root tries again):"));
    CHECK(line.alert({"retry", "root"}) == 0);
    CHECK(line.complains("delivered again"));
  }

  TEST_CASE("none, several and unknown destinations and conditions are refused before anything is asked") {
    AlertLine line;
    CHECK(line.alert({"add", "a", "--on", "key-destroyed"}) == 2);
    CHECK(line.complains("nobody is told: give one of --exec COMMAND, --file PATH, --syslog and --webhook URL"));
    CHECK(line.alert({"add", "a", "--on", "key-destroyed", "--syslog", "--file", "x"}) == 2);
    CHECK(line.complains("an alert has one destination"));
    CHECK(line.alert({"add", "a", "--on", "key-destroied", "--syslog"}) == 2);
    CHECK(line.complains("key-destroyed"));
    CHECK(line.requests.empty());
    CHECK(line.alert({"add", "a", "--on", "root-use", "--count", "3", "--syslog"}) == 2);
    CHECK(line.complains("counts nothing"));
  }

  TEST_CASE("maintenance delivers, and says so") {
    AlertLine line;
    CHECK(line.alert({"add", "root", "--on", "root-use", "--syslog"}) == 0);
    line.columns = 100;
    CHECK(line.run({"maintain"}) == 0);
    CHECK(line.prints("1 notice of alerts delivered"));
    line.world.clock.advance(std::chrono::minutes(2));
    line.delivery.failure = "no";
    line.world.call("ListKeys", Json::object());
    CHECK(line.run({"maintain"}) == 0);
    CHECK(line.prints("not delivered, and tried again later"));
  }
}
