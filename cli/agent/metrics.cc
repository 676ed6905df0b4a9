#include "cli/agent/metrics.h"

#include <algorithm>
#include <cstdio>
#include <optional>

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

void gauge(std::string& out, std::string_view name, std::string_view help, std::optional<std::int64_t> value) {
  head(out, name, "gauge", help);
  if (value) line(out, name, "", std::to_string(*value));
}

// The text format has three escapes; a name has no other control characters.
std::string label(std::string_view name, std::string_view value) {
  std::string out = cat(name, "=\"");
  for (const char c : value) {
    if (c == '\\' || c == '"') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  return out += '"';
}

std::int64_t seconds(Time::duration time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time).count();
}

// Where the vault is not known there are no samples: a 0 would say that all is well.
void print_vault(std::string& out, const Metrics::Now& now) {
  const VaultFigures* const vault = now.vault;
  const auto figure = [&](std::string_view name, std::string_view help, const auto& of) {
    gauge(out, name, help, vault != nullptr ? std::optional<std::int64_t>(of(*vault)) : std::nullopt);
  };
  figure("kmsctl_keys", "Keys of all accounts and Regions.", [](const auto& from) { return from.keys; });
  figure("kmsctl_keys_pending_deletion", "Keys whose deletion is scheduled, until they are destroyed.",
         [](const auto& from) { return from.keys_pending_deletion; });
  figure("kmsctl_rotations_overdue", "Scheduled rotations whose time has passed; counted up to 1,000.",
         [](const auto& from) { return from.rotations_overdue; });
  figure("kmsctl_trail_events", "Events of all audit trails.", [](const auto& from) { return from.trail_events; });
  figure("kmsctl_last_checkpoint_timestamp_seconds",
         "When a checkpoint of a trail was asked for last; 0 where none was.",
         [](const auto& from) { return from.last_checkpoint ? seconds(from.last_checkpoint->time_since_epoch()) : 0; });
  head(out, "kmsctl_next_expiry_seconds", "gauge", "Until imported key material expires; absent where none does.");
  if (vault != nullptr && vault->next_expiry) {
    line(out, "kmsctl_next_expiry_seconds", "", std::to_string(seconds(*vault->next_expiry - now.time)));
  }
}

void print_trail(std::string& out, const TrailCounts::Counts& counts, bool names) {
  constexpr std::string_view kDenied = "kmsctl_denied_total";
  head(out, kDenied, "counter",
       "Calls that were denied for want of a permission, since the agent started; by principal, for the 20 that were "
       "denied most, and who was among them before.");
  std::uint64_t sum = counts.denied_others;
  for (const auto& [principal, count] : counts.denied) {
    if (names) line(out, kDenied, label("principal", principal), std::to_string(count));
    sum += count;
  }
  line(out, kDenied, names ? label("principal", "other") : std::string(),
       std::to_string(names ? counts.denied_others : sum));
  head(out, "kmsctl_failed_unlocks_total", "counter",
       "Attempts to unlock that failed, of which the trail has an event since the agent started.");
  line(out, "kmsctl_failed_unlocks_total", "", std::to_string(counts.failed_unlocks));
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
  std::string out;
  gauge(out, "kmsctl_up", "Whether the agent answers.", 1);
  gauge(out, "kmsctl_locked", "Whether the vault is locked.", now.unlocked ? 0 : 1);
  gauge(out, "kmsctl_unlocked", "Whether the vault is unlocked.", now.unlocked ? 1 : 0);
  print_vault(out, now);
  print_trail(out, trail_.read(), now.names);
  const std::lock_guard lock(mutex_);
  gauge(out, "kmsctl_connections", "Open connections.", connections_);
  print_calls(out);
  return out;
}

void Metrics::print_calls(std::string& out) const {
  head(out, "kmsctl_requests_total", "counter", "Requests that were answered, by operation.");
  for (const auto& [name, counted] : operations_) {
    line(out, "kmsctl_requests_total", label("operation", name), std::to_string(counted.requests));
  }
  head(out, "kmsctl_errors_total", "counter", "Requests that failed, by operation and error.");
  for (const auto& [name, counted] : operations_) {
    for (const auto& [error, count] : counted.errors) {
      line(out, "kmsctl_errors_total", cat(label("operation", name), ",", label("error", error)),
           std::to_string(count));
    }
  }
  head(out, "kmsctl_throttled_total", "counter", "Requests that exceeded a quota, by operation.");
  for (const auto& [name, counted] : operations_) {
    const auto throttled = counted.errors.find("ThrottlingException");
    if (throttled == counted.errors.end()) continue;
    line(out, "kmsctl_throttled_total", label("operation", name), std::to_string(throttled->second));
  }
  head(out, "kmsctl_refused_total", "counter", "Requests that reached no operation, by reason.");
  for (const auto& [reason, count] : refused_) {
    line(out, "kmsctl_refused_total", label("reason", reason), std::to_string(count));
  }
  head(out, "kmsctl_request_duration_seconds", "histogram", "From the last byte of a request to its durable answer.");
  for (const auto& [name, counted] : operations_) {
    counted.seconds.print(out, "kmsctl_request_duration_seconds", label("operation", name), kLatencies);
  }
  head(out, "kmsctl_commit_events", "histogram", "Audit events that one commit made durable.");
  batches_.print(out, "kmsctl_commit_events", "", kBatches);
}

}  // namespace kms::agent
