#include "core/service/token_buckets.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/records/quotas.h"
#include "core/service/operation.h"

namespace kms {
namespace {

constexpr std::size_t kMostBuckets = 10000;
constexpr double kFailuresPerSecond = 20;
constexpr double kFailureBurst = 1000;

bool concerns(const Quota& quota, std::string_view principal, const Operation& operation, std::string_view kind) {
  const bool who = quota.principal == kEveryone || quota.principal == principal;
  const std::string& what = quota.request_class;
  return who && (what == kAllRequests || what == operation.name || (!kind.empty() && what == kind));
}

[[noreturn]] void throttle(double wait_seconds) {
  std::array<char, 32> text{};
  (void)std::snprintf(text.data(), text.size(), "%.3f", wait_seconds);
  throw Error(ErrorCode::kThrottling,
              cat("You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls. The next "
                  "one may succeed in ",
                  text.data(), " seconds."));
}

}  // namespace

std::string_view quota_class(const Operation& operation, const Key* key) {
  if (operation.quota == QuotaClass::kSymmetric) return quota_classes()[0];
  if (operation.quota == QuotaClass::kNone || key == nullptr) return {};
  switch (key->spec) {
    case KeySpec::kRsa2048:
    case KeySpec::kRsa3072:
    case KeySpec::kRsa4096:
      return quota_classes()[1];
    default:
      return key->public_key.empty() ? quota_classes()[0] : quota_classes()[2];
  }
}

std::optional<std::uint64_t> TokenBuckets::admit_failure(const Caller& caller, Time now) {
  const std::string& principal = caller.session ? caller.session->role_arn : caller.principal;
  const std::lock_guard lock(mutex_);
  if (failures_.size() > kMostBuckets) failures_.clear();
  const auto found = failures_.try_emplace(principal, Failures{{kFailureBurst, now}, 0}).first;
  auto& [bucket, left_out] = found->second;
  const double seconds = std::max(0.0, std::chrono::duration<double>(now - bucket.filled).count());
  bucket = {std::min(kFailureBurst, bucket.tokens + seconds * kFailuresPerSecond), now};
  if (bucket.tokens < 1) {
    ++left_out;
    return std::nullopt;
  }
  bucket.tokens -= 1;
  return std::exchange(left_out, 0);
}

void TokenBuckets::admit(const Transaction& transaction, const Caller& caller, const Operation& operation,
                         const Key* key, Time now) {
  const auto quotas = list_quotas(transaction);
  if (quotas.empty()) return;
  const std::string& principal = caller.session ? caller.session->role_arn : caller.principal;
  const std::string_view kind = quota_class(operation, key);
  const std::lock_guard lock(mutex_);
  if (buckets_.size() > kMostBuckets) buckets_.clear();
  std::vector<Bucket*> taken;
  for (const Quota& quota : quotas) {
    if (!concerns(quota, principal, operation, kind)) continue;
    const auto [found, is_new] =
        buckets_.try_emplace(cat(principal, " ", quota.principal, " ", quota.request_class), Bucket{0, now});
    Bucket& bucket = found->second;
    const double seconds = std::chrono::duration<double>(now - bucket.filled).count();
    const double filled = is_new ? quota.burst : bucket.tokens + std::max(0.0, seconds) * quota.rate;
    bucket = {std::min<double>(quota.burst, filled), now};
    if (bucket.tokens < 1) throttle((1 - bucket.tokens) / quota.rate);
    taken.push_back(&bucket);
  }
  for (Bucket* bucket : taken) bucket->tokens -= 1;
}

}  // namespace kms
