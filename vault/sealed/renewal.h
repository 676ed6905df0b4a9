#pragma once
// Seals the records of a vault again under other keys, into an engine of its own: nothing that was erased comes along.
// In batches, so that memory does not grow with the vault (vault/vault.md, "Renewal").
#include <cstddef>
#include <cstdint>
#include <set>

#include "core/base/random.h"
#include "vault/engine/engine.h"
#include "vault/sealed/record_table.h"

namespace kms::vault {

// Belongs to one thread. Refers to the keys, which must outlive it.
class Resealing {
 public:
  Resealing(const Keys& old_keys, const Keys& next, State before, Random& random)
      : old_keys_(old_keys), next_(next), before_(before), random_(random) {}

  // A record that is not to come along: it is erased or replaced by the change that asks for the renewal.
  void leave_out(std::string_view collection, std::string_view item);

  // Copies the records behind those that are copied already, `most` of them. Whether there are more. Nothing is kept of
  // either transaction: the next batch may come from files that were opened anew.
  bool copy(const EngineTransaction& from, EngineTransaction& to, std::size_t most);
  // The last batch: what the state of the new records begins with. VaultDamagedException when there are not as many as
  // the old state counted.
  State finish() const;
  std::uint64_t copied() const { return after_.records; }

 private:
  const Keys& old_keys_;
  const Keys& next_;
  const State before_;
  Random& random_;
  std::set<Bytes> left_out_;
  std::uint64_t met_left_out_ = 0;
  State after_{};
  Bytes last_;  // the key of the last record that was copied
};

}  // namespace kms::vault
