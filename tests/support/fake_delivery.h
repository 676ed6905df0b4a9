#pragma once
// Alerts that reach a test, or do not when it says so.
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/service/alert_delivery.h"

namespace kms::testing {

struct FakeDelivery final : AlertDelivery {
  std::optional<std::string> unfit(const AlertDestination& destination) override {
    if (destination.target != refused) return std::nullopt;
    return "it is refused";
  }
  std::optional<std::string> deliver(const AlertDestination& destination, std::string_view alert,
                                     std::string_view notice, std::chrono::milliseconds /*patience*/) override {
    tried.push_back({destination, std::string(alert), Json::parse(notice)});
    return failure;
  }
  // The alerts that were tried, and their sentences without what they begin with.
  std::vector<std::string> told() const {
    std::vector<std::string> texts;
    texts.reserve(tried.size());
    for (const Try& each : tried) {
      const std::string text = each.notice.at("text").get<std::string>();
      texts.push_back(each.alert + text.substr(text.find(':')));
    }
    return texts;
  }

  struct Try {
    AlertDestination destination;
    std::string alert;
    Json notice;
  };
  std::vector<Try> tried;
  std::optional<std::string> failure;
  std::string refused = "/refused";
};

}  // namespace kms::testing
