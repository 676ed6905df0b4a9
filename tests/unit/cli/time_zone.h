#pragma once
// Where this machine is, while it lives.
#include <cstdlib>
#include <ctime>
#include <optional>
#include <string>

namespace kms::test {

class TimeZone {
 public:
  explicit TimeZone(const char* name) {
    if (const char* before = getenv("TZ")) before_ = before;
    set(name);
  }
  ~TimeZone() { set(before_ ? before_->c_str() : nullptr); }
  TimeZone(const TimeZone&) = delete;
  TimeZone& operator=(const TimeZone&) = delete;
  TimeZone(TimeZone&&) = delete;
  TimeZone& operator=(TimeZone&&) = delete;

 private:
  static void set(const char* name) {
    if (name == nullptr) {
      unsetenv("TZ");
    } else {
      setenv("TZ", name, 1);
    }
    tzset();
  }
  std::optional<std::string> before_;
};

}  // namespace kms::test
