#include "core/service/service_events.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "core/records/vault.h"
#include "core/store/retry.h"

namespace kms {
namespace {

AuditEvent service_event(const Context& context, const AccountRegion& home, std::string_view name, Time when) {
  AuditEvent event(when, make_uuid(context.random), make_uuid(context.random));
  event.author = vault_author(home);
  event.operation = name;
  event.read_only = false;
  event.by_service = true;
  return event;
}

}  // namespace

void append_service_event(const Context& context, Transaction& transaction, const Key& key, std::string_view name,
                          Time now, Json details) {
  AuditEvent event = service_event(context, key.home, name, now);
  if (context.asked_by != nullptr) details["requestedBy"] = context.asked_by->principal;
  *event.service_details = std::move(details);
  event.resources.push_back(key.arn());
  context.audit.append(transaction, event.written());
}

void append_vault_event(const Context& context, Transaction& transaction, const AccountRegion& home,
                        std::string_view name, Time now, Json details) {
  AuditEvent event = service_event(context, home, name, now);
  event.source = "kmsctl";
  *event.service_details = std::move(details);
  context.audit.append(transaction, event.written());
}

void record_acts(const Context& context, std::span<const AgentAct> acts) {
  if (acts.empty()) return;
  transact(context.store, [&](Transaction& transaction) {
    const AccountRegion home = find_home(transaction);
    for (const AgentAct& act : acts) {
      AuditEvent event = service_event(context, home, act.name, act.when);
      event.source = "kmsctl";
      event.error_code = act.error_code;
      *event.service_details = Json::parse(act.details);
      context.audit.append(transaction, event.written());
    }
  });
}

}  // namespace kms
