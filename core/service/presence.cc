#include "core/service/presence.h"

#include "core/records/slot_uses.h"
#include "core/records/vault.h"
#include "core/service/service_events.h"
#include "core/store/slots.h"

namespace kms {

bool is_presence_to_note(const Context& context, const Transaction& transaction, Time now) {
  return is_time_to_note(transaction, now) || is_slot_use_to_note(transaction, context.slots.unlocking_slot(), now);
}

void note_presence(const Context& context, Transaction& transaction, Time now) {
  note_time(transaction, now);
  const std::string slot = context.slots.unlocking_slot();
  if (!is_slot_use_to_note(transaction, slot, now)) return;
  put_slot_use(transaction, slot, now);
  for (const Slot& each : context.slots.list(transaction)) {
    if (each.id == slot) append_unlock_event(context, transaction, each, now);
  }
}

}  // namespace kms
