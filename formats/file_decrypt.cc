#include <algorithm>
#include <optional>

#include "core/base/text.h"
#include "formats/envelope_frames.h"
#include "formats/envelope_keys.h"
#include "formats/envelope_signature.h"
#include "formats/file_stream.h"
#include "formats/frame_batch.h"
#include "formats/ordered_workers.h"

namespace kms::formats {
namespace {

constexpr std::size_t kFirstRead = 4096;

[[noreturn]] void refuse_file(const std::string& message) {
  throw Error(ErrorCode::kInvalidCiphertext, message);
}

[[noreturn]] void refuse_frame(std::uint64_t sequence) {
  refuse_file(cat("frame ", std::to_string(sequence), " is damaged"));
}

// The input, with what was read too far put back in front of it.
class Source {
 public:
  explicit Source(const ReadFn& read) : read_(read) {}

  std::size_t read(MutableBytes out) {
    const std::size_t kept = std::min(out.size(), kept_.size() - taken_);
    std::copy_n(kept_.begin() + static_cast<std::ptrdiff_t>(taken_), kept, out.begin());
    taken_ += kept;
    if (kept == out.size() || ended_) return kept;
    const std::size_t got = read_(out.subspan(kept));
    ended_ = got < out.size() - kept;
    return kept + got;
  }
  void read_all(MutableBytes out) {
    if (read(out) < out.size()) refuse_file("the file is truncated");
  }
  void put_back(ByteView bytes) {
    Bytes kept = to_bytes(bytes);
    kept.insert(kept.end(), kept_.begin() + static_cast<std::ptrdiff_t>(taken_), kept_.end());
    kept_ = std::move(kept);
    taken_ = 0;
  }
  void require_end() {
    std::uint8_t byte = 0;
    if (read({&byte, 1}) != 0) refuse_file("the file goes on after its end");
  }

 private:
  const ReadFn& read_;
  Bytes kept_;
  std::size_t taken_ = 0;
  bool ended_ = false;
};

ParsedHeader read_header(Source& source, const EnvelopeLimits& limits) {
  Bytes start;
  while (true) {
    const std::size_t had = start.size();
    start.resize(had == 0 ? kFirstRead : had * 2);
    const std::size_t got = source.read(MutableBytes(start).subspan(had));
    const bool ended = had + got < start.size();
    start.resize(had + got);
    if (start.empty()) refuse_file("the file is empty");
    if (auto parsed = parse_header(start, limits)) {
      source.put_back(ByteView(start).subspan(parsed->bytes.size()));
      return std::move(*parsed);
    }
    if (ended) refuse_file("the file is truncated");
  }
}

// The footer and the end of input, once the body was read.
class Ending {
 public:
  explicit Ending(const EnvelopeHeader& header) {
    if (header.suite->signature) verifier_.emplace(*header.suite->signature, header.context);
  }
  void update(ByteView bytes) {
    if (verifier_) verifier_->update(bytes);
  }
  void check(Source& source) {
    if (!verifier_) return source.require_end();
    Bytes size(2);
    source.read_all(size);
    Bytes signature(ByteReader(size, ErrorCode::kInvalidCiphertext, "").u16());
    source.read_all(signature);
    source.require_end();
    if (!verifier_->verify(signature)) refuse_file("the signature does not belong to the file");
  }

 private:
  std::optional<EnvelopeVerifier> verifier_;
};

// Frames are opened in place, batch by batch, and written in order. The last batch waits for the ending.
class BodyReader {
 public:
  BodyReader(Source& source, const WriteFn& write, Ending& ending, const EnvelopeHeader& header,
             const MessageKeys& keys, std::size_t threads)
      : source_(source),
        write_(write),
        ending_(ending),
        layout_(header.frame_length),
        batches_(threads + 1),
        workers_(threads, batches_.size(),
                 [this](std::size_t worker, std::size_t slot) { open(openers_.at(worker), batches_.at(slot)); }) {
    for (std::size_t i = 0; i < threads; ++i) openers_.emplace_back(keys.make_cipher(), header.message_id);
  }

  std::uint64_t run() {
    bool last = false;
    while (!last) {
      if (next_ - written_ == batches_.size()) write_oldest();
      FrameBatch& current = batch(next_);
      fill(current);
      last = current.has_final;
      workers_.submit(next_ % batches_.size());
      ++next_;
    }
    while (written_ + 1 < next_) write_oldest();
    workers_.wait(written_ % batches_.size());  // a damaged frame is a better answer than a wrong signature
    ending_.check(source_);
    write_oldest();
    return plaintext_size_;
  }

 private:
  FrameBatch& batch(std::size_t number) { return batches_[number % batches_.size()]; }

  void fill(FrameBatch& batch) {
    batch.reserve(layout_.capacity());
    batch.first_sequence = sequence_;
    batch.regular = 0;
    batch.has_final = false;
    const std::size_t wanted = layout_.frames * layout_.stride;
    const std::size_t got = source_.read(batch.piece(0, wanted));
    std::size_t size = 0;
    while (size < wanted && !batch.has_final) {
      if (got - size < 4) refuse_file("the file is truncated");
      if (read_u32(batch.piece(size, 4)) == kFinalFrameMark) {
        size += complete_final(batch, size, got);
      } else {
        if (got - size < layout_.stride) refuse_file("the file is truncated");
        ++batch.regular;
        size += layout_.stride;
      }
    }
    sequence_ += batch.regular;
    ending_.update(batch.piece(0, size));
  }

  // The final frame begins at `offset`, and `end` is where the bytes end that were read. It may be longer than a
  // regular one, and so have bytes that were not; or be followed by bytes that were. Answers its size.
  std::size_t complete_final(FrameBatch& batch, std::size_t offset, std::size_t end) {
    const std::size_t head_end = offset + kFinalFrameHeadSize;
    if (end < head_end) {
      source_.read_all(batch.piece(end, head_end - end));
      end = head_end;
    }
    batch.has_final = true;
    batch.final_size = read_u32(batch.piece(head_end - 4, 4));
    if (batch.final_size > layout_.frame) refuse_frame(batch.first_sequence + batch.regular);
    const std::size_t frame_end = offset + batch.final_size + kFinalFrameOverhead;
    if (end < frame_end) source_.read_all(batch.piece(end, frame_end - end));
    if (end > frame_end) source_.put_back(batch.piece(frame_end, end - frame_end));
    return frame_end - offset;
  }

  void open(FrameOpener& opener, FrameBatch& batch) const {
    std::uint64_t sequence = batch.first_sequence;
    for (std::size_t i = 0; i < batch.regular; ++i, ++sequence) {
      const MutableBytes frame = batch.piece(i * layout_.stride, layout_.stride);
      if (!opener.open(static_cast<std::uint32_t>(sequence), frame, regular_text(batch, i))) refuse_frame(sequence);
    }
    if (!batch.has_final) return;
    const MutableBytes frame = batch.piece(batch.regular * layout_.stride, batch.final_size + kFinalFrameOverhead);
    if (!opener.open_final(static_cast<std::uint32_t>(sequence), frame, final_text(batch))) refuse_frame(sequence);
  }

  void write_oldest() {
    workers_.wait(written_ % batches_.size());
    FrameBatch& oldest = batch(written_);
    for (std::size_t i = 0; i < oldest.regular; ++i) emit(regular_text(oldest, i));
    if (oldest.has_final) emit(final_text(oldest));
    ++written_;
  }

  void emit(ByteView text) {
    if (!text.empty()) write_(text);
    plaintext_size_ += text.size();
  }

  MutableBytes regular_text(FrameBatch& batch, std::size_t index) const {
    return batch.piece(index * layout_.stride + kFrameHeadSize, layout_.frame);
  }
  MutableBytes final_text(FrameBatch& batch) const {
    return batch.piece(batch.regular * layout_.stride + kFinalFrameHeadSize, batch.final_size);
  }

  Source& source_;
  const WriteFn& write_;
  Ending& ending_;
  const BatchLayout layout_;
  std::vector<FrameOpener> openers_;
  std::vector<FrameBatch> batches_;
  std::uint64_t sequence_ = 1;  // of the next frame to be read
  std::uint64_t plaintext_size_ = 0;
  std::size_t next_ = 0;     // the batch to be filled
  std::size_t written_ = 0;  // batches before it were written
  OrderedWorkers workers_;   // last: ends before what its threads use
};

// A body without frames: held whole, because nothing of it may leave before its one tag is checked.
std::uint64_t read_single_piece(Source& source, const WriteFn& write, Ending& ending, FrameOpener opener,
                                std::size_t limit) {
  Bytes head(kSinglePieceHeadSize);
  source.read_all(head);
  const std::uint64_t size = read_u64(ByteView(head).subspan(crypto::kGcmIvSize));
  if (size > limit) {
    throw Error(ErrorCode::kLimitExceeded, "the file is one piece without frames, and too large to be held in memory");
  }
  FrameBatch whole;
  const std::size_t whole_size = head.size() + size + crypto::kGcmTagSize;
  whole.reserve(whole_size);
  const MutableBytes piece = whole.piece(0, whole_size);
  std::ranges::copy(head, piece.begin());
  source.read_all(piece.subspan(head.size()));
  ending.update(piece);
  const MutableBytes text = piece.subspan(head.size(), size);
  if (!opener.open_single_piece(piece, text)) refuse_file("the file is damaged");
  ending.check(source);
  if (!text.empty()) write(text);
  return size;
}

void require_readable(const EnvelopeSuite& suite, const DecryptOptions& options) {
  if (!suite.commits() && options.commitment == CommitmentPolicy::kRequireEncryptRequireDecrypt) {
    throw Error(ErrorCode::kUnsupportedOperation,
                "the file's algorithm suite does not commit to its key; to read it all the same: "
                "--commitment-policy require-encrypt-allow-decrypt");
  }
  if (suite.signature && !options.output_is_revocable) {
    throw Error(ErrorCode::kUnsupportedOperation,
                "the file is signed, and its signature comes last: decrypt it to a file, not to a stream");
  }
}

struct Contexts {
  EncryptionContext whole;
  EncryptionContext unstored;
};

Contexts join(const EncryptionContext& stored, const EncryptionContext& expected) {
  Contexts contexts{stored, {}};
  for (const auto& [name, value] : expected) {
    const auto [place, added] = contexts.whole.emplace(name, value);
    if (added) contexts.unstored.emplace(name, value);
    if (place->second != value) refuse_file("the encryption context differs from the file's");
  }
  return contexts;
}

}  // namespace

FileSummary decrypt_stream(const ReadFn& read, const WriteFn& write, const UnwrapFn& unwrap,
                           const DecryptOptions& options) {
  Source source(read);
  ParsedHeader parsed = read_header(source, options.limits);
  const EnvelopeHeader& header = parsed.header;
  require_readable(*header.suite, options);
  require_public_key_matches(*header.suite, header.context);
  const Contexts contexts = join(header.context, options.context);
  const MessageKeys keys(*header.suite, header.message_id, unwrap(header.data_keys, contexts.whole));
  const Bytes unstored = canonical(contexts.unstored);
  keys.check_header(parsed, unstored);

  Ending ending(header);
  ending.update(parsed.bytes);
  std::uint64_t size = 0;
  if (header.framed()) {
    size = BodyReader(source, write, ending, header, keys, worker_count(options.threads)).run();
  } else {
    size = read_single_piece(source, write, ending, FrameOpener(keys.make_cipher(), header.message_id),
                             options.max_single_piece);
  }
  return {std::move(parsed.header), size};
}

}  // namespace kms::formats
