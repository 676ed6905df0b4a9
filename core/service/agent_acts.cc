#include "core/service/agent_acts.h"

#include <memory>
#include <nlohmann/json.hpp>

#include "core/service/vault_records.h"

namespace kms {

void record_acts(const Context& context, std::span<const AgentAct> acts) {
  if (acts.empty()) return;
  const auto transaction = context.store.begin(Access::kWrite);
  const auto nobody = std::make_shared<const Caller>(upkeep_caller(find_home(*transaction)));
  for (const AgentAct& act : acts) {
    AuditEvent event(act.when, make_uuid(context.random), make_uuid(context.random));
    event.caller = nobody;
    event.operation = act.name;
    event.source = "kmsctl";
    event.read_only = false;
    event.by_service = true;
    event.error_code = act.error_code;
    *event.service_details = Json::parse(act.details);
    context.audit.append(*transaction, event.written());
  }
  transaction->commit();
}

}  // namespace kms
