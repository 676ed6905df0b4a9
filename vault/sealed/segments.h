#pragma once
// The segments of a vault, wherever their files are: vault/local has them in a directory.
#include <functional>
#include <memory>

#include "core/base/secret_bytes.h"
#include "vault/sealed/segment.h"

namespace kms::vault {

// Thread-safe.
class Segments {
 public:
  virtual ~Segments() = default;
  // Opens it, or knows it still; `key` is asked in the first case. VaultDamagedException, which names the file, where
  // it is missing or another one.
  virtual std::shared_ptr<const Segment> open(const SegmentPlace& place, const std::function<SecretBytes()>& key) = 0;
};

}  // namespace kms::vault
