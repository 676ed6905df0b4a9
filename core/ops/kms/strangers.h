#pragma once
// What an event says of access that its call gave to principals of other accounts: newlyAllows in additionalEventData,
// a sorted list of their names, absent where there are none.
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/audit/event.h"
#include "core/policy/evaluate.h"

namespace kms {

// Of names sorted, each once.
void tell_newly_allowed(AuditEvent& event, const std::vector<std::string>& names);

// Of a document that `account` guards something with. `before` gives the one that was in force; it is asked for only
// where `after` lets in anybody from outside, which few do. None: nobody was let in.
using DocumentBefore = std::function<policy::SharedDocument()>;
void tell_newly_allowed(AuditEvent& event, const DocumentBefore& before, const policy::Document& after,
                        std::string_view account);

}  // namespace kms
