#pragma once
// Randomness as a dependency. The only source in the product is the kernel's generator; tests bring one that repeats.
#include <string>
#include <utility>

#include "core/base/bytes.h"
#include "core/base/secret_bytes.h"

namespace kms {

class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(MutableBytes out) = 0;

  Bytes bytes(std::size_t count);
  SecretBytes secret(std::size_t count);
};

// getrandom(2): never short, never before the kernel's pool is ready. Thread-safe.
class SystemRandom final : public Random {
 public:
  void fill(MutableBytes out) override;
};

// A version 4 UUID (RFC 9562 section 5.4), as AWS forms key ids, event ids and request ids.
std::string make_uuid(Random& random);
std::pair<std::string, std::string> make_two_uuids(Random& random);  // with one call of the kernel

}  // namespace kms
