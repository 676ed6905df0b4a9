#include <cstring>
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

// Frames are read where their ciphertext will stand, sealed in place and written batch by batch. Which frame is the
// final one shows when nothing follows, so a batch is sealed when the next one was read.
class BodyWriter {
 public:
  BodyWriter(const ReadFn& read, const WriteFn& write, const EnvelopeHeader& header, const MessageKeys& keys,
             std::size_t threads)
      : read_(read),
        write_(write),
        layout_(header.frame_length),
        batches_(threads + 2),
        workers_(threads, batches_.size(),
                 [this](std::size_t worker, std::size_t slot) { seal(sealers_.at(worker), batches_.at(slot)); }) {
    for (std::size_t i = 0; i < threads; ++i) sealers_.emplace_back(keys.make_cipher(), header.message_id);
  }

  std::uint64_t run() {
    fill(batch(0));
    while (true) {
      const bool more = !ended_ && prepare_next();
      FrameBatch& current = batch(next_);
      current.has_final = !more;
      if (!more) split_final(current);
      workers_.submit(next_ % batches_.size());
      ++next_;
      if (!more) break;
    }
    while (written_ < next_) write_oldest();
    return plaintext_size_;
  }

 private:
  FrameBatch& batch(std::size_t number) { return batches_[number % batches_.size()]; }

  // Whether the batch after the current one has anything.
  bool prepare_next() {
    if (next_ + 1 - written_ >= batches_.size()) write_oldest();
    return fill(batch(next_ + 1));
  }

  bool fill(FrameBatch& batch) {
    batch.reserve(layout_.capacity());
    batch.first_sequence = sequence_;
    batch.regular = 0;
    batch.final_size = 0;
    while (batch.regular < layout_.frames && !ended_) {
      const MutableBytes place = batch.piece(batch.regular * layout_.stride + kFrameHeadSize, layout_.frame);
      const std::size_t got = read_(place);
      plaintext_size_ += got;
      ended_ = got < place.size();
      if (ended_) {
        batch.final_size = got;
      } else {
        ++batch.regular;
      }
    }
    sequence_ += batch.regular;
    if (sequence_ > kMaxFrames) {
      throw Error(ErrorCode::kLimitExceeded, "the input has too many frames; choose a larger frame length");
    }
    return batch.regular > 0 || batch.final_size > 0;
  }

  // The final frame: what came after the last full one, or that one itself. Its longer head moves its text.
  void split_final(FrameBatch& batch) const {
    if (batch.final_size == 0 && batch.regular > 0) {
      --batch.regular;
      batch.final_size = layout_.frame;
    }
    const std::size_t offset = batch.regular * layout_.stride;
    const MutableBytes frame = batch.piece(offset, batch.final_size + kFinalFrameOverhead);
    std::memmove(frame.data() + kFinalFrameHeadSize, frame.data() + kFrameHeadSize, batch.final_size);
  }

  void seal(FrameSealer& sealer, FrameBatch& batch) const {
    auto sequence = static_cast<std::uint32_t>(batch.first_sequence);
    for (std::size_t i = 0; i < batch.regular; ++i, ++sequence) {
      const MutableBytes frame = batch.piece(i * layout_.stride, layout_.stride);
      sealer.seal(sequence, frame.subspan(kFrameHeadSize, layout_.frame), frame);
    }
    if (!batch.has_final) return;
    const MutableBytes frame = batch.piece(batch.regular * layout_.stride, batch.final_size + kFinalFrameOverhead);
    sealer.seal_final(sequence, frame.subspan(kFinalFrameHeadSize, batch.final_size), frame);
  }

  void write_oldest() {
    workers_.wait(written_ % batches_.size());
    FrameBatch& oldest = batch(written_);
    const std::size_t final_size = oldest.has_final ? oldest.final_size + kFinalFrameOverhead : 0;
    write_(oldest.piece(0, oldest.regular * layout_.stride + final_size));
    ++written_;
  }

  const ReadFn& read_;
  const WriteFn& write_;
  const BatchLayout layout_;
  std::vector<FrameSealer> sealers_;
  std::vector<FrameBatch> batches_;
  bool ended_ = false;
  std::uint64_t sequence_ = 1;  // of the next frame to be read
  std::uint64_t plaintext_size_ = 0;
  std::size_t next_ = 0;     // the batch to be submitted
  std::size_t written_ = 0;  // batches before it were written
  OrderedWorkers workers_;   // last: ends before what its threads use
};

void require_usable(const EncryptionContext& context) {
  for (const auto& [name, value] : context) {
    if (name.starts_with(kReservedContextPrefix)) {
      throw Error(ErrorCode::kValidation, "names in the encryption context must not begin with aws-crypto-");
    }
  }
}

// `header` lacks what depends on the data key. The signer is null for an unsigned suite.
FileSummary write_message(const ReadFn& read, const WriteFn& write, EnvelopeHeader header, const DataKey& key,
                          EnvelopeSigner* signer, Random& random, std::size_t threads) {
  header.data_keys = key.encrypted;
  header.message_id = random.bytes(header.suite->message_id_size());
  const MessageKeys keys(*header.suite, header.message_id, key.plaintext);
  header.commitment = to_bytes(keys.commitment());

  const WriteFn write_signed = [&](ByteView bytes) {
    signer->update(bytes);
    write(bytes);
  };
  const WriteFn& out = signer != nullptr ? write_signed : write;
  out(keys.seal_header(*header.suite, serialise_header_body(header), {}));
  const std::uint64_t size = BodyWriter(read, out, header, keys, worker_count(threads)).run();
  if (signer != nullptr) write(signer->footer());
  return {std::move(header), size};
}

}  // namespace

FileSummary encrypt_stream(const ReadFn& read, const WriteFn& write, const DataKey& key,
                           const EncryptionContext& context, Random& random, std::size_t threads) {
  require_usable(context);
  EnvelopeHeader header;
  header.suite = &suite(kSuiteCommitting);
  header.context = context;
  header.frame_length = kDefaultFrameLength;
  return write_message(read, write, std::move(header), key, nullptr, random, threads);
}

FileSummary encrypt_stream(const ReadFn& read, const WriteFn& write, const EncryptOptions& options, const WrapFn& wrap,
                           Random& random) {
  require_usable(options.context);
  if (options.frame_length == 0 || options.frame_length > EnvelopeLimits{}.max_frame_length) {
    throw Error(ErrorCode::kValidation, "the frame length is 1 byte to 64 MiB");
  }
  EnvelopeHeader header;
  header.suite = &suite(options.sign ? kSuiteCommittingSigned : kSuiteCommitting);
  header.context = options.context;
  header.frame_length = options.frame_length;
  std::optional<EnvelopeSigner> signer;
  if (header.suite->signature) {
    signer.emplace(*header.suite->signature);
    header.context.emplace(kPublicKeyContextName, signer->public_key_text());
  }
  const DataKey key = wrap(header.context);
  return write_message(read, write, std::move(header), key, signer ? &*signer : nullptr, random, options.threads);
}

}  // namespace kms::formats
