#pragma once
// What each call leaves behind beside its event, at times: how late it is, and once an hour which credential has the
// vault open, with an event of that.
#include "core/base/clock.h"
#include "core/service/context.h"
#include "core/store/store.h"

namespace kms {

bool is_presence_to_note(const Context& context, const Transaction& transaction, Time now);
// What of it is to be noted.
void note_presence(const Context& context, Transaction& transaction, Time now);

}  // namespace kms
