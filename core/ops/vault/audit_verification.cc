#include "core/ops/vault/audit_verification.h"

#include <algorithm>
#include <utility>

#include "core/audit/event.h"
#include "core/audit/trail_check.h"
#include "core/base/time_text.h"
#include "core/ops/vault/trail_marker.h"
#include "core/upkeep/pruning.h"
#include "formats/merkle_tile.h"

namespace kms {
namespace {

constexpr std::string_view kVerification = "verify";
constexpr std::uint64_t kMostCompared = 64 * formats::kTileWidth;

std::uint64_t part_begin(const Call& call, std::string_view log, std::string_view marker) {
  if (marker.empty()) return 0;
  const auto position = trail_position(kVerification, log, marker);
  if (!position || *position % formats::kTileWidth != 0) throw_invalid_marker(call.event.operation);
  return *position;
}

}  // namespace

VerifyAuditTrailResponse verify_audit_trail(Call& call, const VerifyAuditTrailRequest& request) {
  const std::string log = audit_log(call.caller.home);
  const std::uint64_t begin = part_begin(call, log, request.marker);
  TrailCheck report = check_trail(call.transaction, log, begin, kMostCompared);
  const std::uint64_t size = call.transaction.log_tree(log).size();
  VerifyAuditTrailResponse answer{std::move(report.problems),
                                  {},
                                  report.checked < size,
                                  static_cast<std::int64_t>(report.checked),
                                  static_cast<std::int64_t>(size),
                                  {},
                                  {}};
  if (const std::uint64_t pruned = call.transaction.log_begin(log); pruned > 0) {
    answer.pruned = static_cast<std::int64_t>(pruned);
    answer.first_time = parse_time(time_of_event(call.transaction, log, pruned));
  }
  // What stops in the middle has found damage, and finds no more behind it.
  if (report.checked == std::max(begin, call.transaction.log_begin(log)) || report.checked % formats::kTileWidth != 0)
    answer.truncated = false;
  if (!answer.problems.empty()) *call.event.additional_data = {{"problems", answer.problems.size()}};
  if (answer.truncated) answer.next_marker = trail_marker(kVerification, log, report.checked);
  return answer;
}

}  // namespace kms
