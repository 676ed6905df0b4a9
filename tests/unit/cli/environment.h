#pragma once
// The environment of a command in a test: that of somebody who has set nothing of kmsctl or aws, until the test does.
#include <stdlib.h>

#include <map>
#include <optional>
#include <string>

#include "cli/process.h"

namespace kms::test {

// What was set before is set again when this ends.
class Environment {
 public:
  Environment() {
    for (const char* prefix : {"KMSCTL_", "AWS_", "XDG_", "CREDENTIALS_DIRECTORY", "HOME"}) {
      for (const std::string& name : cli::environment_names(prefix)) unset(name);
    }
  }
  ~Environment() {
    for (const auto& [name, value] : before_) put(name, value);
  }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;
  Environment(Environment&&) = delete;
  Environment& operator=(Environment&&) = delete;

  void set(const std::string& name, const std::string& value) {
    keep(name);
    put(name, value);
  }
  void unset(const std::string& name) {
    keep(name);
    put(name, std::nullopt);
  }

 private:
  using Value = std::optional<std::string>;

  static void put(const std::string& name, const Value& value) {
    if (value) {
      setenv(name.c_str(), value->c_str(), 1);
    } else {
      unsetenv(name.c_str());
    }
  }
  void keep(const std::string& name) {
    const char* value = getenv(name.c_str());
    before_.emplace(name, value == nullptr ? Value() : Value(value));
  }

  std::map<std::string, Value> before_;
};

}  // namespace kms::test
