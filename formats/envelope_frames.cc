#include "formats/envelope_frames.h"

#include <array>
#include <span>

namespace kms::formats {
namespace {

constexpr std::string_view kRegularKind = "AWSKMSEncryptionClient Frame";
constexpr std::string_view kFinalKind = "AWSKMSEncryptionClient Final Frame";
constexpr std::string_view kSingleKind = "AWSKMSEncryptionClient Single Block";

void put(MutableBytes out, std::uint64_t value) {
  for (std::size_t i = out.size(); i > 0; --i, value >>= 8U) out[i - 1] = static_cast<std::uint8_t>(value);
}

std::uint64_t get(ByteView bytes) {
  std::uint64_t value = 0;
  for (const std::uint8_t byte : bytes) value = (value << 8U) | byte;
  return value;
}

// The frame's number: unique under the message's key, which nothing else uses but the header's tag (IV 0).
void put_iv(MutableBytes out, std::uint32_t sequence) {
  put(out.first(crypto::kGcmIvSize), sequence);
}

}  // namespace

std::uint64_t framed_body_size(std::uint64_t plaintext_size, std::uint32_t frame_length) {
  const std::uint64_t before_final = plaintext_size == 0 ? 0 : (plaintext_size - 1) / frame_length;
  return plaintext_size + before_final * kFrameOverhead + kFinalFrameOverhead;
}

std::uint32_t read_u32(ByteView bytes) {
  return static_cast<std::uint32_t>(get(bytes.first(4)));
}

std::uint64_t read_u64(ByteView bytes) {
  return get(bytes.first(8));
}

FrameBinding::FrameBinding(ByteView message_id, std::string_view kind) {
  ByteWriter(aad_).bytes(message_id).text(kind).u32(0).u64(0);
}

ByteView FrameBinding::numbered(std::uint32_t sequence, std::uint64_t length) {
  const MutableBytes numbers = MutableBytes(aad_).last(12);
  put(numbers.first(4), sequence);
  put(numbers.last(8), length);
  return aad_;
}

FrameSealer::FrameSealer(crypto::AesGcm cipher, ByteView message_id)
    : cipher_(std::move(cipher)), regular_(message_id, kRegularKind), final_(message_id, kFinalKind) {}

void FrameSealer::seal(std::uint32_t sequence, ByteView plaintext, MutableBytes out) {
  put(out.first(4), sequence);
  const MutableBytes iv = out.subspan(4, crypto::kGcmIvSize);
  put_iv(iv, sequence);
  cipher_.seal(iv, regular_.numbered(sequence, plaintext.size()), plaintext,
               out.subspan(kFrameHeadSize, plaintext.size()), out.subspan(kFrameHeadSize + plaintext.size()));
}

void FrameSealer::seal_final(std::uint32_t sequence, ByteView plaintext, MutableBytes out) {
  put(out.first(4), kFinalFrameMark);
  put(out.subspan(4, 4), sequence);
  const MutableBytes iv = out.subspan(8, crypto::kGcmIvSize);
  put_iv(iv, sequence);
  put(out.subspan(20, 4), plaintext.size());
  cipher_.seal(iv, final_.numbered(sequence, plaintext.size()), plaintext,
               out.subspan(kFinalFrameHeadSize, plaintext.size()), out.subspan(kFinalFrameHeadSize + plaintext.size()));
}

FrameOpener::FrameOpener(crypto::AesGcm cipher, ByteView message_id)
    : cipher_(std::move(cipher)),
      regular_(message_id, kRegularKind),
      final_(message_id, kFinalKind),
      single_(message_id, kSingleKind) {}

bool FrameOpener::open(std::uint32_t sequence, ByteView frame, MutableBytes out) {
  if (frame.size() < kFrameOverhead || out.size() != frame.size() - kFrameOverhead) return false;
  if (read_u32(frame) != sequence) return false;
  return cipher_.open(frame.subspan(4, crypto::kGcmIvSize), regular_.numbered(sequence, out.size()),
                      frame.subspan(kFrameHeadSize, out.size()), frame.last(crypto::kGcmTagSize), out);
}

bool FrameOpener::open_final(std::uint32_t sequence, ByteView frame, MutableBytes out) {
  if (frame.size() < kFinalFrameOverhead || out.size() != frame.size() - kFinalFrameOverhead) return false;
  if (read_u32(frame) != kFinalFrameMark || read_u32(frame.subspan(4)) != sequence) return false;
  if (read_u32(frame.subspan(20)) != out.size()) return false;
  return cipher_.open(frame.subspan(8, crypto::kGcmIvSize), final_.numbered(sequence, out.size()),
                      frame.subspan(kFinalFrameHeadSize, out.size()), frame.last(crypto::kGcmTagSize), out);
}

bool FrameOpener::open_single_piece(ByteView piece, MutableBytes out) {
  constexpr std::size_t kOverhead = kSinglePieceHeadSize + crypto::kGcmTagSize;
  if (piece.size() < kOverhead || out.size() != piece.size() - kOverhead) return false;
  if (read_u64(piece.subspan(crypto::kGcmIvSize)) != out.size()) return false;
  return cipher_.open(piece.first(crypto::kGcmIvSize), single_.numbered(1, out.size()),
                      piece.subspan(kSinglePieceHeadSize, out.size()), piece.last(crypto::kGcmTagSize), out);
}

}  // namespace kms::formats
