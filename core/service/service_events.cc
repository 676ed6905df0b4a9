#include "core/service/service_events.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "core/audit/event_text.h"
#include "core/records/identities.h"
#include "core/records/vault.h"
#include "core/service/caller.h"
#include "core/store/retry.h"

namespace kms {
namespace {

constexpr std::string_view kUnlockNotes = "unlock.failed";  // the file of vault/local/failed_unlocks.h

// Nobody where the principal is not there any more.
std::optional<EventAuthor> author_by_slot(const Transaction& transaction, const std::string& principal) {
  Proof proof;
  proof.principal = principal;
  proof.principal_id = unique_id_of(transaction, principal);
  proof.source_address = kThisMachine;
  try {
    return author_of(caller_of(transaction, proof));
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kAccessDenied) throw;
    return std::nullopt;
  }
}

Json told(const FailedUnlock& attempt) {
  return {{"recordedBy", kUnlockNotes},    {"attemptTime", iso_seconds(attempt.when)},
          {"attempts", attempt.count},     {"uid", attempt.uid},
          {"kind", to_text(attempt.kind)}, {"slotsTried", attempt.slots},
          {"terminal", attempt.terminal}};
}

AuditEvent service_event(const Context& context, const AccountRegion& home, std::string_view name, Time when) {
  AuditEvent event(when, make_uuid(context.random), make_uuid(context.random));
  event.author = vault_author(home);
  event.operation = name;
  event.read_only = false;
  return event;
}

}  // namespace

void append_service_event(const Context& context, Transaction& transaction, const Key& key, VaultEvent what, Time now,
                          Json details) {
  AuditEvent event = service_event(context, key.home, to_text(what), now);
  if (context.asked_by != nullptr) details["requestedBy"] = context.asked_by->principal;
  *event.service_details = std::move(details);
  event.resources.push_back(key.arn());
  context.audit.append(transaction, event);
}

void append_vault_event(const Context& context, Transaction& transaction, const AccountRegion& home, VaultEvent what,
                        Time now, Json details) {
  AuditEvent event = service_event(context, home, to_text(what), now);
  event.source = "kmsctl";
  *event.service_details = std::move(details);
  context.audit.append(transaction, event);
}

void append_unlock_event(const Context& context, Transaction& transaction, const Slot& slot, Time now) {
  AuditEvent event = service_event(context, find_home(transaction), to_text(VaultEvent::kUnlock), now);
  if (auto author = author_by_slot(transaction, slot.principal)) event.author = *std::move(author);
  event.source = "kmsctl";
  *event.additional_data = {{"slotId", slot.id}, {"kind", to_text(slot.kind)}, {"mode", to_text(context.opened_by)}};
  context.audit.append(transaction, event);
}

void record_failed_unlocks(const Context& context) {
  if (context.care == nullptr) return;
  const auto record = [&](const UnlockNotes& notes) {
    transact(context.store, [&](Transaction& transaction) {
      const AccountRegion home = find_home(transaction);
      const auto append = [&](Json details) {
        AuditEvent event = service_event(context, home, to_text(VaultEvent::kUnlock), context.clock.now());
        event.source = "kmsctl";
        event.failure = EventFailure{ErrorCode::kWrongPassphrase};
        *event.additional_data = std::move(details);
        context.audit.append(transaction, event);
      };
      for (const FailedUnlock& attempt : notes.attempts) append(told(attempt));
      if (notes.unreadable > 0) append({{"recordedBy", kUnlockNotes}, {"unreadableLines", notes.unreadable}});
    });
  };
  try {
    context.care->take_failed_unlocks(record);
  } catch (const Error&) {  // NOLINT(bugprone-empty-catch): the file is still there, and the next who opens the vault
  }
}

void record_acts(const Context& context, std::span<const AgentAct> acts) {
  if (acts.empty()) return;
  const Commit outcome = commit_again(context.store, [&](Transaction& transaction) {
    const AccountRegion home = find_home(transaction);
    for (const AgentAct& act : acts) {
      AuditEvent event = service_event(context, home, act.name, act.when);
      event.source = "kmsctl";
      if (act.error) event.failure = EventFailure{*act.error};
      *event.service_details = Json::parse(act.details);
      context.audit.append(transaction, event);
    }
  });
  if (outcome == Commit::kDone) return;
  context.audit.settle(context.store);
  throw_unknown_outcome();
}

}  // namespace kms
