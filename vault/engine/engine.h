#pragma once
// Ordered bytes with transactions: all that a vault asks of what lies under it. No engine sees a name or a value: keys
// are blinded and values sealed above (vault/sealed).
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "core/base/bytes.h"
#include "core/store/store.h"

namespace kms::vault {

// Walks the records in byte order of their keys. Belongs to its transaction, which outlives it; a change made through
// the transaction ends it.
class Cursor {
 public:
  virtual ~Cursor() = default;
  virtual bool first() = 0;
  virtual bool seek(ByteView key) = 0;  // the first record not before `key`
  virtual bool next() = 0;
  virtual bool previous() = 0;
  virtual bool last() = 0;
  virtual const Bytes& key() const = 0;
  virtual Bytes value() const = 0;
  virtual Bytes front_of_value(std::size_t most) const = 0;  // its first bytes, where it has more
};

inline constexpr std::size_t kMostValueBytes = std::size_t{64} << 20U;  // more is neither written nor read

// A consistent view. Belongs to one thread. Destroying it without commit() rolls it back.
class EngineTransaction {
 public:
  virtual ~EngineTransaction() = default;
  // A number for what it sees, without its own changes: one more with each commit of anybody.
  virtual std::uint64_t snapshot() const = 0;
  virtual std::optional<Bytes> get(ByteView key) const = 0;
  // False, and nothing is changed, when the key is there.
  virtual bool insert(ByteView key, ByteView value) = 0;
  virtual void put(ByteView key, ByteView value) = 0;
  virtual bool erase(ByteView key) = 0;  // whether it was there
  virtual std::unique_ptr<Cursor> cursor() const = 0;
  // Ends it. When it throws, nothing is changed.
  [[nodiscard]] virtual Commit commit() = 0;
  virtual void abort() = 0;
};

// Thread-safe. An engine whose writers wait for each other begins one that writes at a time.
class Engine {
 public:
  virtual ~Engine() = default;
  virtual std::unique_ptr<EngineTransaction> begin(Access access) = 0;
};

}  // namespace kms::vault
