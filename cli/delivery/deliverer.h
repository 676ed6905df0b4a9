#pragma once
// The ways of alerts out of the vault, by their channel.
#include <functional>
#include <string>
#include <string_view>

#include "core/service/alert_delivery.h"

namespace kms::delivery {

// What tests have others of.
struct DeliverySurroundings {
  std::string syslog_socket = "/dev/log";
  std::string trusted_certificates = {};  // a PEM file for webhooks; empty: those that the system trusts
};

class Deliverer final : public AlertDelivery {
 public:
  // What programs print, in whole printable lines without their ends: "alert NAME: LINE". Called by whichever thread
  // delivers.
  using Log = std::function<void(std::string_view line)>;
  explicit Deliverer(Log log, DeliverySurroundings surroundings = {});

  std::optional<std::string> unfit(const AlertDestination& destination) override;
  std::optional<std::string> deliver(const AlertDestination& destination, std::string_view alert,
                                     std::string_view notice, std::chrono::milliseconds patience) override;

 private:
  std::optional<std::string> run(const AlertDestination& destination, std::string_view alert, std::string_view notice,
                                 std::chrono::milliseconds patience) const;
  const Log log_;
  const DeliverySurroundings surroundings_;
};

}  // namespace kms::delivery
