#include "cli/agent/metrics.h"

#include <doctest/doctest.h>

#include "core/base/text.h"

using namespace kms;
using kms::agent::Metrics;
using kms::agent::TrailCounts;

namespace {

bool has_line(const std::string& text, std::string_view line) {
  return cat("\n", text).find(cat("\n", line, "\n")) != std::string::npos;
}

// An event as the trail has it.
void tell_of(TrailCounts& counts, std::string_view operation, std::string_view principal, std::string_view error) {
  const std::string text =
      cat(R"({"eventTime":"2023-11-14T22:13:20Z","eventName":")", operation, R"(","eventID":"1","readOnly":true,)",
          R"("errorCode":")", error, R"(","userIdentity":{"arn":")", principal, R"("},"resources":[]})");
  counts.became_durable({{}, text});
}

std::string user(int number) {
  return cat("arn:aws:iam::111122223333:user/u", std::to_string(number));
}

}  // namespace

TEST_SUITE("agent/metrics") {
  TEST_CASE("a vault that is locked has no figures, and none that are 0") {
    const Metrics metrics;
    const std::string text = metrics.text({});
    CHECK(has_line(text, "kmsctl_up 1"));
    CHECK(has_line(text, "kmsctl_locked 1"));
    CHECK(has_line(text, "# TYPE kmsctl_keys gauge"));
    CHECK(text.find("\nkmsctl_keys ") == std::string::npos);
    CHECK(text.find("\nkmsctl_next_expiry_seconds ") == std::string::npos);
  }

  TEST_CASE("figures of a vault are told in seconds, and no checkpoint is 0") {
    const Metrics metrics;
    const Time now{std::chrono::seconds(1'700'000'000)};
    VaultFigures vault{3, 1, 2, now + std::chrono::hours(1), 40, std::nullopt};
    std::string text = metrics.text({now, true, &vault, true});
    CHECK(has_line(text, "kmsctl_locked 0"));
    CHECK(has_line(text, "kmsctl_keys 3"));
    CHECK(has_line(text, "kmsctl_keys_pending_deletion 1"));
    CHECK(has_line(text, "kmsctl_rotations_overdue 2"));
    CHECK(has_line(text, "kmsctl_next_expiry_seconds 3600"));
    CHECK(has_line(text, "kmsctl_trail_events 40"));
    CHECK(has_line(text, "kmsctl_last_checkpoint_timestamp_seconds 0"));
    vault.last_checkpoint = now;
    text = metrics.text({now, true, &vault, true});
    CHECK(has_line(text, "kmsctl_last_checkpoint_timestamp_seconds 1700000000"));
  }

  TEST_CASE("of those who are denied, the twenty denied most are named, and only to whom names may be told") {
    Metrics metrics;
    for (int i = 0; i < 30; ++i) {
      for (int times = 0; times <= i; ++times) tell_of(metrics.trail(), "Decrypt", user(i), "AccessDeniedException");
    }
    tell_of(metrics.trail(), "Decrypt", user(0), "NotFoundException");
    const std::string named = metrics.text({{}, true, nullptr, true});
    CHECK(has_line(named, cat("kmsctl_denied_total{principal=\"", user(29), "\"} 30")));
    CHECK(has_line(named, cat("kmsctl_denied_total{principal=\"", user(10), "\"} 11")));
    CHECK(named.find(cat(user(9), "\"")) == std::string::npos);
    CHECK(has_line(named, "kmsctl_denied_total{principal=\"other\"} 55"));
    const std::string numbers = metrics.text({{}, true, nullptr, false});
    CHECK(has_line(numbers, "kmsctl_denied_total 465"));
    CHECK(numbers.find("arn:") == std::string::npos);
  }

  TEST_CASE("no count falls when another principal comes to be denied most, and none is counted twice") {
    Metrics metrics;
    const auto denied = [&](int number, int times) {
      for (int i = 0; i < times; ++i) tell_of(metrics.trail(), "Decrypt", user(number), "AccessDeniedException");
    };
    for (int i = 0; i < 21; ++i) denied(i, 5);
    const auto named = [&] { return metrics.text({{}, true, nullptr, true}); };
    CHECK(has_line(named(), R"(kmsctl_denied_total{principal="other"} 5)"));
    denied(9, 7);  // the last one by name until then, and so one of the others
    const std::string after = named();
    CHECK(has_line(after, R"(kmsctl_denied_total{principal="other"} 5)"));
    CHECK(has_line(after, cat("kmsctl_denied_total{principal=\"", user(9), "\"} 7")));
    for (int i = 0; i < 21; ++i) {
      if (i != 9) CHECK(has_line(after, cat("kmsctl_denied_total{principal=\"", user(i), "\"} 5")));
    }
    CHECK(has_line(metrics.text({{}, true, nullptr, false}), "kmsctl_denied_total 112"));
    CHECK(named() == after);
  }

  TEST_CASE("names are told without end neither, however often others are denied most") {
    Metrics metrics;
    for (int i = 0; i < 150; ++i) {
      for (int times = 0; times <= i; ++times) tell_of(metrics.trail(), "Decrypt", user(i), "AccessDeniedException");
      (void)metrics.text({{}, true, nullptr, true});
    }
    const std::string text = metrics.text({{}, true, nullptr, true});
    CHECK(has_line(text, cat("kmsctl_denied_total{principal=\"", user(99), "\"} 100")));
    CHECK(text.find(cat(user(100), "\"")) == std::string::npos);
    CHECK(has_line(metrics.text({}), "kmsctl_denied_total 11325"));
  }

  TEST_CASE("names without end take no memory without end, and are counted all the same") {
    Metrics metrics;
    for (int i = 0; i < 3000; ++i) tell_of(metrics.trail(), "Decrypt", user(i), "AccessDeniedException");
    CHECK(has_line(metrics.text({}), "kmsctl_denied_total 3000"));
  }

  TEST_CASE("attempts to unlock that failed are counted by their events") {
    Metrics metrics;
    tell_of(metrics.trail(), "Unlock", "", "WrongPassphraseException");
    tell_of(metrics.trail(), "Unlock", "", "");
    CHECK(has_line(metrics.text({}), "kmsctl_failed_unlocks_total 1"));
  }
}
