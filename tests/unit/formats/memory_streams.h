#pragma once
// Streams in memory, for what reads and writes through functions.
#include <algorithm>

#include "formats/stream.h"

// Gives the bytes, and counts as wrong to be asked again after it said that they ended. Must outlive its function.
class MemorySource {
 public:
  explicit MemorySource(kms::ByteView bytes) : rest_(bytes) {}
  kms::formats::ReadFn function() {
    return [this](kms::MutableBytes out) {
      asked_after_end_ = asked_after_end_ || ended_;
      const std::size_t count = std::min(out.size(), rest_.size());
      std::copy_n(rest_.begin(), count, out.begin());
      rest_ = rest_.subspan(count);
      ended_ = count < out.size();
      return count;
    };
  }
  bool asked_after_end() const { return asked_after_end_; }

 private:
  kms::ByteView rest_;
  bool ended_ = false;
  bool asked_after_end_ = false;
};

inline kms::formats::WriteFn writing_to(kms::Bytes& out) {
  return [&out](kms::ByteView bytes) { out.insert(out.end(), bytes.begin(), bytes.end()); };
}
