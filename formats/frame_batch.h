#pragma once
// A run of frames in one piece of memory: what is read, worked on and written at once.
#include <algorithm>
#include <cstdint>
#include <memory>

#include "core/base/bytes.h"

namespace kms::formats {

// The memory is not touched before its use, and what was used is wiped at the end: it held plaintext.
class FrameBatch {
 public:
  FrameBatch() = default;
  ~FrameBatch() { wipe({memory_.get(), used_}); }
  FrameBatch(const FrameBatch&) = delete;
  FrameBatch& operator=(const FrameBatch&) = delete;
  FrameBatch(FrameBatch&&) = delete;
  FrameBatch& operator=(FrameBatch&&) = delete;

  void reserve(std::size_t capacity) {
    if (memory_ != nullptr) return;
    memory_ = std::make_unique_for_overwrite<std::uint8_t[]>(capacity);
    capacity_ = capacity;
  }
  MutableBytes piece(std::size_t offset, std::size_t size) {
    used_ = std::max(used_, offset + size);
    return MutableBytes(memory_.get(), capacity_).subspan(offset, size);
  }

  std::uint64_t first_sequence = 0;
  std::size_t regular = 0;     // frames before the final one
  bool has_final = false;      // and it follows them in the memory
  std::size_t final_size = 0;  // of its plaintext

 private:
  std::unique_ptr<std::uint8_t[]> memory_;
  std::size_t capacity_ = 0;
  std::size_t used_ = 0;
};

// How a file's frames fall into batches: enough of them to make reading and handing over cheap, few enough that they
// stay in the processor's cache.
struct BatchLayout {
  explicit BatchLayout(std::uint32_t frame_size);
  std::size_t frame;   // bytes of plaintext in a regular frame
  std::size_t stride;  // bytes of a regular frame
  std::size_t frames;  // in a full batch
  std::size_t capacity() const;
};

// The number of workers for a wish, of which 0 leaves it to the machine.
std::size_t worker_count(std::size_t wish);

}  // namespace kms::formats
