#include "core/model/alert.h"

#include "core/base/text.h"

namespace kms {

AlertNumbers usual_numbers(AlertCondition condition) {
  using std::chrono::seconds;
  switch (condition) {
    case AlertCondition::kAccessDenied:
    case AlertCondition::kQuotaReached:
      return {10, seconds(300), 0};
    case AlertCondition::kFailedUnlock:
      return {1, seconds(3600), 0};
    case AlertCondition::kDeletionOfUsedKey:
      return {0, seconds(0), 30};
    case AlertCondition::kMaterialExpiring:
    case AlertCondition::kCheckpointOverdue:
      return {0, seconds(0), 7};
    case AlertCondition::kRotationOverdue:
      return {0, seconds(0), 1};
    case AlertCondition::kUseOfKeyPendingDeletion:
    case AlertCondition::kKeyDestroyed:
    case AlertCondition::kRootUse:
    case AlertCondition::kAccessWidened:
    case AlertCondition::kClockWentBack:
    case AlertCondition::kAuditGap:
      return {};
  }
  return {};
}

std::string shown_target(const AlertDestination& destination) {
  if (destination.channel != AlertChannel::kWebhook) return destination.target;
  constexpr std::string_view kBehindScheme = "://";
  const std::string_view url = destination.target;
  const std::size_t scheme = url.find(kBehindScheme);
  if (scheme == std::string_view::npos) return {};
  const std::size_t end = url.find_first_of("/?#", scheme + kBehindScheme.size());
  return cat(url.substr(0, end), end == std::string_view::npos ? "" : "/...");
}

}  // namespace kms
