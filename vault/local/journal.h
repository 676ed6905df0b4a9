#pragma once
// The journal of a vault: side records (core/store/store.h) that are durable and not yet among the records. One write
// and one flush of a file that is allocated already cost a third of an LMDB commit; the records get what is in it in
// bulk. Internal to vault/ (vault/vault.md, "Journal").
//
// States: not owned (another process has the lock of the file: it can be read); owned; started (write() may be called).
// A batch is taken (it has a number and a place), on its way (a lane carries it), durable (it and all before it are on
// the disk), folded (it is among the records, and its place may be used again), or given up after a failed write: then
// nothing is written until the next fold has passed over it.
//
// Lock: mutex_ guards all but the descriptors and the buffer of the lane that a thread carries; nobody holds it while
// waiting for the disk. landed_ wakes those who wait for a lane, or for the batches before theirs.
#include <array>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "core/base/file.h"
#include "vault/local/directory.h"
#include "vault/local/journal_batch.h"

namespace kms::vault {

// Writes at `offset`, and the disk has it when it returns: 0, or errno.
using DurableWrite = int (*)(int fd, ByteView bytes, std::size_t offset);
int write_durably(int fd, ByteView bytes, std::size_t offset);

class Journal {
 public:
  // Null when the directory has none and none is to be made.
  static std::unique_ptr<Journal> open(const Directory& directory, bool make, DurableWrite writer = write_durably);

  // Whether this process has it for itself, now and as long as the Journal lives. Only then may it be changed.
  [[nodiscard]] bool own();

  // What follows batch `after` and is not among the records, in order.
  std::vector<JournalBatch> read(const Keys& keys, std::uint64_t after) const;
  // All that was in it is among the records.
  void clear();

  // From here on thread-safe, and of the owner. `last` is the number of the last batch that is among the records.
  // FileException when the disk has no room for a journal.
  void start(std::uint64_t last, Random& random);
  // Durable when it returns; false, and nothing is done, when there is no room before the next fold. As many threads as
  // there are lanes wait for the disk at once.
  [[nodiscard]] bool write(const Keys& keys, std::span<const SideRecord> records, Random& random);
  bool pending() const;
  // Adds what is pending to a transaction that writes, the only one there is. Returns the number of the last batch.
  std::uint64_t fold_into(Transaction& transaction);
  void folded(std::uint64_t last);  // that transaction is committed

 private:
  struct Pending {
    std::size_t segment;
    JournalBatch batch;
  };
  struct alignas(kJournalBlock) Block {
    std::array<std::uint8_t, kJournalBlock> bytes;
  };
  // Of one thread that waits for the disk. With a file description of its own: a write that failed behind the page
  // cache is told to each description once, whoever asks.
  struct Lane {
    UniqueFd fd;  // around the page cache, where the file system can
    std::vector<Block> room;
    std::uint64_t carries = 0;  // the number of a batch until it is known whether that is durable
  };
  static constexpr std::size_t kLanes = 2;
  Journal(std::string path, UniqueFd fd, DurableWrite writer)
      : path_(std::move(path)), fd_(std::move(fd)), write_durably_(writer) {}
  UniqueFd open_lane(int flags) const;  // none, and errno
  void open_lanes();
  Lane* free_lane();
  bool gave_up(std::uint64_t number) const { return first_given_up_ <= number && number <= last_given_up_; }
  void give_up();
  bool to_be_passed_over() const { return last_folded_ < last_given_up_; }
  bool recovers() const;
  void allocate();
  void write_at(std::size_t offset, ByteView bytes);
  Bytes read_segment(std::size_t segment) const;
  bool make_place(std::size_t size);

  const std::string path_;  // for texts
  const UniqueFd fd_;
  const DurableWrite write_durably_;
  std::condition_variable landed_;  // what a lane carries
  mutable std::mutex mutex_;        // guards the following; not held while a thread waits for the disk
  std::array<Lane, kLanes> lanes_;
  JournalSession session_{};
  std::size_t segment_ = 0;
  std::size_t offset_ = 0;
  std::deque<Pending> pending_;  // on their way or durable, in order
  std::uint64_t last_taken_ = 0;
  std::uint64_t last_durable_ = 0;
  std::uint64_t last_folded_ = 0;
  // After a failed write those from the first to the last of these are given up, and the next fold passes over them.
  std::uint64_t first_given_up_ = 1;
  std::uint64_t last_given_up_ = 0;
  bool turn_wanted_ = false;  // the next batch goes into the other segment, if that is free
};

}  // namespace kms::vault
