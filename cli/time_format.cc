#include "cli/time_format.h"

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <string>

#include "core/base/text.h"

namespace kms::cli {
namespace {

constexpr long kMinute = 60;
constexpr long kHour = 3600;

std::string two_digits(long number) {
  return std::to_string(number + 100).substr(1);
}

// Of zones of the nineteenth century alone it has seconds.
std::string offset_text(long seconds) {
  const long size = std::labs(seconds);
  std::string text = cat(seconds < 0 ? "-" : "+", two_digits(size / kHour), ":", two_digits(size % kHour / kMinute));
  if (size % kMinute != 0) text += cat(":", two_digits(size % kMinute));
  return text;
}

long offset_at(Time time) {
  const std::time_t seconds = std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  std::tm local{};
  return localtime_r(&seconds, &local) == nullptr ? 0 : local.tm_gmtoff;
}

}  // namespace

std::string time_text(Time time) {
  const long offset = offset_at(time);
  std::string text = iso_seconds(time + std::chrono::seconds(offset));
  text.pop_back();  // Z
  const std::int64_t fraction = ((time.time_since_epoch().count() % 1000) + 1000) % 1000;
  if (fraction != 0) text += cat(".", std::to_string(fraction + 1000).substr(1), "000");
  return text + offset_text(offset);
}

}  // namespace kms::cli
