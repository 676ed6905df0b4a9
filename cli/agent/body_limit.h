#pragma once
// How large a request may be, by what its operation declares.
#include <cstdint>
#include <vector>

#include "core/service/field.h"

namespace kms::agent {

// Bytes of JSON that are enough for the members with all that their bounds allow, kSmallBodyLimit at least and
// kBodyLimit at most.
std::uint64_t body_limit(const std::vector<Field>& members);

}  // namespace kms::agent
