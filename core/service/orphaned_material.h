#pragma once
// Making material in a custom key store so that none is forgotten there, and letting go of what was left
// (core/records/orphans.h).
#include <memory>

#include "core/keys/backend.h"
#include "core/service/operation.h"

namespace kms {

// New material for `key`, which is not stored yet. Where it is made elsewhere, null in the first run, as use_key().
std::shared_ptr<const MadeMaterial> make_for(Call& call, const Key& key);
// What the vault keeps of it, with the key. DependencyTimeoutException where it was let go of meanwhile.
void keep(Call& call, const Key& key, const MadeMaterial& made);

// Where its store is connected: destroys it there, and forgets it. Whether that was done; throws nothing. Takes as long
// as the store does, and belongs outside of any transaction.
bool destroy_orphan(const Context& context, const Orphan& orphan);
// Those in all custom key stores that nobody can still be making. How many were destroyed.
std::int32_t destroy_orphans(const Context& context, Time now);

}  // namespace kms
