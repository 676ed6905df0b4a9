#pragma once
// Upkeep on request, and what the vault tells of itself.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/ops/kms/fields.h"
#include "core/store/slots.h"
#include "core/store/vault_care.h"

namespace kms {

// UnsupportedOperationException where the store has no files.
VaultCare& require_care(const Context& context);

struct MaintainRequest {
  bool confirm_destroy = false;
  std::vector<FurtherQuestion> further_questions(const Call& call) const;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit(
        "ConfirmDestroy", confirm_destroy,
        {.help = "Destroy keys past their deletion date at the first sight of that; needs kmsctl:ConfirmDestroy too"});
  }
};
struct MaintainResponse {
  std::int32_t rotated = 0;
  std::int32_t expired = 0;
  std::int32_t destroyed = 0;
  std::optional<std::int32_t> orphans_destroyed;
  std::int32_t waiting = 0;
  std::optional<std::int32_t> segments_closed;
  std::optional<std::int64_t> events_pruned;
  std::optional<std::int64_t> events_waiting;
  std::int64_t stretches_indexed = 0;
  std::optional<std::int32_t> notices_delivered;
  std::optional<std::int32_t> notices_failed;
  bool clock_went_back = false;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Rotated", rotated, {.help = "Keys that were rotated"});
    visit("Expired", expired, {.help = "Imported key material that expired"});
    visit("Destroyed", destroyed, {.help = "Keys, and key material, that were destroyed"});
    visit("OrphansDestroyed", orphans_destroyed,
          {.help = "What custom key stores have let go of; absent when there was nothing"});
    visit("Waiting", waiting,
          {.help = "Keys, and key material, that are destroyed when they are seen again a day later"});
    visit("SegmentsClosed", segments_closed,
          {.help =
               "Parts of the audit trail that left the data file for files of their own; absent when there was none"});
    visit("EventsPruned", events_pruned,
          {.help = "Events of the audit trails that went, older than their account keeps them; absent when there was "
                   "none"});
    visit("EventsWaiting", events_waiting,
          {.help = "Events that are older, and go when they are seen again a day later; absent when there is none"});
    visit("StretchesIndexed", stretches_indexed,
          {.help = "Stretches of the audit trails that have an index now, by which they are searched and counted"});
    visit("NoticesDelivered", notices_delivered, {.help = "What alerts have told; absent when there was nothing"});
    visit("NoticesFailed", notices_failed,
          {.help = "What alerts could not tell, and will try again; absent when there was nothing"});
    visit("ClockWentBack", clock_went_back, {.help = "Whether the clock is behind a time that it has shown before"});
  }
};
// The answer comes from Call::afterwards.
MaintainResponse maintain(Call& call, const MaintainRequest& request);

struct CheckVaultResponse {
  std::int64_t records = 0;
  std::int64_t secrets = 0;
  std::int64_t log_entries = 0;
  std::vector<std::string> problems;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Records", records, {.help = "Intact ones, of every kind"});
    visit("Secrets", secrets, {.help = "Of these, secrets"});
    visit("LogEntries", log_entries, {.help = "Intact entries of the audit trail"});
    visit("Problems", problems, {.help = "What is wrong; empty when the vault is sound"});
  }
};
// The answer comes from Call::afterwards.
CheckVaultResponse check_vault(Call& call, const EmptyRequest& request);

struct GetVaultStatusResponse {
  std::string vault_id;
  std::int64_t format_version = 0;
  std::vector<SlotKind> slots;
  std::int64_t data_bytes = 0;
  std::string home_account_id;
  std::string home_region;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("VaultId", vault_id, {.help = "UUID of the vault"});
    visit("FormatVersion", format_version, {.help = "Of its files"});
    visit("Slots", slots, {.help = "What opens it"});
    visit("DataBytes", data_bytes, {.help = "Size of its data file"});
    visit("HomeAccountId", home_account_id, {.help = "The account whose owner administers it"});
    visit("HomeRegion", home_region, {.help = "The Region that is meant where none is named"});
  }
};
GetVaultStatusResponse get_vault_status(Call& call, const EmptyRequest& request);

}  // namespace kms
