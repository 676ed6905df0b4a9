#pragma once
// An engine without files. Its writers do not wait for each other: a commit answers kConflict when somebody else has
// committed since its transaction began, as a store does that several machines share. Thread-safe.
#include <map>
#include <memory>
#include <mutex>

#include "vault/engine/engine.h"

namespace kms::vault {

class MemoryEngine final : public Engine {
 public:
  using Records = std::map<Bytes, Bytes>;
  std::unique_ptr<EngineTransaction> begin(Access access) override;

 private:
  friend class MemoryEngineTransaction;
  std::mutex mutex_;  // guards both
  std::shared_ptr<const Records> records_ = std::make_shared<const Records>();
  std::uint64_t snapshot_ = 0;
};

}  // namespace kms::vault
