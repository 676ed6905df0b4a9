#include "formats/file_stream.h"

#include <doctest/doctest.h>

#include "formats/envelope_frames.h"
#include "tests/unit/formats/counting_random.h"
#include "tests/unit/formats/memory_streams.h"

using namespace kms;
using namespace kms::formats;

namespace {

const EncryptionContext kStreamContext = {{"purpose", "backup"}};

using OneDataKey = std::vector<EncryptedDataKey>;

DataKey wrap(const EncryptionContext&) {
  DataKey key;
  key.plaintext = SecretBytes::copy_of(Bytes(32, 0x5a));
  key.encrypted.push_back({"aws-kms", to_bytes(as_bytes("arn:aws:kms:x")), Bytes(3, 7)});
  return key;
}

SecretBytes unwrap(const OneDataKey&, const EncryptionContext&) {
  return SecretBytes::copy_of(Bytes(32, 0x5a));
}

Bytes pattern(std::size_t size) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(i * 7 + i / 251);
  return bytes;
}

Bytes encrypt(const Bytes& plaintext, EncryptOptions options = {}) {
  if (options.context.empty()) options.context = kStreamContext;
  CountingRandom random;
  MemorySource source(plaintext);
  Bytes out;
  const FileSummary summary = encrypt_stream(source.function(), writing_to(out), options, wrap, random);
  CHECK(summary.plaintext_size == plaintext.size());
  CHECK_FALSE(source.asked_after_end());
  return out;
}

EncryptOptions with_frames(std::uint32_t length, std::size_t threads = 1) {
  EncryptOptions options;
  options.frame_length = length;
  options.threads = threads;
  return options;
}

DecryptOptions to_a_file(std::size_t threads = 1) {
  DecryptOptions options;
  options.output_is_revocable = true;
  options.threads = threads;
  return options;
}

Bytes decrypted_stream(ByteView message, const DecryptOptions& options = to_a_file()) {
  MemorySource source(message);
  Bytes out;
  const FileSummary summary = decrypt_stream(source.function(), writing_to(out), unwrap, options);
  CHECK(summary.plaintext_size == out.size());
  CHECK_FALSE(source.asked_after_end());
  return out;
}

struct Refusal {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;
  Bytes written;
};

Refusal stream_refusal(ByteView message, const DecryptOptions& options = to_a_file()) {
  MemorySource source(message);
  Refusal refused;
  try {
    decrypt_stream(source.function(), writing_to(refused.written), unwrap, options);
  } catch (const Error& error) {
    refused.code = error.code();
    refused.message = error.what();
    return refused;
  }
  FAIL("the message was taken");
  return refused;
}

// LimitExceeded is the answer to a size that a changed header states; every other change is an integrity failure.
bool is_refusal_of_damage(ErrorCode code) {
  return code == ErrorCode::kInvalidCiphertext || code == ErrorCode::kLimitExceeded;
}

void check_every_change_is_refused(Bytes message, const DecryptOptions& options) {
  for (std::size_t i = 0; i < message.size(); ++i) {
    const auto mask = static_cast<std::uint8_t>(1U << (i % 8));
    message[i] ^= mask;
    CAPTURE(i);
    CHECK(is_refusal_of_damage(stream_refusal(message, options).code));
    message[i] ^= mask;
  }
  for (std::size_t size = 0; size < message.size(); ++size) {
    CAPTURE(size);
    CHECK(stream_refusal(ByteView(message).first(size), options).code == ErrorCode::kInvalidCiphertext);
  }
  message.push_back(0);
  CHECK(stream_refusal(message, options).message == "the file goes on after its end");
}

}  // namespace

TEST_SUITE("formats/file_stream") {
  TEST_CASE("every length comes back, with one thread and with several, and has the size that the format states") {
    constexpr std::uint32_t kFrame = 64;
    const std::size_t per_batch = (512U << 10U) / (kFrame + kFrameOverhead) * kFrame;
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{63}, std::size_t{64}, std::size_t{65},
                                   std::size_t{640}, std::size_t{641}, per_batch - 1, per_batch, per_batch + 1,
                                   2 * per_batch, 5 * per_batch + 70, 7 * per_batch}) {
      for (const std::size_t threads : {std::size_t{1}, std::size_t{3}}) {
        CAPTURE(size);
        CAPTURE(threads);
        const Bytes plaintext = pattern(size);
        const Bytes message = encrypt(plaintext, with_frames(kFrame, threads));
        CHECK(message.size() == parse_header(message, {})->bytes.size() + framed_body_size(size, kFrame));
        CHECK(decrypted_stream(message, to_a_file(threads)) == plaintext);
      }
    }
  }

  TEST_CASE("the short form writes what the long one does, without its choices") {
    const Bytes plaintext = pattern(100'000);
    CountingRandom random;
    MemorySource source(plaintext);
    Bytes out;
    encrypt_stream(source.function(), writing_to(out), wrap({}), kStreamContext, random, 2);
    CHECK(out == encrypt(plaintext));
    CHECK_THROWS_AS(encrypt_stream(source.function(), writing_to(out), wrap({}), {{"aws-crypto-x", ""}}, random, 2),
                    Error);
  }

  TEST_CASE("the number of threads does not change a byte") {
    const Bytes plaintext = pattern(3'000'000);
    CHECK(encrypt(plaintext, with_frames(65536, 1)) == encrypt(plaintext, with_frames(65536, 4)));
  }

  TEST_CASE("frames larger than a batch, and frames of one byte") {
    const Bytes plaintext = pattern(2'500'000);
    CHECK(decrypted_stream(encrypt(plaintext, with_frames(1U << 20U, 2)), to_a_file(2)) == plaintext);
    const Bytes few = pattern(5);
    CHECK(decrypted_stream(encrypt(few, with_frames(1))) == few);
  }

  TEST_CASE("a signed file comes back, and its size is known beforehand") {
    EncryptOptions options = with_frames(64);
    options.sign = true;
    for (const std::size_t size : std::initializer_list<std::size_t>{0, 64, 1000}) {
      const Bytes plaintext = pattern(size);
      const Bytes message = encrypt(plaintext, options);
      const auto parsed = parse_header(message, {});
      CHECK(parsed->header.suite->id == kSuiteCommittingSigned);
      CHECK(parsed->header.context.contains(std::string(kPublicKeyContextName)));
      CHECK(message.size() == parsed->bytes.size() + framed_body_size(size, 64) + 2 + 103);
      CHECK(decrypted_stream(message) == plaintext);
    }
  }

  TEST_CASE("the header is written as it is read") {
    const Bytes message = encrypt(pattern(10));
    const auto parsed = parse_header(message, {});
    REQUIRE(parsed);
    CHECK(parsed->header.context == kStreamContext);
    CHECK(parsed->header.frame_length == kDefaultFrameLength);
    CHECK(serialise_header_body(parsed->header) == to_bytes(parsed->body()));
  }

  TEST_CASE("every change to an unsigned file is refused") {
    check_every_change_is_refused(encrypt(pattern(40), with_frames(16)), to_a_file());
  }

  TEST_CASE("every change to a signed file is refused") {
    EncryptOptions options = with_frames(16);
    options.sign = true;
    check_every_change_is_refused(encrypt(pattern(20), options), to_a_file());
  }

  TEST_CASE("a damaged frame is named, and nothing of it or after it is written") {
    Bytes message = encrypt(pattern(100), with_frames(16));
    const std::size_t header = parse_header(message, {})->bytes.size();
    message[header + 2 * (16 + kFrameOverhead) + kFrameHeadSize] ^= 1;
    const Refusal refused = stream_refusal(message);
    CHECK(refused.message == "frame 3 is damaged");
    CHECK(refused.written.empty());
  }

  TEST_CASE("frames cannot change places, be left out or come from another file") {
    constexpr std::size_t kStride = 16 + kFrameOverhead;
    const Bytes message = encrypt(pattern(100), with_frames(16));
    const auto first = message.begin() + static_cast<std::ptrdiff_t>(parse_header(message, {})->bytes.size());
    const auto frame = [&](std::size_t i) { return first + static_cast<std::ptrdiff_t>(i * kStride); };
    Bytes swapped = message;
    std::swap_ranges(swapped.begin() + (frame(0) - message.begin()), swapped.begin() + (frame(1) - message.begin()),
                     swapped.begin() + (frame(1) - message.begin()));
    CHECK(stream_refusal(swapped).message == "frame 1 is damaged");
    Bytes shorter = message;
    shorter.erase(shorter.begin() + (frame(1) - message.begin()), shorter.begin() + (frame(2) - message.begin()));
    CHECK(stream_refusal(shorter).message == "frame 2 is damaged");
    Bytes cut = message;  // the final frame straight after the first
    cut.erase(cut.begin() + (frame(1) - message.begin()), cut.begin() + (frame(6) - message.begin()));
    CHECK(stream_refusal(cut).message == "frame 2 is damaged");
  }

  TEST_CASE("what is no encrypted file is told apart") {
    CHECK(stream_refusal({}).message == "the file is empty");
    CHECK(stream_refusal(as_bytes("AgR4")).message.find("base64") != std::string::npos);
    CHECK(stream_refusal(as_bytes("hello")).message == "this is not an encrypted file of a known format");
    CHECK(stream_refusal(Bytes{2, 4}).message == "the file is truncated");
  }

  TEST_CASE("another context is refused; the same one, or a part of it, is not") {
    const Bytes message = encrypt(pattern(10), [] {
      EncryptOptions options;
      options.context = {{"a", "1"}, {"b", "2"}};
      return options;
    }());
    DecryptOptions options = to_a_file();
    options.context = {{"a", "1"}};
    CHECK(decrypted_stream(message, options) == pattern(10));
    options.context = {{"a", "2"}};
    CHECK(stream_refusal(message, options).message == "the encryption context differs from the file's");
    options.context = {{"c", "3"}};
    CHECK(stream_refusal(message, options).message == "the header is damaged or the encryption context differs");
  }

  TEST_CASE("a signed file is not streamed to where it cannot be taken back") {
    EncryptOptions encrypt_options;
    encrypt_options.sign = true;
    const Bytes message = encrypt(pattern(10), encrypt_options);
    const Refusal refused = stream_refusal(message, {});
    CHECK(refused.code == ErrorCode::kUnsupportedOperation);
    CHECK(refused.written.empty());
    CHECK(decrypted_stream(encrypt(pattern(10)), {}) == pattern(10));
  }

  TEST_CASE("limits on the header hold before a key is asked for") {
    const Bytes message = encrypt(pattern(10));
    DecryptOptions options = to_a_file();
    options.limits.max_frame_length = kDefaultFrameLength - 1;
    CHECK(stream_refusal(message, options).code == ErrorCode::kLimitExceeded);
    options = to_a_file();
    options.limits.max_data_keys = 0;
    CHECK(stream_refusal(message, options).code == ErrorCode::kLimitExceeded);
    options = to_a_file();
    options.limits.max_header_size = 100;
    CHECK(stream_refusal(message, options).code == ErrorCode::kLimitExceeded);
  }

  TEST_CASE("unusable options are refused before anything is written") {
    CountingRandom random;
    MemorySource source({});
    Bytes out;
    EncryptOptions reserved;
    reserved.context = {{"aws-crypto-public-key", "x"}};
    CHECK_THROWS_AS(encrypt_stream(source.function(), writing_to(out), reserved, wrap, random), Error);
    for (const std::uint32_t length : {0U, (64U << 20U) + 1}) {
      CHECK_THROWS_AS(encrypt_stream(source.function(), writing_to(out), with_frames(length), wrap, random), Error);
    }
    CHECK(out.empty());
  }

  TEST_CASE("what a stream or a callback throws comes out, whatever the threads are doing") {
    struct Broken {};
    const Bytes plaintext = pattern(4'000'000);
    const Bytes message = encrypt(plaintext);
    for (const std::size_t after : std::initializer_list<std::size_t>{0, 1, 20}) {
      std::size_t calls = 0;
      const auto breaks = [&] { return calls++ == after; };
      CountingRandom random;
      MemorySource text(plaintext);
      MemorySource input(message);
      const ReadFn text_reader = text.function();
      const ReadFn message_reader = input.function();
      const ReadFn broken_text = [&](MutableBytes out) { return breaks() ? throw Broken() : text_reader(out); };
      const ReadFn broken_message = [&](MutableBytes out) { return breaks() ? throw Broken() : message_reader(out); };
      const WriteFn broken_write = [&](ByteView) {
        if (breaks()) throw Broken();
      };
      const WriteFn ignore = [](ByteView) {};
      const EncryptOptions two = with_frames(65536, 2);
      CHECK_THROWS_AS(encrypt_stream(broken_text, ignore, two, wrap, random), Broken);
      calls = 0;
      if (after < 5) CHECK_THROWS_AS(decrypt_stream(broken_message, ignore, unwrap, to_a_file(2)), Broken);
      calls = 0;
      MemorySource again(message);
      CHECK_THROWS_AS(decrypt_stream(again.function(), broken_write, unwrap, to_a_file(2)), Broken);
      calls = 0;
      MemorySource text_again(plaintext);
      if (after < 5) CHECK_THROWS_AS(encrypt_stream(text_again.function(), broken_write, two, wrap, random), Broken);
    }
    const UnwrapFn denied = [](const OneDataKey&, const EncryptionContext&) -> SecretBytes { throw Broken(); };
    MemorySource source(message);
    Bytes out;
    CHECK_THROWS_AS(decrypt_stream(source.function(), writing_to(out), denied, to_a_file()), Broken);
    CHECK(out.empty());
  }

  TEST_CASE("a wrong data key is told by the commitment") {
    const Bytes message = encrypt(pattern(10));
    MemorySource source(message);
    Bytes out;
    const UnwrapFn wrong = [](const OneDataKey&, const EncryptionContext&) {
      return SecretBytes::copy_of(Bytes(32, 1));
    };
    CHECK_THROWS_WITH(decrypt_stream(source.function(), writing_to(out), wrong, to_a_file()),
                      "the data key is not the one that the file commits to");
    CHECK(out.empty());
  }
}
