#include <algorithm>
#include <optional>
#include <string>

#include "core/base/encoding.h"
#include "core/base/text.h"
#include "core/crypto/digest.h"
#include "core/crypto/key_pair.h"
#include "formats/file_stream.h"
#include "formats/stream_pipeline.h"

namespace kms::formats {
namespace {

constexpr std::size_t kLargestWhole = std::size_t{64} << 20U;  // of a body without frames, which needs memory
constexpr const char* kTruncated = "the file is truncated";

[[noreturn]] void refuse(const std::string& message) {
  throw Error(ErrorCode::kInvalidCiphertext, message);
}

struct Frame {
  std::uint32_t number;
  bool is_final;
  std::size_t iv;  // offsets in the piece
  std::size_t ciphertext;
  std::size_t size;
};

class Piece {
 public:
  Piece(const MessageKeys& keys, ByteView message_id, const WriteFn& write, std::size_t capacity)
      : keys_(&keys), message_id_(message_id), write_(&write), capacity_(capacity) {}
  Piece(Piece&&) noexcept = default;
  Piece& operator=(Piece&&) noexcept = default;
  Piece(const Piece&) = delete;
  Piece& operator=(const Piece&) = delete;
  ~Piece() { wipe(output_); }

  Bytes& input() {
    input_.resize(capacity_);
    return input_;
  }
  std::vector<Frame>& frames() { return frames_; }

  void work() {
    if (!cipher_) cipher_.emplace(*keys_, message_id_);
    output_.resize(capacity_);
    opened_ = 0;
    for (const Frame& frame : frames_) {
      const ByteView in = input_;
      if (!cipher_->open(frame.number, frame.is_final, in.subspan(frame.iv, crypto::kGcmIvSize),
                         in.subspan(frame.ciphertext, frame.size),
                         in.subspan(frame.ciphertext + frame.size, crypto::kGcmTagSize),
                         MutableBytes(output_).subspan(opened_, frame.size))) {
        refuse(cat("frame ", std::to_string(frame.number), " of the file is damaged"));
      }
      opened_ += frame.size;
    }
  }
  void finish() {
    if (opened_ > 0) (*write_)(ByteView(output_).first(opened_));
  }

 private:
  const MessageKeys* keys_;
  ByteView message_id_;
  const WriteFn* write_;
  std::size_t capacity_;
  Bytes input_;
  Bytes output_;
  std::vector<Frame> frames_;
  std::optional<FrameCipher> cipher_;
  std::size_t opened_ = 0;
};

// Signed messages: everything before the footer is hashed as it is read.
class Source {
 public:
  Source(const ReadFn& read, const EnvelopeHeader& header) : read_(read) {
    if (!header.is_signed()) return;
    digest_.emplace(crypto::Hash::kSha384);
    digest_->update(header.body);
    digest_->update(header.tag);
  }
  std::size_t read(MutableBytes out) { return read_(out); }
  void signed_part(ByteView bytes) {
    if (digest_) digest_->update(bytes);
  }
  crypto::Digest& digest() { return digest_.value(); }
  void exactly(MutableBytes out) {
    if (read_(out) != out.size()) refuse(kTruncated);
  }

 private:
  const ReadFn& read_;
  std::optional<crypto::Digest> digest_;
};

// Cuts the frames of `buffer[0, size)`. Returns where the rest begins; sets `done` behind the final frame.
class Cutter {
 public:
  explicit Cutter(std::uint32_t frame_size) : frame_size_(frame_size) {}

  std::size_t cut(ByteView bytes, std::vector<Frame>& frames) {
    frames.clear();
    std::size_t at = 0;
    while (!done_) {
      ByteReader head(bytes.subspan(at), ErrorCode::kInvalidCiphertext, kTruncated);
      if (head.rest().size() < kRegularFrameOverhead) break;
      const bool is_final = head.u32() == kFinalFrameMarker;
      const std::size_t length = is_final ? final_length(head) : frame_size_ + kRegularFrameOverhead;
      if (length == 0 || bytes.size() - at < length) break;
      frames.push_back(frame_at(bytes, at, length, is_final));
      at += length;
      done_ = is_final;
    }
    return at;
  }
  bool done() const { return done_; }

 private:
  // 0: not enough bytes to tell.
  std::size_t final_length(ByteReader& head) const {
    constexpr std::size_t kNumberAndIv = 4 + crypto::kGcmIvSize;
    if (head.rest().size() < kNumberAndIv + 4) return 0;
    head.take(kNumberAndIv);
    const std::uint32_t size = head.u32();
    if (size > frame_size_) refuse("the final frame of the file is damaged");
    return size + kFinalFrameOverhead;
  }
  Frame frame_at(ByteView bytes, std::size_t at, std::size_t length, bool is_final) {
    ByteReader head(bytes.subspan(at), ErrorCode::kInvalidCiphertext, kTruncated);
    if (is_final) head.u32();
    if (head.u32() != next_) refuse(cat("frame ", std::to_string(next_), " of the file is missing"));
    const std::size_t iv = at + (is_final ? 8 : 4);
    const std::size_t size = length - (is_final ? kFinalFrameOverhead : kRegularFrameOverhead);
    return {next_++, is_final, iv, at + length - crypto::kGcmTagSize - size, size};
  }

  std::uint32_t frame_size_;
  std::uint32_t next_ = 1;
  bool done_ = false;
};

void require_end(Source& source, ByteView rest) {
  std::uint8_t one = 0;
  if (!rest.empty() || source.read({&one, 1}) != 0) refuse("bytes follow the end of the message");
}

void verify_footer(Source& source, const EnvelopeHeader& header, ByteView rest) {
  Bytes footer = to_bytes(rest);
  const auto need = [&](std::size_t size) {
    if (footer.size() >= size) return;
    const std::size_t before = footer.size();
    footer.resize(size);
    source.exactly(MutableBytes(footer).subspan(before));
  };
  need(2);
  const std::size_t length = (static_cast<std::size_t>(footer[0]) << 8U) | footer[1];
  need(2 + length);
  const auto point = decode_base64(header.context.at(std::string(kPublicKeyEntry)));
  const auto key = point ? crypto::KeyPair::from_public_point(crypto::KeyType::kP384, *point) : std::nullopt;
  const crypto::SignatureScheme scheme{crypto::SignatureKind::kEcdsa, crypto::Hash::kSha384};
  if (!key || !key->verify(scheme, source.digest().finish(), ByteView(footer).subspan(2, length))) {
    refuse("the signature of the file is not valid");
  }
  require_end(source, ByteView(footer).subspan(2 + length));
}

void finish_message(Source& source, const EnvelopeHeader& header, ByteView rest) {
  if (header.is_signed()) return verify_footer(source, header, rest);
  require_end(source, rest);
}

void decrypt_frames(Source& source, const WriteFn& write, const EnvelopeHeader& header, const MessageKeys& keys,
                    unsigned threads) {
  const std::size_t frame = header.frame_size + kRegularFrameOverhead;
  const std::size_t capacity = std::max<std::size_t>(1, kPieceSize / frame) * frame + kFinalFrameOverhead;
  Pipeline<Piece> pipeline(std::max(threads, 1U), [&] { return Piece(keys, header.message_id, write, capacity); });
  Cutter cutter(header.frame_size);
  Bytes rest;
  for (;;) {
    Piece& piece = pipeline.next();
    Bytes& input = piece.input();
    std::copy(rest.begin(), rest.end(), input.begin());
    const std::size_t size = rest.size() + source.read(MutableBytes(input).subspan(rest.size()));
    const std::size_t used = cutter.cut(ByteView(input).first(size), piece.frames());
    if (used == 0) refuse(kTruncated);
    source.signed_part(ByteView(input).first(used));
    rest.assign(input.begin() + static_cast<std::ptrdiff_t>(used), input.begin() + static_cast<std::ptrdiff_t>(size));
    if (cutter.done()) break;
    pipeline.start();
  }
  // What follows the final frame decides before its plaintext goes out.
  finish_message(source, header, rest);
  pipeline.run();
}

void decrypt_whole(Source& source, const WriteFn& write, const EnvelopeHeader& header, const MessageKeys& keys) {
  Bytes head(crypto::kGcmIvSize + sizeof(std::uint64_t));
  source.exactly(head);
  ByteReader reader(head, ErrorCode::kInvalidCiphertext, kTruncated);
  const ByteView iv = reader.take(crypto::kGcmIvSize);
  const std::uint64_t size = reader.u64();
  if (size > kLargestWhole) refuse("the file is one block of more than 64 MiB");
  Bytes body(static_cast<std::size_t>(size) + crypto::kGcmTagSize);
  source.exactly(body);
  source.signed_part(head);
  source.signed_part(body);
  Bytes plaintext(static_cast<std::size_t>(size));
  if (!FrameCipher(keys, header.message_id)
           .open_whole(iv, ByteView(body).first(plaintext.size()), ByteView(body).last(crypto::kGcmTagSize),
                       plaintext)) {
    refuse("the file is damaged");
  }
  finish_message(source, header, {});
  write(plaintext);
  wipe(plaintext);
}

}  // namespace

void decrypt_stream(const ReadFn& read, const WriteFn& write, const UnwrapFn& unwrap, const DecryptOptions& options) {
  const EnvelopeHeader header = read_header(read);
  if (header.is_signed() && !options.output_is_revocable) {
    throw Error(ErrorCode::kUnsupportedOperation,
                "the file is signed, and its signature stands at the end: decrypt it to a file, not to a stream");
  }
  const MessageKeys keys = authenticate_header(header, unwrap(header.keys, header.context));
  Source source(read, header);
  if (header.framed) return decrypt_frames(source, write, header, keys, options.threads);
  decrypt_whole(source, write, header, keys);
}

}  // namespace kms::formats
