#pragma once
// The questions that one request asks of the policies: the operation's permission on each key that it names, on the
// alias or identity, and what its row asks besides.
#include <optional>

#include "core/service/operation.h"

namespace kms {

// Throws unless the caller, who must still be the one, may do what the request asks for. The keys that it names have
// been looked up in `call`; `by_ciphertext` is the one that a ciphertext names. Throws AccessDeniedException with the
// reason, which for a key that a ciphertext names is the same whether that is there or not; as require_current(); and
// InvalidGrantTokenException.
void authorize(Call& call, const Operation& operation, const BoundRequest& request,
               const std::optional<CiphertextKey>& by_ciphertext);

}  // namespace kms
