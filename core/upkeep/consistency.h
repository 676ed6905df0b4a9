#pragma once
// What must hold between the keys of a vault and what they name: `vault check` asks.
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/store/store.h"

namespace kms {

// What does not hold, in a sentence each, which names the key and says what to do: of sets of keys (KeySet), of key
// material that is listed and not stored, of aliases, of the number of keys, and of the index of what falls due. Reads
// all keys, aliases and that index.
// Records that cannot be read are no concern of it: the vault's own check lists them.
std::vector<std::string> find_violations(const Transaction& transaction, Time now);

}  // namespace kms
