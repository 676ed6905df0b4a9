#include "formats/frame_batch.h"

#include <algorithm>
#include <thread>

#include "formats/envelope_frames.h"

namespace kms::formats {
namespace {

constexpr std::size_t kBatchSize = 512U << 10U;
constexpr std::size_t kMaxWorkers = 8;

}  // namespace

BatchLayout::BatchLayout(std::uint32_t frame_size)
    : frame(frame_size), stride(frame + kFrameOverhead), frames(std::max<std::size_t>(1, kBatchSize / stride)) {}

std::size_t BatchLayout::capacity() const {
  return frames * stride + (kFinalFrameOverhead - kFrameOverhead);
}

std::size_t worker_count(std::size_t wish) {
  const std::size_t count = wish != 0 ? wish : std::thread::hardware_concurrency();
  return std::clamp<std::size_t>(count, 1, kMaxWorkers);
}

}  // namespace kms::formats
