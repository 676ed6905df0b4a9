#include <algorithm>
#include <optional>

#include "formats/file_stream.h"
#include "formats/stream_pipeline.h"

namespace kms::formats {
namespace {

constexpr std::size_t kFramesInPiece = kPieceSize / kFrameSize;

// Plaintext of up to kFramesInPiece frames, and one byte more, which tells whether the piece is the last.
class Piece {
 public:
  Piece(const MessageKeys& keys, ByteView message_id, const WriteFn& write)
      : keys_(&keys), message_id_(message_id), write_(&write), input_(kPieceSize + 1) {}
  Piece(Piece&&) noexcept = default;
  Piece& operator=(Piece&&) noexcept = default;
  Piece(const Piece&) = delete;
  Piece& operator=(const Piece&) = delete;
  ~Piece() { wipe(input_); }

  MutableBytes input() { return input_; }
  void describe(std::uint32_t first_frame, std::size_t size, bool is_last) {
    first_frame_ = first_frame;
    size_ = size;
    is_last_ = is_last;
  }

  void work() {
    if (!cipher_) cipher_.emplace(*keys_, message_id_);
    output_.resize(kFramesInPiece * (kFrameSize + kRegularFrameOverhead) + kFinalFrameOverhead);
    std::size_t taken = 0;
    sealed_ = 0;
    std::uint32_t frame = first_frame_;
    do {  // an empty file is one empty frame
      const std::size_t count = std::min<std::size_t>(kFrameSize, size_ - taken);
      const bool is_final = is_last_ && taken + count == size_;
      sealed_ += cipher_->seal(frame++, is_final, ByteView(input_).subspan(taken, count),
                               MutableBytes(output_).subspan(sealed_));
      taken += count;
    } while (taken < size_);
  }
  void finish() { (*write_)(ByteView(output_).first(sealed_)); }

 private:
  const MessageKeys* keys_;
  ByteView message_id_;
  const WriteFn* write_;
  Bytes input_;
  Bytes output_;
  std::optional<FrameCipher> cipher_;
  std::uint32_t first_frame_ = 0;
  std::size_t size_ = 0;
  std::size_t sealed_ = 0;
  bool is_last_ = false;
};

std::uint32_t advance(std::uint32_t frame) {
  if (frame > kFinalFrameMarker - 2 * kFramesInPiece) {
    throw Error(ErrorCode::kLimitExceeded, "the file is too long for one message (256 TiB)");
  }
  return frame + static_cast<std::uint32_t>(kFramesInPiece);
}

}  // namespace

void encrypt_stream(const ReadFn& read, const WriteFn& write, const DataKey& key, const EncryptionContext& context,
                    Random& random, unsigned threads) {
  MessageKeys keys;
  const EnvelopeHeader header = make_header(key.plaintext, key.encrypted, context, random, keys);
  write(header.body);
  write(header.tag);
  Pipeline<Piece> pipeline(std::max(threads, 1U), [&] { return Piece(keys, header.message_id, write); });
  std::uint32_t frame = 1;
  std::size_t carried = 0;
  std::uint8_t carry = 0;
  for (;;) {
    Piece& piece = pipeline.next();
    const MutableBytes input = piece.input();
    if (carried == 1) input[0] = carry;
    const std::size_t size = carried + read(input.subspan(carried));
    const bool is_last = size <= kPieceSize;
    piece.describe(frame, std::min(size, kPieceSize), is_last);
    if (is_last) break;
    carry = input[kPieceSize];
    carried = 1;
    frame = advance(frame);
    pipeline.start();
  }
  pipeline.run();
  carry = 0;
}

}  // namespace kms::formats
