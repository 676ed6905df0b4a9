#pragma once
// How long a delivery may take, all its steps together.
#include <algorithm>
#include <chrono>
#include <string>

#include "core/base/text.h"

namespace kms::delivery {

class Deadline {
 public:
  using SteadyTime = std::chrono::steady_clock::time_point;

  explicit Deadline(std::chrono::milliseconds patience)
      : patience_(patience), end_(std::chrono::steady_clock::now() + patience) {}

  SteadyTime end() const { return end_; }
  bool over() const { return std::chrono::steady_clock::now() >= end_; }
  // For poll(2): never less than what is left.
  int milliseconds_left() const {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end_ - std::chrono::steady_clock::now());
    return static_cast<int>(std::clamp<std::chrono::milliseconds::rep>(left.count(), 0, kLongestWait));
  }
  // Of the whole: "10 s", "250 ms".
  std::string text() const {
    constexpr int kMillisecondsInSecond = 1000;
    const auto count = patience_.count();
    if (count % kMillisecondsInSecond == 0) return cat(std::to_string(count / kMillisecondsInSecond), " s");
    return cat(std::to_string(count), " ms");
  }

 private:
  static constexpr std::chrono::milliseconds::rep kLongestWait = 3'600'000;
  std::chrono::milliseconds patience_;
  SteadyTime end_;
};

}  // namespace kms::delivery
