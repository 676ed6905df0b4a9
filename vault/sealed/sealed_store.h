#pragma once
// A Store of sealed records over any engine, without header, slots and files: what an engine has to be tried with
// before a vault is built on it. Its keys are who makes it's. Destroying a secret erases it: that is final where the
// engine keeps nothing of what it erased, as one in memory.
#include <memory>

#include "core/base/random.h"
#include "core/store/memory.h"
#include "core/store/store.h"
#include "vault/engine/engine.h"
#include "vault/sealed/keys.h"

namespace kms::vault {

// Thread-safe as far as the engine is. Engine and random outlive it.
class SealedStore final : public Store {
 public:
  // Writes the state of an empty store where the engine has none.
  SealedStore(Engine& engine, std::shared_ptr<const Keys> keys, Random& random);
  std::unique_ptr<Transaction> begin(Access access) override;

 private:
  Engine& engine_;
  const std::shared_ptr<const Keys> keys_;
  Random& random_;
  Memory memory_;
};

}  // namespace kms::vault
