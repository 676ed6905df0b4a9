#pragma once
// The journal of a vault: traces (core/service/store.h) that are durable and not yet among the records. One write and
// one flush of a file that is allocated already cost a third of an LMDB commit; the records get what is in it in bulk.
// Internal to vault/ (vault/vault.md, "Journal").
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "core/base/file.h"
#include "vault/journal_batch.h"

namespace kms::vault {

class Journal {
 public:
  // Null when the directory has none and none is to be made.
  static std::unique_ptr<Journal> open(const std::string& directory, bool make);

  // Whether this process has it for itself, now and as long as the Journal lives. Only then may it be changed.
  [[nodiscard]] bool own();

  // What follows batch `after` and is not among the records, in order.
  std::vector<JournalBatch> read(const Keys& keys, std::uint64_t after) const;
  // All that was in it is among the records.
  void clear();

  // From here on thread-safe, and of the owner. `last` is the number of the last batch that is among the records.
  // FileException when the disk has no room for a journal.
  void start(std::uint64_t last, Random& random);
  // Durable when it returns; false, and nothing is done, when there is no room before the next fold.
  [[nodiscard]] bool write(const Keys& keys, std::span<const Trace> traces, Random& random);
  bool pending() const;
  // Adds what is pending to a transaction that writes, the only one there is. Returns the number of the last batch.
  std::uint64_t fold_into(Transaction& transaction);
  void folded(std::uint64_t last);  // that transaction is committed

 private:
  struct Pending {
    std::size_t segment;
    JournalBatch batch;
  };
  Journal(std::string path, UniqueFd fd) : path_(std::move(path)), fd_(std::move(fd)) {}
  void allocate();
  void write_at(std::size_t offset, ByteView bytes);
  Bytes read_segment(std::size_t segment) const;
  bool make_place(std::size_t size);

  const std::string path_;
  const UniqueFd fd_;
  std::mutex writing_;  // guards these; taken before pending_mutex_
  JournalSession session_{};
  std::uint64_t last_ = 0;
  std::size_t segment_ = 0;
  std::size_t offset_ = 0;
  mutable std::mutex pending_mutex_;  // guards these
  std::deque<Pending> pending_;
  std::uint64_t last_folded_ = 0;
  bool turn_wanted_ = false;  // the next batch goes into the other segment, if that is free
};

}  // namespace kms::vault
