#pragma once
// How alerts leave the vault: the seam behind which programs, files, syslog and webhooks are. What is delivered waits
// in the store until it has arrived (core/upkeep/outbox.h).
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "core/model/alert.h"

namespace kms {

// Thread-safe.
class AlertDelivery {
 public:
  virtual ~AlertDelivery() = default;
  // Why nothing can ever be delivered there, in half a sentence: a path that is none, a program that others may change,
  // a URL without TLS. Nothing where it may work.
  virtual std::optional<std::string> unfit(const AlertDestination& destination) = 0;
  // Tells `destination` of a notice of the alert: one line of JSON. Nothing when it has arrived; else why not, in half
  // a sentence of printable text. Takes no longer than `patience`, and throws nothing of its own.
  virtual std::optional<std::string> deliver(const AlertDestination& destination, std::string_view alert,
                                             std::string_view notice, std::chrono::milliseconds patience) = 0;
};

}  // namespace kms
