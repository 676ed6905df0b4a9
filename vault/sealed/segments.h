#pragma once
// The segments of a vault, wherever their files are: vault/local has them in a directory.
#include <functional>
#include <memory>
#include <string>

#include "core/base/secret_bytes.h"
#include "vault/sealed/segment.h"

namespace kms::vault {

// The segment that was read last, for who reads of the same one again: `closed` is where the segments of the log ended.
struct ReadSegment {
  std::string log;
  std::uint64_t closed = 0;
  SegmentPlace place;
  std::shared_ptr<const Segment> segment;

  bool has(std::uint64_t entry) const { return entry >= place.first && entry - place.first < place.count; }
};

// Thread-safe.
class Segments {
 public:
  virtual ~Segments() = default;
  // Opens it, or knows it still; `key` is asked in the first case. VaultDamagedException, which names the file, where
  // it is missing or another one.
  virtual std::shared_ptr<const Segment> open(const SegmentPlace& place, const std::function<SecretBytes()>& key) = 0;
};

}  // namespace kms::vault
