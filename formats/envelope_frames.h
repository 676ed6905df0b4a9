#pragma once
// The body of an AWS Encryption SDK message: frames of one length and a final frame of that length or less. Each frame
// is sealed by itself, so frames may be worked on by several threads, each with objects of its own.
#include <cstdint>

#include "core/base/bytes.h"
#include "core/crypto/aead.h"

namespace kms::formats {

inline constexpr std::uint32_t kFinalFrameMark = 0xffffffff;
inline constexpr std::size_t kFrameHeadSize = 4 + crypto::kGcmIvSize;  // sequence number, IV
inline constexpr std::size_t kFrameOverhead = kFrameHeadSize + crypto::kGcmTagSize;
inline constexpr std::size_t kFinalFrameHeadSize = 4 + 4 + crypto::kGcmIvSize + 4;  // mark, sequence number, IV, length
inline constexpr std::size_t kFinalFrameOverhead = kFinalFrameHeadSize + crypto::kGcmTagSize;
inline constexpr std::size_t kSinglePieceHeadSize = crypto::kGcmIvSize + 8;  // IV, length
inline constexpr std::uint32_t kMaxFrames = 0xffffffff;

// The size of a whole body for so much plaintext: a last frame that is full is the final frame.
std::uint64_t framed_body_size(std::uint64_t plaintext_size, std::uint32_t frame_length);

std::uint32_t read_u32(ByteView bytes);  // of at least four bytes
std::uint64_t read_u64(ByteView bytes);  // of at least eight bytes

// What a frame's tag covers beside its text: message id, kind, sequence number, length. Built once, renumbered often.
class FrameBinding {
 public:
  FrameBinding(ByteView message_id, std::string_view kind);
  ByteView numbered(std::uint32_t sequence, std::uint64_t length);

 private:
  Bytes aad_;
};

class FrameSealer {
 public:
  FrameSealer(crypto::AesGcm cipher, ByteView message_id);
  // `out` is larger than the plaintext by kFrameOverhead or kFinalFrameOverhead. The plaintext may lie in it already,
  // right where the ciphertext goes: after kFrameHeadSize or kFinalFrameHeadSize bytes.
  void seal(std::uint32_t sequence, ByteView plaintext, MutableBytes out);
  void seal_final(std::uint32_t sequence, ByteView plaintext, MutableBytes out);

 private:
  crypto::AesGcm cipher_;
  FrameBinding regular_;
  FrameBinding final_;
};

// The IV is used as it is stored: other writers count it differently, and the tag covers it. False when the frame is
// damaged or not the one of this number. `out` is smaller than the frame by its overhead and may be its middle.
class FrameOpener {
 public:
  FrameOpener(crypto::AesGcm cipher, ByteView message_id);
  [[nodiscard]] bool open(std::uint32_t sequence, ByteView frame, MutableBytes out);
  [[nodiscard]] bool open_final(std::uint32_t sequence, ByteView frame, MutableBytes out);
  // A body in one piece: IV, u64 length, ciphertext, tag.
  [[nodiscard]] bool open_single_piece(ByteView piece, MutableBytes out);

 private:
  crypto::AesGcm cipher_;
  FrameBinding regular_;
  FrameBinding final_;
  FrameBinding single_;
};

}  // namespace kms::formats
