#pragma once
// The one door. Command line, agent socket and loopback endpoint all come through here, and nothing else opens a
// transaction, authorizes, audits or turns an exception into an answer.
#include <string_view>

#include "core/base/json.h"
#include "core/service/context.h"

namespace kms {

// Answers what AWS answers: the members of the result, or {"__type": NAME, "message": TEXT}. No failure is thrown.
// `request` and the answer may hold plaintext; the front end wipes both (core/base/json.h).
// A call that fails changes nothing but the audit trail, and nothing is answered that the trail does not hold.
Json dispatch(const Context& context, const Caller& caller, std::string_view operation, const Json& request);

// For front ends that report errors by throwing: throws when `answer` is an error.
void throw_if_error(const Json& answer);

}  // namespace kms
