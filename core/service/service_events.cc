#include "core/service/service_events.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "core/audit/event_text.h"
#include "core/records/vault.h"
#include "core/store/retry.h"

namespace kms {
namespace {

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
  context.audit.append(transaction, record_of(event));
}

void append_vault_event(const Context& context, Transaction& transaction, const AccountRegion& home, VaultEvent what,
                        Time now, Json details) {
  AuditEvent event = service_event(context, home, to_text(what), now);
  event.source = "kmsctl";
  *event.service_details = std::move(details);
  context.audit.append(transaction, record_of(event));
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
      context.audit.append(transaction, record_of(event));
    }
  });
  if (outcome == Commit::kDone) return;
  context.audit.settle(context.store);
  throw_unknown_outcome();
}

}  // namespace kms
