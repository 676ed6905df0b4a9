// The sealed stream of a backup: what was written is read, and nothing else.
#include "formats/backup_stream.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include "core/base/error.h"
#include "core/base/text.h"
#include "tests/unit/formats/memory_streams.h"

using kms::Bytes;
using kms::ByteView;
using kms::formats::BackupStreamReader;
using kms::formats::BackupStreamWriter;
using kms::formats::kBackupChunk;

namespace {

constexpr std::size_t kSealedBackupChunk = kBackupChunk + 16;
using BackupItems = std::vector<std::pair<std::uint8_t, Bytes>>;

const kms::SecretBytes& stream_key() {
  static const kms::SecretBytes zeros(kms::formats::kBackupKeySize);
  return zeros;
}

Bytes sealed_stream(const BackupItems& items) {
  Bytes out;
  BackupStreamWriter writer(stream_key(), writing_to(out));
  for (const auto& [kind, bytes] : items) {
    const std::size_t half = bytes.size() / 2;
    writer.add(kind, ByteView(bytes).first(half), ByteView(bytes).subspan(half));
  }
  writer.finish();
  return out;
}

BackupItems read_stream(ByteView stream) {
  MemorySource source(stream);
  BackupStreamReader reader(stream_key(), source.function());
  BackupItems items;
  while (const auto item = reader.next()) items.emplace_back(item->kind, kms::to_bytes(item->bytes));
  CHECK(!source.asked_after_end());
  return items;
}

// Why it is refused; empty when it is not.
std::string refusal_of_stream(ByteView stream) {
  try {
    (void)read_stream(stream);
    return {};
  } catch (const kms::Error& error) {
    CHECK(error.code() == kms::ErrorCode::kInvalidCiphertext);
    return error.what();
  }
}

BackupItems items_of_chunks(std::size_t chunks) {
  BackupItems items;
  for (std::size_t i = 0; i < chunks; ++i) items.emplace_back(4, Bytes(kBackupChunk, static_cast<std::uint8_t>(i)));
  return items;
}

}  // namespace

TEST_SUITE("formats/backup stream") {
  TEST_CASE("items of any size are read as they were written") {
    CHECK(read_stream(sealed_stream({})).empty());
    // The end takes 45 bytes and each item 5 more: so sizes on both sides of a full chunk are among these.
    for (const std::size_t around : {kBackupChunk, 2 * kBackupChunk}) {
      for (std::size_t size = around - 60; size < around + 10; ++size) {
        const BackupItems items{{1, Bytes(size, 7)}, {2, {}}, {6, {1, 2, 3}}};
        if (read_stream(sealed_stream(items)) != items) FAIL("size " << size);
      }
    }
  }

  TEST_CASE("a chunk takes 16 bytes more than it holds, and only the last one is shorter") {
    const BackupItems items{{1, Bytes(kBackupChunk - 5 - 45, 7)}};
    CHECK(sealed_stream(items).size() == kSealedBackupChunk);
    CHECK(sealed_stream({{1, Bytes(kBackupChunk - 5 - 44, 7)}}).size() == kSealedBackupChunk + 17);
  }

  TEST_CASE("whatever is cut off is missed, at the end of a chunk too") {
    const Bytes stream = sealed_stream(items_of_chunks(3));
    for (std::size_t size = 0; size < stream.size(); size += size < 40 ? 1 : 1999) {
      if (refusal_of_stream(ByteView(stream).first(size)).empty()) FAIL("cut to " << size);
    }
    for (std::size_t chunk = 1; chunk * kSealedBackupChunk < stream.size(); ++chunk) {
      const std::string why = refusal_of_stream(ByteView(stream).first(chunk * kSealedBackupChunk));
      CHECK(why == kms::cat("the backup is damaged: it is cut off behind chunk ", std::to_string(chunk - 1), " of it"));
    }
  }

  TEST_CASE("chunks that changed places, are doubled or left out are refused") {
    const Bytes stream = sealed_stream(items_of_chunks(3));
    const auto chunk = [&](std::size_t number) {
      return ByteView(stream).subspan(number * kSealedBackupChunk, kSealedBackupChunk);
    };
    const auto row = [&](const std::vector<std::size_t>& numbers) {
      Bytes out;
      for (const std::size_t number : numbers) kms::ByteWriter(out).bytes(chunk(number));
      kms::ByteWriter(out).bytes(ByteView(stream).subspan(3 * kSealedBackupChunk));
      return out;
    };
    CHECK(row({0, 1, 2}) == stream);
    for (const auto& numbers : std::vector<std::vector<std::size_t>>{{1, 0, 2}, {0, 0, 1, 2}, {0, 2}, {0, 1, 2, 2}}) {
      CHECK(!refusal_of_stream(row(numbers)).empty());
    }
  }

  TEST_CASE("no bit can be flipped, and nothing be added") {
    const Bytes stream = sealed_stream({{1, {1, 2, 3}}, {2, {}}});
    for (std::size_t at = 0; at < stream.size(); ++at) {
      for (const unsigned bit : {0x01U, 0x80U}) {
        Bytes changed = stream;
        changed[at] = static_cast<std::uint8_t>(changed[at] ^ bit);
        if (refusal_of_stream(changed).empty()) FAIL("byte " << at);
      }
    }
    Bytes longer = stream;
    longer.push_back(0);
    CHECK(!refusal_of_stream(longer).empty());
    Bytes twice = stream;
    kms::ByteWriter(twice).bytes(stream);
    CHECK(!refusal_of_stream(twice).empty());
  }

  TEST_CASE("another key opens nothing") {
    kms::SecretBytes other(kms::formats::kBackupKeySize);
    other.reveal()[0] = 1;
    const Bytes stream = sealed_stream({{1, {1}}});
    MemorySource source(stream);
    BackupStreamReader reader(other, source.function());
    CHECK_THROWS_AS((void)reader.next(), kms::Error);
  }

  TEST_CASE("more than an item may hold is not written") {
    Bytes out;
    BackupStreamWriter writer(stream_key(), writing_to(out));
    CHECK_THROWS_AS(writer.add(1, Bytes(kms::formats::kMostBackupItem + 1)), kms::Error);
    CHECK(out.empty());
  }
}
