#pragma once
// The batches of the journal, as a segment of its file holds them (vault/vault.md, "Journal"). Internal to vault/.
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/random.h"
#include "core/store/store.h"
#include "vault/sealed/keys.h"

namespace kms::vault {

inline constexpr std::size_t kJournalBlock = 4096;  // a batch begins with one, so that writing it tears no other

using JournalSession = std::array<std::uint8_t, 16>;  // random, of each time that a process took the journal over

struct JournalBatch {
  std::uint64_t number = 0;
  Bytes records;  // as write_records() made them
};

struct JournalSegment {
  JournalSession session{};
  std::vector<JournalBatch> batches;
};

// LimitExceededException for a record that is too large for any batch.
Bytes write_records(std::span<const SideRecord> records);
// VaultDamagedException. They view `written`.
std::vector<SideRecordView> read_records(ByteView written);

// Whole blocks. LimitExceededException when they are too large.
Bytes seal_journal_batch(const Keys& keys, const JournalSession& session, std::uint64_t number, ByteView records,
                         Random& random);

// Whether a batch may begin here: for what need not be read else.
bool begins_journal_batch(ByteView block);

// The batches that follow one another from the start, of one session and with numbers that rise by one. What comes
// behind them is older, or was torn and never answered: that is no error. UnsupportedOperationException when a later
// version has written the segment: its events must not count as torn.
JournalSegment read_journal_segment(const Keys& keys, ByteView segment);

}  // namespace kms::vault
