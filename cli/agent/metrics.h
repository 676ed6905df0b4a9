#pragma once
// What the agent counts, in the text format of Prometheus (exposition format 0.0.4). Thread-safe.
#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "cli/agent/trail_counts.h"
#include "core/base/clock.h"
#include "core/upkeep/figures.h"

namespace kms::agent {

class Metrics {
 public:
  // A call that was answered; `error` is its wire name, empty for success. Operations are names of the table, never
  // what a client made up.
  void answered(std::string_view operation, std::string_view error, std::chrono::nanoseconds took);
  void committed(std::size_t events);
  void refused(std::string_view reason);  // before any operation: a signature, a malformed request
  void connected(int change);

  // Told of each event of the trail.
  TrailCounts& trail() { return trail_; }

  // What only the caller knows.
  struct Now {
    Time time;
    bool unlocked = false;
    const VaultFigures* vault = nullptr;  // null where that is not known: then there is no line of it
    bool names = false;                   // whether principals are told by name
  };
  std::string text(const Now& now) const;

 private:
  static constexpr std::array kLatencies = {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5};
  static constexpr std::array kBatches = {1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0};

  template <std::size_t N>
  struct Histogram {
    std::array<std::uint64_t, N + 1> counts{};  // the last is +Inf
    double sum = 0;
    void add(const std::array<double, N>& bounds, double value);
    void print(std::string& out, std::string_view name, const std::string& labels,
               const std::array<double, N>& bounds) const;
  };
  struct Operation {
    std::uint64_t requests = 0;
    std::map<std::string, std::uint64_t, std::less<>> errors;
    Histogram<kLatencies.size()> seconds;
  };

  void print_calls(std::string& out) const;

  TrailCounts trail_;
  mutable std::mutex mutex_;
  std::map<std::string, Operation, std::less<>> operations_;
  std::map<std::string, std::uint64_t, std::less<>> refused_;
  Histogram<kBatches.size()> batches_;
  std::int64_t connections_ = 0;
};

}  // namespace kms::agent
