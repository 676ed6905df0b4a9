#pragma once
// Seals the records of a vault again under other keys, for an engine of its own: nothing that was erased comes along.
// In batches, so that memory does not grow with the vault (vault/vault.md, "Renewal").
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <utility>

#include "core/base/random.h"
#include "vault/engine/engine.h"
#include "vault/sealed/record_table.h"

namespace kms::vault {

// Belongs to one thread. Refers to the keys, which must outlive it.
class Resealing {
 public:
  // Takes each record: its key under the new keys, and what is sealed. They come in the order of the old keys, which
  // says nothing of the new ones.
  using Take = std::function<void(ByteView key, ByteView sealed)>;
  Resealing(const Keys& old_keys, const Keys& next, State before, Random& random, Take take)
      : old_keys_(old_keys), next_(next), before_(before), random_(random), take_(std::move(take)) {}

  // A record that is not to come along: it is erased or replaced by the change that asks for the renewal.
  void leave_out(std::string_view collection, std::string_view item);

  // Seals the records behind those that are sealed already, `most` of them. Whether there are more. Nothing is kept of
  // the transaction: the next batch may come from a file that was opened anew. VaultDamagedException where a record is
  // not the one that the tree has: sealed again, it would be.
  bool reseal(EngineTransaction& from, std::size_t most);
  // After the last batch: what the state of the new records begins with. VaultDamagedException when there are not as
  // many as the old state counted.
  State finish() const;
  std::uint64_t resealed() const { return records_; }

 private:
  const Keys& old_keys_;
  const Keys& next_;
  const State before_;
  Random& random_;
  const Take take_;
  std::set<Bytes> left_out_;
  std::uint64_t met_left_out_ = 0;
  std::uint64_t records_ = 0;
  std::uint64_t fingerprint_ = 0;
  Bytes last_;                               // the old key of the last record that was sealed
  std::optional<RecordPlace> last_in_tree_;  // of those that the tree has
};

}  // namespace kms::vault
