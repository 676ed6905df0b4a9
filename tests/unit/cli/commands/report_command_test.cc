// report: a page of what there is, for whoever may know it, made with few questions.
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "core/base/text.h"
#include "core/records/keys.h"
#include "tests/support/commit.h"
#include "tests/unit/cli/commands/command_line.h"
#include "tests/unit/cli/commands/refusal.h"
#include "tests/unit/cli/folder.h"

using kms::cat;
using kms::Json;
using kms::test::CommandLine;
using kms::test::Folder;
using kms::test::refuses;
using kms::testing::kDay;

namespace {

struct ReportLine : CommandLine {
  std::string page() {
    const int status = run({"report"});
    REQUIRE_MESSAGE(status == 0, err);
    return out;
  }
  std::string section(std::string_view id) {
    const std::string whole = page();
    const auto from = whole.find(cat("<section id=\"", id, "\">"));
    REQUIRE(from != std::string::npos);
    return whole.substr(from, whole.find("</section>", from) - from);
  }
  std::string key(const char* alias, Json request = Json::object()) {
    std::string arn = world.create_key(request);
    world.call("CreateAlias", {{"AliasName", alias}, {"TargetKeyId", arn}});
    return arn;
  }
  void use(const std::string& arn, int times = 1) {
    for (int i = 0; i < times; ++i) world.call("Encrypt", {{"KeyId", arn}, {"Plaintext", "aGk="}});
  }
  // What user/x tries is denied.
  void be_denied(const std::string& arn) {
    const auto owner = world.caller;
    world.caller.principal = "arn:aws:iam::111122223333:user/x";
    use(arn);
    world.caller = owner;
  }
  auto asked(std::string_view operation) const {
    return std::count_if(requests.begin(), requests.end(),
                         [&](const Json& request) { return request.at("Operation") == operation; });
  }
};

// Straight into the store: every second one rotates, and 25 are about to be destroyed.
void add_keys(kms::testing::World& world, int count) {
  const auto transaction = world.store.begin(kms::Access::kWrite);
  for (int i = 0; i < count; ++i) {
    kms::Key key{world.caller.home, kms::KeyId::generate(world.random, false)};
    key.creation_date = world.clock.time;
    key.materials.push_back({std::string(64, 'a')});
    if (i % 2 == 0) key.rotation = {true, kms::Rotation::kDefaultPeriod, world.clock.time + kDay * (i % 300)};
    if (i < 25) {
      key.state = kms::KeyState::kPendingDeletion;
      key.deletion_date = world.clock.time + kDay * 7;
    }
    put_key(*transaction, key);
  }
  commit_now(*transaction);
}

bool has(const std::string& text, std::string_view what) {
  return text.find(what) != std::string::npos;
}

}  // namespace

TEST_SUITE("cli/report") {
  TEST_CASE("an empty vault has a page that says in each part that there is nothing") {
    ReportLine line;
    const std::string page = line.page();
    for (const char* text :
         {"0 keys.", "Nothing rotates, expires or is destroyed", "No key was used.", "Nobody was denied anything",
          "No key is about to be destroyed.", "There is no key that somebody could use.", "00000001",
          "default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;", "3f2b8c1e-5d47-4a90-8e6b-0c9d7a1f2e34",
          "111122223333", "eu-central-1", "2023-11-14 22:13 UTC", "arn:aws:iam::111122223333:root", KMSCTL_VERSION,
          "kmsctl.local/3f2b8c1e-5d47-4a90-8e6b-0c9d7a1f2e34/111122223333/eu-central-1+"}) {
      CHECK_MESSAGE(has(page, text), text);
    }
    CHECK_FALSE(has(page, "Left out"));
  }

  TEST_CASE("keys are counted by state, spec and age, and those of the vault apart") {
    ReportLine line;
    line.key("alias/old");
    line.world.clock.advance(kDay * 400);
    const std::string disabled = line.key("alias/disabled");
    line.world.call("DisableKey", {{"KeyId", disabled}});
    line.key("alias/release", {{"KeySpec", "ECC_NIST_P256"}, {"KeyUsage", "SIGN_VERIFY"}});
    const std::string keys = line.section("keys");
    CHECK_MESSAGE(has(keys, "3 keys."), keys);
    const auto counts = [&](std::string_view name, std::string_view count) {
      return has(keys, cat("<td>", name, "</td>\n<td class=\"count\">", count, "</td>"));
    };
    CHECK(counts("Enabled", "2"));
    CHECK(counts("Disabled", "1"));
    CHECK(counts("SYMMETRIC_DEFAULT", "2"));
    CHECK(counts("ECC_NIST_P256", "1"));
    CHECK(counts("under 30 days", "2"));
    CHECK(counts("1 to 2 years", "1"));
  }

  TEST_CASE("the calendar has what comes within twelve months, soonest first, under its month") {
    ReportLine line;
    const std::string app = line.key("alias/app");
    line.world.call("EnableKeyRotation", {{"KeyId", app}, {"RotationPeriodInDays", 90}});
    const std::string late = line.key("alias/late");
    line.world.call("EnableKeyRotation", {{"KeyId", late}, {"RotationPeriodInDays", 400}});
    line.world.call("ScheduleKeyDeletion", {{"KeyId", line.key("alias/web")}, {"PendingWindowInDays", 20}});
    const std::string calendar = line.section("calendar");
    const auto destroyed = calendar.find("is destroyed");
    const auto rotates = calendar.find("rotates");
    CHECK_MESSAGE(destroyed < rotates, calendar);
    CHECK(calendar.find("December 2023") < destroyed);
    CHECK(has(calendar, "February 2024"));
    CHECK(has(calendar, "2024-02-12</span> 22:13"));
    CHECK_FALSE(has(calendar, "alias/late"));
  }

  TEST_CASE("use is told by day, and pending deletions tell who used the key") {
    ReportLine line;
    const std::string app = line.key("alias/app");
    line.use(app, 3);
    line.world.clock.advance(kDay * 40);
    line.use(app, 2);
    line.be_denied(app);
    line.world.call("ScheduleKeyDeletion", {{"KeyId", app}, {"PendingWindowInDays", 7}});
    const std::string use = line.section("use");
    CHECK_MESSAGE(has(use, "<title>2023-12-24: 2 uses, 1 failed</title>"), use);
    CHECK(has(use, "<title>2023-11-14: 3 uses</title>"));
    CHECK(has(use, "2 uses, 1 failed. The busiest day was 2023-12-24"));
    CHECK(has(use, "5 uses, 1 failed."));
    const std::string pending = line.section("pending");
    CHECK(has(pending, "2023-12-31</span> 22:13"));
    CHECK(has(pending, "alias/app"));
    CHECK_MESSAGE(has(pending, "<span class=\"name\">root</span><span class=\"sub\">5 times, last on 2023-12-24 22:13"),
                  pending);
    const std::string denials = line.section("denials");
    CHECK_MESSAGE(has(denials, "1 in the last 365 days."), denials);
    CHECK(has(denials, "user/x"));
    CHECK(has(denials, "Encrypt 1"));
  }

  TEST_CASE("who can use what goes by what a key is for, the most used key first") {
    ReportLine line;
    line.key("alias/idle");
    line.use(line.key("alias/app",
                      {{"Description", "of <script>\"'&"}, {"Tags", {{{"TagKey", "team"}, {"TagValue", "web"}}}}}));
    line.key("alias/release", {{"KeySpec", "ECC_NIST_P256"}, {"KeyUsage", "SIGN_VERIFY"}});
    const std::string access = line.section("access");
    CHECK(access.find("alias/app") < access.find("alias/idle"));
    for (const char* text : {"team=web", "of &lt;script&gt;&quot;&#39;&amp;", "kms:Decrypt", "kms:Sign",
                             "<span class=\"name\">root</span>", "<td class=\"count\">1</td>"}) {
      CHECK_MESSAGE(has(access, text), text);
    }
    CHECK_FALSE(has(access, "user/x"));
  }

  TEST_CASE("what the caller may not ask is left out with a line, asked for once, and no failure") {
    ReportLine line;
    for (const char* name : {"alias/a", "alias/b", "alias/c"}) line.key(name);
    line.world.authorizer.denied = {"kmsctl:ListPrincipalsWithAccess", "kmsctl:ListSlots", "kmsctl:GetAuditUsage",
                                    "kmsctl:GetAuditCheckpoint"};
    const std::string page = line.page();
    for (const char* action : {"(kmsctl:ListSlots)", "(kmsctl:GetAuditUsage)", "(kmsctl:GetAuditCheckpoint)",
                               "not known to whoever made this page (kmsctl:ListPrincipalsWithAccess)"}) {
      CHECK_MESSAGE(has(page, action), action);
    }
    CHECK(has(page, "3 keys."));
    CHECK(line.asked("ListPrincipalsWithAccess") == 1);
    line.world.authorizer.denied = {"kms:ListKeys", "kmsctl:ListAuditEvents", "kmsctl:GetVaultStatus"};
    const std::string other = line.page();
    CHECK(has(other, "(kmsctl:ListAuditEvents)"));
    CHECK(has(other, "may not kmsctl:GetVaultStatus"));
    CHECK_FALSE(has(other, "alias/a"));
  }

  TEST_CASE("of keys that may not be described the page knows that they are there") {
    ReportLine line;
    line.key("alias/a");
    line.world.authorizer.denied = {"kms:DescribeKey"};
    CHECK(has(line.section("keys"), "1 key; of 1 whoever made this page may know no more (kms:DescribeKey)."));
  }

  TEST_CASE("five thousand keys take as many questions as fifty, and the page says what it left out") {
    ReportLine line;
    add_keys(line.world, 5000);
    const std::string page = line.page();
    CHECK(has(page, "5000 keys."));
    CHECK(has(page, "and 4950 more keys, which were used less"));
    CHECK(has(page, "and 5 more keys, which are destroyed later"));
    CHECK(has(page, "more after these"));
    CHECK(line.asked("ListKeyDetails") == 5);
    CHECK(line.asked("ListPrincipalsWithAccess") == 50);
    CHECK(line.asked("ListResourceTags") == 50);
    CHECK(line.asked("GetAuditUsage") == 22);
    CHECK(line.requests.size() < 140);
    CHECK(page.size() < 500'000);
  }

  TEST_CASE("the page goes to a file that is new, or replaced with --force") {
    const Folder folder;
    ReportLine line;
    REQUIRE(line.run({"report", "-o", "report.html"}) == 0);
    CHECK(line.out.empty());
    CHECK(Folder::read("report.html").starts_with("<!DOCTYPE html>\n<html "));
    CHECK(refuses(line, {"report", "-o", "report.html"}, 11, "report.html"));
    CHECK(line.requests.empty());
    CHECK(line.run({"report", "-o", "report.html", "--force"}) == 0);
    REQUIRE(line.run({"report", "-o", "-"}) == 0);
    CHECK(line.out.ends_with("</html>\n"));
    CHECK(refuses(line, {"report", "--output", "json"}, 2, "--output"));
  }
}
