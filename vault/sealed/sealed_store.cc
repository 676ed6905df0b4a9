#include "vault/sealed/sealed_store.h"

#include <utility>

#include "core/store/retry.h"
#include "vault/sealed/seal.h"
#include "vault/sealed/transaction.h"

namespace kms::vault {

SealedStore::SealedStore(Engine& engine, std::shared_ptr<const Keys> keys, Random& random)
    : engine_(engine), keys_(std::move(keys)), random_(random) {
  for (int run = 0; run < kMostRuns; ++run) {  // another store may find the engine empty at the same time
    const auto txn = engine_.begin(Access::kWrite);
    if (txn->get(state_key(*keys_))) return;
    RecordTable table(*txn, *keys_, random_);
    table.start_state({});
    table.write_state();
    const Commit outcome = txn->commit();
    if (outcome == Commit::kDone) return;
    if (outcome == Commit::kUnknown) throw_unknown_outcome();
  }
  throw_too_many_conflicts();
}

std::unique_ptr<Transaction> SealedStore::begin(Access access) {
  const auto commit = [this](VaultTransaction& ending, Patience /*patience*/) {
    RecordTable& table = ending.table();
    table.write_state();
    const std::uint64_t snapshot = ending.txn().snapshot();
    const Commit outcome = ending.txn().commit();
    if (outcome == Commit::kDone) memory_.committed(snapshot, table.footprint().changes());
    return outcome;
  };
  return std::make_unique<VaultTransaction>(engine_.begin(access), keys_, random_, access, nullptr,
                                            VaultTransaction::Hooks{commit, [] {}, &memory_});
}

}  // namespace kms::vault
