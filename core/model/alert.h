#pragma once
// An alert: what it watches for, and whom it tells. A value.
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/enum_names.h"

namespace kms {

enum class AlertCondition : std::uint8_t {
  kUseOfKeyPendingDeletion,
  kDeletionOfUsedKey,  // a key that was used within `days` is to be deleted
  kKeyDestroyed,
  kMaterialExpiring,  // imported, within `days`
  kRotationOverdue,   // by `days`
  kAccessDenied,      // one principal, `count` times within `within`
  kRootUse,
  kFailedUnlock,
  kAccessWidened,  // a policy or grant lets in everybody, or another account
  kClockWentBack,
  kCheckpointOverdue,  // the trail has had none for `days`
  kQuotaReached,
  kAuditGap,  // something is not in the trail, or no longer
};
template <>
struct EnumNames<AlertCondition> {
  static constexpr auto kAll = std::to_array<EnumName<AlertCondition>>({
      {AlertCondition::kUseOfKeyPendingDeletion, "use-of-key-pending-deletion"},
      {AlertCondition::kDeletionOfUsedKey, "deletion-of-used-key"},
      {AlertCondition::kKeyDestroyed, "key-destroyed"},
      {AlertCondition::kMaterialExpiring, "material-expiring"},
      {AlertCondition::kRotationOverdue, "rotation-overdue"},
      {AlertCondition::kAccessDenied, "access-denied"},
      {AlertCondition::kRootUse, "root-use"},
      {AlertCondition::kFailedUnlock, "failed-unlock"},
      {AlertCondition::kAccessWidened, "access-widened"},
      {AlertCondition::kClockWentBack, "clock-went-back"},
      {AlertCondition::kCheckpointOverdue, "checkpoint-overdue"},
      {AlertCondition::kQuotaReached, "quota-reached"},
      {AlertCondition::kAuditGap, "audit-gap"},
  });
};

enum class AlertChannel : std::uint8_t { kProgram, kFile, kSyslog, kWebhook };
template <>
struct EnumNames<AlertChannel> {
  static constexpr auto kAll = std::to_array<EnumName<AlertChannel>>({
      {AlertChannel::kProgram, "program"},
      {AlertChannel::kFile, "file"},
      {AlertChannel::kSyslog, "syslog"},
      {AlertChannel::kWebhook, "webhook"},
  });
};

struct AlertDestination {
  AlertChannel channel = AlertChannel::kSyslog;
  std::string target = {};                  // an absolute path, or a URL; empty for syslog
  std::vector<std::string> arguments = {};  // of a program, behind its own name
  bool operator==(const AlertDestination&) const = default;
};

struct Alert {
  std::string name;
  AlertCondition condition = AlertCondition::kKeyDestroyed;
  std::string key = {};        // the ARN of the only one that it is about; empty: of all
  std::string principal = {};  // likewise
  // Where the condition has them, else 0.
  std::int32_t count = 0;
  std::chrono::seconds within{0};
  std::int32_t days = 0;
  AlertDestination destination = {};
  std::string created_by = {};  // the ARN of a principal
  Time created = {};
};

// Numbers that a condition is about when nobody says others; 0 where it has no such number.
struct AlertNumbers {
  std::int32_t count = 0;
  std::chrono::seconds within{0};
  std::int32_t days = 0;
};
AlertNumbers usual_numbers(AlertCondition condition);

// What others may see of it: of a URL the host alone, since a path may hold a token.
std::string shown_target(const AlertDestination& destination);

}  // namespace kms
