#include "vault/local/journal_batch.h"

#include <doctest/doctest.h>

#include "tests/unit/vault/vault_world.h"

using namespace kms;
using namespace kms::test;
using namespace kms::vault;

namespace {

constexpr std::size_t kVersionAt = 4;
constexpr JournalSession kSession{1, 2, 3};

Keys some_keys() {
  return {VaultId{}, 1, raw_key('r'), raw_key('a')};
}

Bytes traces_of(std::string_view value) {
  const std::vector<SideRecord> records{{"log", {}, std::string(value)}};
  return write_records(records);
}

// As kmsctl wrote it before batches had a version: four bytes of size, and an AAD without one.
Bytes batch_of_version_0(const Keys& keys, std::uint64_t number, ByteView traces, Random& random) {
  Bytes aad;
  ByteWriter(aad).text("kmsctl journal").bytes(keys.id()).u32(keys.epoch()).bytes(kSession).u64(number);
  const Bytes sealed = seal(keys.journal(), aad, traces, random);
  Bytes out;
  ByteWriter(out).text("KMSJ").u32(static_cast<std::uint32_t>(sealed.size())).u64(number).bytes(kSession).bytes(sealed);
  out.resize((out.size() + kJournalBlock - 1) / kJournalBlock * kJournalBlock);
  return out;
}

std::vector<std::string> values_in(const JournalSegment& segment) {
  std::vector<std::string> values;
  for (const JournalBatch& batch : segment.batches) {
    for (const SideRecordView& record : read_records(batch.records)) values.emplace_back(record.value);
  }
  return values;
}

Bytes operator+(Bytes first, const Bytes& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

}  // namespace

TEST_SUITE("vault/journal batch") {
  TEST_CASE("batches are written in version 1") {
    SystemRandom random;
    const Keys keys = some_keys();
    const Bytes large = traces_of(std::string(70000, 'x'));
    const Bytes batch = seal_journal_batch(keys, kSession, 7, large, random);
    CHECK(batch.at(kVersionAt) == 1);
    CHECK(batch.size() == std::size_t{18} * kJournalBlock);
    const JournalSegment read = read_journal_segment(keys, batch);
    REQUIRE(read.batches.size() == 1);
    CHECK(read.batches[0].number == 7);
    CHECK(read.batches[0].records == large);
  }

  TEST_CASE("what was written before there were versions is read") {
    SystemRandom random;
    const Keys keys = some_keys();
    const Bytes segment = batch_of_version_0(keys, 7, traces_of("a"), random) +
                          batch_of_version_0(keys, 8, traces_of(std::string(5000, 'b')), random);
    CHECK(values_in(read_journal_segment(keys, segment)) == std::vector<std::string>{"a", std::string(5000, 'b')});
  }

  TEST_CASE("the version is authenticated") {
    SystemRandom random;
    const Keys keys = some_keys();
    Bytes batch = seal_journal_batch(keys, kSession, 7, traces_of("a"), random);
    batch.at(kVersionAt) = 0;
    CHECK(read_journal_segment(keys, batch).batches.empty());
    batch = batch_of_version_0(keys, 7, traces_of("a"), random);
    batch.at(kVersionAt) = 1;
    CHECK(read_journal_segment(keys, batch).batches.empty());
  }

  TEST_CASE("a segment of a later version is refused, whatever its size means there") {
    SystemRandom random;
    const Keys keys = some_keys();
    Bytes batch = seal_journal_batch(keys, kSession, 7, traces_of("a"), random);
    for (const int version : {2, 3, 255}) {
      CAPTURE(version);
      batch.at(kVersionAt) = static_cast<std::uint8_t>(version);
      CHECK(failure_of([&] { (void)read_journal_segment(keys, batch); }) == ErrorCode::kUnsupportedOperation);
      Bytes odd = batch;
      odd.at(kVersionAt + 1) = 0xff;
      CHECK(failure_of([&] { (void)read_journal_segment(keys, odd); }) == ErrorCode::kUnsupportedOperation);
    }
  }

  TEST_CASE("what a later version has left behind the batches is left") {
    SystemRandom random;
    const Keys keys = some_keys();
    Bytes later = seal_journal_batch(keys, kSession, 8, traces_of("b"), random);
    later.at(kVersionAt) = 2;
    const Bytes segment = seal_journal_batch(keys, kSession, 7, traces_of("a"), random) + later;
    CHECK(values_in(read_journal_segment(keys, segment)) == std::vector<std::string>{"a"});
  }
}
