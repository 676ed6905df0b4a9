#include "cli/agent/metrics.h"

#include <algorithm>
#include <cstdio>

#include "core/base/text.h"

namespace kms::agent {
namespace {

std::string number(double value) {
  std::array<char, 32> text{};
  (void)std::snprintf(text.data(), text.size(), "%.9g", value);
  return text.data();
}

void head(std::string& out, std::string_view name, std::string_view type, std::string_view help) {
  out += cat("# HELP ", name, " ", help, "\n# TYPE ", name, " ", type, "\n");
}

void line(std::string& out, std::string_view name, std::string_view labels, std::string_view value) {
  out += cat(name, labels.empty() ? "" : "{", labels, labels.empty() ? "" : "}", " ", value, "\n");
}

}  // namespace

template <std::size_t N>
void Metrics::Histogram<N>::add(const std::array<double, N>& bounds, double value) {
  const auto at = std::lower_bound(bounds.begin(), bounds.end(), value) - bounds.begin();
  ++counts.at(static_cast<std::size_t>(at));
  sum += value;
}

template <std::size_t N>
void Metrics::Histogram<N>::print(std::string& out, std::string_view name, const std::string& labels,
                                  const std::array<double, N>& bounds) const {
  std::uint64_t below = 0;
  const std::string prefix = labels.empty() ? labels : cat(labels, ",");
  for (std::size_t i = 0; i < N; ++i) {
    below += counts.at(i);
    line(out, cat(name, "_bucket"), cat(prefix, "le=\"", number(bounds.at(i)), "\""), std::to_string(below));
  }
  below += counts.at(N);
  line(out, cat(name, "_bucket"), cat(prefix, "le=\"+Inf\""), std::to_string(below));
  line(out, cat(name, "_sum"), labels, number(sum));
  line(out, cat(name, "_count"), labels, std::to_string(below));
}

void Metrics::answered(std::string_view operation, std::string_view error, std::chrono::nanoseconds took) {
  const std::lock_guard lock(mutex_);
  auto found = operations_.find(operation);
  if (found == operations_.end()) found = operations_.try_emplace(std::string(operation)).first;
  Operation& counted = found->second;
  ++counted.requests;
  if (!error.empty()) ++counted.errors[std::string(error)];
  counted.seconds.add(kLatencies, std::chrono::duration<double>(took).count());
}

void Metrics::committed(std::size_t events) {
  const std::lock_guard lock(mutex_);
  batches_.add(kBatches, static_cast<double>(events));
}

void Metrics::refused(std::string_view reason) {
  const std::lock_guard lock(mutex_);
  ++refused_[std::string(reason)];
}

void Metrics::connected(int change) {
  const std::lock_guard lock(mutex_);
  connections_ += change;
}

std::string Metrics::text(const Now& now) const {
  const std::lock_guard lock(mutex_);
  std::string out;
  head(out, "kmsctl_unlocked", "gauge", "Whether the vault is unlocked.");
  line(out, "kmsctl_unlocked", "", now.unlocked ? "1" : "0");
  head(out, "kmsctl_keys", "gauge", "Keys of all accounts and Regions.");
  line(out, "kmsctl_keys", "", std::to_string(now.keys));
  head(out, "kmsctl_connections", "gauge", "Open connections.");
  line(out, "kmsctl_connections", "", std::to_string(connections_));
  head(out, "kmsctl_requests_total", "counter", "Requests that were answered, by operation.");
  for (const auto& [name, counted] : operations_) {
    line(out, "kmsctl_requests_total", cat("operation=\"", name, "\""), std::to_string(counted.requests));
  }
  head(out, "kmsctl_errors_total", "counter", "Requests that failed, by operation and error.");
  head(out, "kmsctl_throttled_total", "counter", "Requests that exceeded a quota, by operation.");
  for (const auto& [name, counted] : operations_) {
    for (const auto& [error, count] : counted.errors) {
      const std::string operation = cat("operation=\"", name, "\"");
      line(out, "kmsctl_errors_total", cat(operation, ",error=\"", error, "\""), std::to_string(count));
      if (error == "ThrottlingException") line(out, "kmsctl_throttled_total", operation, std::to_string(count));
    }
  }
  head(out, "kmsctl_refused_total", "counter", "Requests that reached no operation, by reason.");
  for (const auto& [reason, count] : refused_) {
    line(out, "kmsctl_refused_total", cat("reason=\"", reason, "\""), std::to_string(count));
  }
  head(out, "kmsctl_request_duration_seconds", "histogram", "From the last byte of a request to its durable answer.");
  for (const auto& [name, counted] : operations_) {
    counted.seconds.print(out, "kmsctl_request_duration_seconds", cat("operation=\"", name, "\""), kLatencies);
  }
  head(out, "kmsctl_commit_events", "histogram", "Audit events that one commit made durable.");
  batches_.print(out, "kmsctl_commit_events", "", kBatches);
  return out;
}

}  // namespace kms::agent
