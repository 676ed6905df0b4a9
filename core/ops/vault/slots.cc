#include "core/ops/vault/slots.h"

#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/model/principal.h"
#include "core/records/identities.h"
#include "core/records/vault.h"

namespace kms {
namespace {

Json slot_entry(const Slot& slot) {
  return {{"SlotId", slot.id},
          {"Kind", to_text(slot.kind)},
          {"Principal", slot.principal},
          {"CreationDate", epoch_seconds(slot.created)}};
}

// Users and the owners of accounts; roles are assumed.
std::string require_principal(const Call& call, std::string_view text) {
  const auto arn = principal_arn(call.caller.home.account, text);
  if (!arn || arn->find(":role/") != std::string::npos) {
    throw Error(ErrorCode::kValidation, cat("'", text, "' cannot unlock: give root, user/NAME or an ARN of these"));
  }
  const auto name = parse_identity_name("", *arn);
  const bool exists = name ? find_identity(call.transaction, *name).has_value()
                           : find_account(call.transaction, account_of(*arn)).has_value();
  if (!exists) throw Error(ErrorCode::kNotFound, cat("Principal ", *arn, " does not exist in this vault."));
  return *arn;
}

}  // namespace

Json list_slots(Call& call, const ListSlotsRequest& /*request*/) {
  Json slots = Json::array();
  const std::string own = call.context.slots.unlocking_slot();
  for (const Slot& slot : call.context.slots.list(call.transaction)) {
    slots.push_back(slot_entry(slot));
    slots.back()["Unlocking"] = slot.id == own;
  }
  return {{"Slots", std::move(slots)}};
}

Json add_slot(Call& call, const AddSlotRequest& request) {
  const std::string principal = require_principal(call, request.principal);
  return {{"Slot", slot_entry(call.context.slots.add(call.transaction, request.kind, principal, request.credential,
                                                     call.now()))}};
}

Json remove_slot(Call& call, const RemoveSlotRequest& request) {
  // Owners of other accounts cannot administer the vault.
  call.context.slots.remove(call.transaction, request.slot_id, root_principal(find_home(call.transaction).account));
  return Json::object();
}

Json replace_slot(Call& call, const ReplaceSlotRequest& request) {
  const std::string id = request.slot_id.empty() ? call.context.slots.unlocking_slot() : request.slot_id;
  return {{"Slot", slot_entry(call.context.slots.replace(call.transaction, id, request.credential, call.now()))}};
}

}  // namespace kms
