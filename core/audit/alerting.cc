#include "core/audit/alerting.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/audit/alert_notice.h"
#include "core/audit/event_names.h"
#include "core/audit/event_text.h"
#include "core/base/encoding.h"
#include "core/base/text.h"
#include "core/crypto/digest.h"
#include "core/model/arn.h"
#include "core/records/alerts.h"
#include "core/records/keys.h"
#include "core/records/outbox.h"

namespace kms {
namespace {

// Members of additionalEventData that handlers leave for who watches.
constexpr const char* kLastUsage = "lastUsage";
constexpr const char* kNewlyAllows = "newlyAllows";
constexpr const char* kFailuresLeftOut = "failuresLeftOut";
constexpr const char* kProblems = "problems";

struct Watched {
  const Transaction& transaction;
  const AuditEvent& event;

  bool is(VaultEvent what) const { return event.operation == to_text(what); }
  bool failed_with(ErrorCode code) const { return event.failure && event.failure->code == code; }
  const Json* fact(const char* name) const {
    if (!event.additional_data->is_object()) return nullptr;
    const auto found = event.additional_data->find(name);
    return found == event.additional_data->end() ? nullptr : &*found;
  }
  std::string who() const {
    const std::string& principal = event.author.value().principal;
    return principal.empty() ? "the vault" : principal;
  }
  std::string what() const {
    return event.resources.empty() ? event.operation : cat(event.operation, " of ", event.resources.front());
  }
};
// What happened, in a sentence; nothing where the condition does not hold.
using Sentence = std::optional<std::string>;

bool is_pending_deletion(const Transaction& transaction, const std::string& arn) {
  const auto parsed = parse_kms_arn(arn);
  if (!parsed) return false;
  constexpr std::string_view kKeyPrefix = "key/";
  const std::string_view resource = parsed->resource;
  const auto id = resource.starts_with(kKeyPrefix) ? KeyId::parse(resource.substr(kKeyPrefix.size())) : std::nullopt;
  const auto key = id ? find_key(transaction, parsed->home, *id) : std::nullopt;
  return key && kPendingDeletionOnly.contains(key->state);
}

Sentence use_of_key_pending_deletion(const Watched& watched) {
  if (!watched.failed_with(ErrorCode::kInvalidState)) return std::nullopt;
  for (const std::string& arn : watched.event.resources) {
    if (!is_pending_deletion(watched.transaction, arn)) continue;
    return cat(watched.who(), " was refused ", watched.event.operation, " of ", arn, ", which is pending deletion");
  }
  return std::nullopt;
}

Sentence deletion_of_used_key(const Watched& watched, const Alert& alert) {
  const Json* last = watched.event.failure ? nullptr : watched.fact(kLastUsage);
  if (last == nullptr) return std::nullopt;
  const auto earliest = watched.event.time - std::chrono::hours(24) * alert.days;
  if (last->get<std::string>() < iso_seconds(earliest)) return std::nullopt;
  return cat(watched.who(), " asked for ", watched.what(), ", which was last used at ", last->get<std::string>());
}

Sentence key_destroyed(const Watched& watched) {
  if (watched.event.failure || !watched.is(VaultEvent::kDeleteKey) || watched.event.resources.empty())
    return std::nullopt;
  return cat(watched.event.resources.front(), " was destroyed");
}

Sentence access_denied(const Watched& watched) {
  if (!watched.failed_with(ErrorCode::kAccessDenied) || watched.is(VaultEvent::kUnlock)) return std::nullopt;
  return cat(watched.who(), " was denied ", watched.what());
}

Sentence root_use(const Watched& watched) {
  if (watched.event.author->kind != AuthorKind::kRoot || watched.is(VaultEvent::kUnlock)) return std::nullopt;
  return cat(watched.who(), watched.event.failure ? " was refused " : " did ", watched.what());
}

Sentence failed_unlock(const Watched& watched) {
  if (!watched.event.failure || !watched.is(VaultEvent::kUnlock)) return std::nullopt;
  return "an attempt to unlock the vault failed";
}

Sentence access_widened(const Watched& watched) {
  const Json* strangers = watched.event.failure ? nullptr : watched.fact(kNewlyAllows);
  if (strangers == nullptr) return std::nullopt;
  std::string names;
  for (const Json& each : *strangers)
    names += cat(names.empty() ? "" : ", ", each == "*" ? "everybody" : each.get<std::string>());
  return cat(watched.who(), " let ", names, " in by ", watched.what());
}

Sentence clock_went_back(const Watched& watched) {
  if (!watched.is(VaultEvent::kClockWentBack)) return std::nullopt;
  return "the clock of this machine went back";
}

Sentence quota_reached(const Watched& watched) {
  if (!watched.failed_with(ErrorCode::kThrottling) && !watched.failed_with(ErrorCode::kLimitExceeded))
    return std::nullopt;
  return cat(watched.who(), " was refused ", watched.what(), ": ", wire_name(watched.event.failure->code));
}

// What a change of the settings of the trail takes away from it.
Sentence lesser_trail(const Watched& watched) {
  const Json* before = watched.fact("before");
  const Json* after = watched.fact("after");
  if (before == nullptr || after == nullptr || !before->is_object() || !after->is_object()) return std::nullopt;
  if (before->value("recordReads", true) && !after->value("recordReads", true)) {
    return cat(watched.who(), " ended the recording of looks at the trail");
  }
  constexpr std::int64_t kForEver = std::numeric_limits<std::int64_t>::max();
  const auto days = after->value("keepDays", kForEver);
  if (days >= before->value("keepDays", kForEver)) return std::nullopt;
  return cat(watched.who(), " has the trail keep no more than ", std::to_string(days), " days");
}

Sentence audit_gap(const Watched& watched) {
  if (const Json* left_out = watched.fact(kFailuresLeftOut)) {
    return cat("refusals of ", watched.who(), " that were too many to be in the trail: ", left_out->dump());
  }
  if (watched.event.failure) {
    if (!watched.failed_with(ErrorCode::kVaultDamaged)) return std::nullopt;
    return cat("the vault is damaged: ", watched.what(), " failed");
  }
  if (watched.is(VaultEvent::kPruneAuditTrail)) return cat(watched.who(), " erased old events of the trail");
  if (auto lesser = lesser_trail(watched)) return lesser;
  const Json* problems = watched.fact(kProblems);
  if (problems == nullptr || *problems == 0) return std::nullopt;
  return cat(watched.event.operation, " found problems: ", problems->dump());
}

Sentence sentence_of(const Watched& watched, const Alert& alert) {
  switch (alert.condition) {
    case AlertCondition::kUseOfKeyPendingDeletion:
      return use_of_key_pending_deletion(watched);
    case AlertCondition::kDeletionOfUsedKey:
      return deletion_of_used_key(watched, alert);
    case AlertCondition::kKeyDestroyed:
      return key_destroyed(watched);
    case AlertCondition::kAccessDenied:
      return access_denied(watched);
    case AlertCondition::kRootUse:
      return root_use(watched);
    case AlertCondition::kFailedUnlock:
      return failed_unlock(watched);
    case AlertCondition::kAccessWidened:
      return access_widened(watched);
    case AlertCondition::kClockWentBack:
      return clock_went_back(watched);
    case AlertCondition::kQuotaReached:
      return quota_reached(watched);
    case AlertCondition::kAuditGap:
      return audit_gap(watched);
    case AlertCondition::kMaterialExpiring:  // no event tells of a date (core/upkeep/timed_alerts.h)
    case AlertCondition::kRotationOverdue:
    case AlertCondition::kCheckpointOverdue:
      return std::nullopt;
  }
  return std::nullopt;
}

bool is_about(const Alert& alert, const AuditEvent& event) {
  const auto& about = event.resources;
  if (!alert.key.empty() && std::ranges::find(about, alert.key) == about.end()) return false;
  if (alert.principal.empty()) return true;
  const EventAuthor& author = event.author.value();
  return author.principal == alert.principal || (author.session && author.session->role_arn == alert.principal);
}

// Events of one subject say the same.
std::string subject_of(const Alert& alert, const Watched& watched) {
  std::string subject = watched.who();
  if (alert.count <= 1) {
    const auto& failure = watched.event.failure;
    subject += cat("\n", watched.what(), "\n", failure ? wire_name(failure->code) : "");
  }
  constexpr std::size_t kSubjectSize = 8;
  return encode_hex(ByteView(crypto::digest(crypto::Hash::kSha256, as_bytes(subject))).first(kSubjectSize));
}

std::vector<SideRecord> records_of(const Alert& alert, std::string_view account, const Watched& watched,
                                   std::string what) {
  const AuditEvent& event = watched.event;
  const std::string subject = subject_of(alert, watched);
  if (alert.count > 1) {
    return sighting_records(
        {std::string(account), alert.name, subject, event.event_id, event.time, std::move(what), encode(event)});
  }
  Notice notice{std::string(account), alert.name, subject, event.time, {}};
  notice.text = notice_text(alert, account, {event.event_id, event.time, std::move(what), encode(event)});
  notice.next = event.time;
  return notice_records(notice);
}

std::vector<std::string> accounts_of(const AuditEvent& event) {
  std::vector<std::string> accounts{event.author.value().home.account};
  for (const std::string& arn : event.resources) {
    if (arn.find(accounts.front()) != std::string::npos) continue;  // as nearly all, and not worth to be parsed
    const auto parsed = parse_kms_arn(arn);
    if (!parsed || std::ranges::find(accounts, parsed->home.account) != accounts.end()) continue;
    accounts.push_back(parsed->home.account);
  }
  return accounts;
}

}  // namespace

std::vector<SideRecord> alert_records(const Transaction& transaction, const AuditEvent& event) {
  std::vector<SideRecord> records;
  if (!event.author) return records;
  const Watched watched{transaction, event};
  for (const std::string& account : accounts_of(event)) {
    const auto alerts = list_alerts(transaction, account);
    for (const Alert& alert : *alerts) {
      if (!is_about(alert, event)) continue;
      auto what = sentence_of(watched, alert);
      if (!what) continue;
      std::ranges::move(records_of(alert, account, watched, *std::move(what)), std::back_inserter(records));
    }
  }
  return records;
}

}  // namespace kms
