#include "core/ops/vault/upkeep.h"

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/records/vault.h"
#include "core/service/response.h"
#include "core/store/vault_care.h"
#include "core/upkeep/consistency.h"
#include "core/upkeep/delivery.h"
#include "core/upkeep/upkeep.h"

namespace kms {
namespace {

constexpr std::chrono::seconds kMostDelivering{20};

MaintainResponse told(const UpkeepReport& report, const DeliveryReport& notices) {
  MaintainResponse answer;
  answer.rotated = report.rotated;
  answer.expired = report.expired;
  answer.destroyed = report.destroyed;
  answer.waiting = report.waiting;
  answer.stretches_indexed = static_cast<std::int64_t>(report.stretches);
  answer.clock_went_back = report.clock_went_back;
  if (report.orphans != 0) answer.orphans_destroyed = report.orphans;
  if (notices.delivered != 0) answer.notices_delivered = notices.delivered;
  if (notices.failed != 0) answer.notices_failed = notices.failed;
  if (report.events_pruned != 0) answer.events_pruned = static_cast<std::int64_t>(report.events_pruned);
  if (report.events_waiting != 0) answer.events_waiting = static_cast<std::int64_t>(report.events_waiting);
  if (report.segments != 0) answer.segments_closed = report.segments;
  return answer;
}

CheckVaultResponse told(CheckReport report) {
  return {static_cast<std::int64_t>(report.records), static_cast<std::int64_t>(report.secrets),
          static_cast<std::int64_t>(report.log_entries), std::move(report.problems)};
}

// Records that nobody wrote are found by the check itself, which reads all of them.
std::vector<std::string> readable_violations(const Call& call) {
  try {
    return find_violations(call.transaction, call.now());
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kVaultDamaged) throw;
    return {cat("what the records say of each other was not compared: ", error.what())};
  }
}

}  // namespace

VaultCare& require_care(const Context& context) {
  if (context.care == nullptr) throw Error(ErrorCode::kUnsupportedOperation, "this store has no files of its own");
  return *context.care;
}

std::vector<FurtherQuestion> MaintainRequest::further_questions(const Call& /*call*/) const {
  if (!confirm_destroy) return {};
  return {{"kmsctl:ConfirmDestroy", ""}};
}

MaintainResponse maintain(Call& call, const MaintainRequest& request) {
  call.event.read_only = false;
  call.afterwards = [&context = call.context, by = std::make_shared<const Caller>(call.caller),
                     mode = request.confirm_destroy ? UpkeepMode::kConfirmDestroy : UpkeepMode::kNow] {
    Context asked = context;
    asked.asked_by = by.get();
    const UpkeepReport done = keep_up(asked, mode);
    return write_response(told(done, deliver_due(context, kMostDelivering)));
  };
  return {};
}

CheckVaultResponse check_vault(Call& call, const EmptyRequest& /*request*/) {
  // The event is written once all is done.
  call.afterwards = [&care = require_care(call.context), &event = call.event, violations = readable_violations(call)] {
    CheckReport report = care.check();
    report.problems.insert(report.problems.end(), violations.begin(), violations.end());
    *event.additional_data = {{"problems", report.problems.size()}};
    return write_response(told(std::move(report)));
  };
  return {};
}

GetVaultStatusResponse get_vault_status(Call& call, const EmptyRequest& /*request*/) {
  const VaultCare& care = require_care(call.context);
  const AccountRegion home = find_home(call.transaction);
  std::vector<SlotKind> kinds;
  for (const Slot& slot : call.context.slots.list(call.transaction)) kinds.push_back(slot.kind);
  return {care.id(),        care.format_version(),
          std::move(kinds), static_cast<std::int64_t>(care.data_bytes()),
          home.account,     home.region};
}

}  // namespace kms
