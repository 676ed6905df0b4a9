#include "core/ops/vault/slots.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/model/principal.h"
#include "core/records/identities.h"
#include "core/records/slot_uses.h"
#include "core/records/vault.h"
#include "core/service/response.h"
#include "core/store/backups.h"

namespace kms {
namespace {

SlotDescription description_of(const Slot& slot) {
  return {slot.id, slot.kind, slot.principal, slot.created, unless_empty(slot.label)};
}

std::optional<std::string> recipient_of(const Call& call, const Slot& slot) {
  const auto* const maker = dynamic_cast<const BackupMaker*>(call.context.care);
  return maker == nullptr ? std::nullopt : std::optional(maker->recipient_of(call.transaction, slot.id));
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

// What takes the place of a keyfile or a recovery code would be no key: those are added anew.
void require_passphrase_slot(Call& call, std::string_view id) {
  for (const Slot& slot : call.context.slots.list(call.transaction)) {
    if (slot.id != id || slot.kind == SlotKind::kPassphrase) continue;
    throw Error(ErrorCode::kValidation, cat("Slot ", id, " holds no passphrase but a ", to_text(slot.kind),
                                            ": add another slot, and remove this one."));
  }
}

}  // namespace

ListSlotsResponse list_slots(Call& call, const ListSlotsRequest& /*request*/) {
  ListSlotsResponse answer;
  const std::string own = call.context.slots.unlocking_slot();
  for (const Slot& slot : call.context.slots.list(call.transaction)) {
    answer.slots.push_back(
        {description_of(slot), find_slot_use(call.transaction, slot.id), slot.id == own, recipient_of(call, slot)});
  }
  return answer;
}

SlotResponse add_slot(Call& call, const AddSlotRequest& request) {
  const std::string principal = require_principal(call, request.principal);
  return {description_of(call.context.slots.add(call.transaction, request.kind, principal, request.credential,
                                                call.now(), request.label))};
}

EmptyResponse remove_slot(Call& call, const RemoveSlotRequest& request) {
  // Owners of other accounts cannot administer the vault.
  call.context.slots.remove(call.transaction, request.slot_id, root_principal(find_home(call.transaction).account));
  erase_slot_use(call.transaction, request.slot_id);
  return {};
}

SlotResponse replace_slot(Call& call, const ReplaceSlotRequest& request) {
  const std::string id = request.slot_id.empty() ? call.context.slots.unlocking_slot() : request.slot_id;
  require_passphrase_slot(call, id);
  return {description_of(call.context.slots.replace(call.transaction, id, request.credential, call.now()))};
}

}  // namespace kms
