#pragma once
// The storage seam, narrow on purpose: vault/ implements it over files, tests over maps, and a store that several
// machines share can. A record lies in a collection ("alias/111122223333/us-east-1") under an item ("alias/app").
// Neither name is readable where a vault keeps them.
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/secret_bytes.h"
#include "core/store/memo.h"
#include "formats/merkle_tile.h"
#include "formats/merkle_tree.h"

namespace kms {

enum class Access : std::uint8_t { kRead, kWrite };

// What became of what a caller asked a store to make durable. A failure that is none of these (a full disk) is thrown,
// and nothing was done then.
enum class Commit : std::uint8_t {
  kDone,
  kConflict,  // nothing was done: others changed what the transaction had read. From the start again.
  kStale,     // nothing was done: it answered from memory that was out of date by then. From the start again.
  kUnknown,   // it was done, or not: the store lost sight of it. Whether it was, its event in the trail tells.
};

// Whether a commit that others stand in the way of waits for them.
enum class Patience : std::uint8_t { kWait, kNone };

// Where the answers of a transaction came from, for a store whose memory may be out of date: scopes
// (core/store/scope.h) with their generations. Empty where the store needs none.
using Seen = std::vector<std::pair<std::uint64_t, std::uint64_t>>;

// A consistent view of the records. Belongs to one thread, and ends before its store. Destroying it without commit()
// rolls it back. Callers run again from the start where a commit says so: what a transaction hands out is a copy.
class Transaction {
 public:
  // Returns whether to go on.
  using Visit = std::function<bool(std::string_view item, std::string_view value)>;
  using VisitLog = std::function<bool(std::uint64_t number, std::string_view value)>;

  virtual ~Transaction() = default;

  virtual std::optional<std::string> get(std::string_view collection, std::string_view item) const = 0;
  virtual void put(std::string_view collection, std::string_view item, std::string_view value) = 0;
  // The same, for what changes all the time and nothing is remembered of: see remembered().
  virtual void put_unremembered(std::string_view collection, std::string_view item, std::string_view value) = 0;
  // Erasing what is not there is no error. Erases a secret as well: gone from view, and final with the next destroy().
  virtual void erase(std::string_view collection, std::string_view item) = 0;
  // Visits the records of the collection in an order of the store's own, from the first one after `after`, which need
  // not be there: what is added or erased meanwhile moves no other. Costs what is visited. `visit` reads through this
  // transaction and writes nothing.
  virtual void scan(std::string_view collection, std::string_view after, const Visit& visit) const = 0;
  // Names the order of scan(): it lasts until a credential is revoked.
  virtual std::string order() const = 0;

  // Key material. It is kept under a key of its own, so that destroying it can be final, and never passes through a
  // std::string. A collection holds either records or secrets.
  virtual std::optional<SecretBytes> get_secret(std::string_view collection, std::string_view item) const = 0;
  virtual void put_secret(std::string_view collection, std::string_view item, const SecretBytes& value) = 0;
  // Names the secrets of a collection, in no order.
  virtual void scan_secrets(std::string_view collection,
                            const std::function<void(std::string_view item)>& visit) const = 0;
  // Erases a secret for good: once this is committed, nobody opens any copy of it, in no older state of the store. The
  // commit may have to wait until others let go of the store.
  virtual void destroy(std::string_view collection, std::string_view item) = 0;

  // A log: records numbered from 0 without a gap.
  virtual void append(std::string_view log, std::string_view value) = 0;
  virtual std::uint64_t log_size(std::string_view log) const = 0;
  virtual void read_log(std::string_view log, std::uint64_t from, const VisitLog& visit) const = 0;
  // The Merkle tree over the entries of a log, which grows with it in the same commit. As the transaction found it:
  // what it appended itself is not in it.
  virtual formats::MerkleFrontier log_tree(std::string_view log) const = 0;
  // A tile of it: fewer than 256 hashes at its edge, none beyond, and none of level 0 before log_begin().
  virtual Bytes log_tile(std::string_view log, const formats::MerkleTile& tile) const = 0;

  // The number of the first entry that is still there, a multiple of 256: 0 until entries were pruned. A read_log()
  // from before it begins there.
  virtual std::uint64_t log_begin(std::string_view log) const = 0;
  // Where the log would begin if what is before `before` were pruned: there or earlier, since a store prunes whole
  // pieces, and keeps the newest 256 entries at the least.
  virtual std::uint64_t prunable(std::string_view log, std::uint64_t before) const = 0;
  // Erases the entries before prunable(), for good; answers that. Their hashes stay in the tree: its root and all
  // proofs about later entries are what they were.
  virtual std::uint64_t prune(std::string_view log, std::uint64_t before) = 0;

  // kDone: durable. Without patience, ConflictException where others would have to let go of the store first.
  [[nodiscard]] Commit commit(Patience patience = Patience::kWait);
  // `told` is called by commit() with what became of the transaction, once: kDone; or kUnknown, also where the commit
  // throws. Not where nothing was done, nor without a commit. It throws nothing, and begins no transaction.
  void on_commit(std::function<void(Commit)> told) { told_.push_back(std::move(told)); }

  virtual Seen seen() const { return {}; }

  // What `make` derives from the records, or what it made of the same records before, in any thread: until a commit
  // changes a scope (core/store/scope.h) that it read, other than by put_unremembered(). Made from changes of this
  // transaction it is not remembered. `make` reads through this transaction only, and all of it:
  // what was read before and only used there drops nothing. It answers a T; or an optional T, and
  // then nothing is remembered of what is not there, and the answer is null: names that somebody made up take no room.
  template <class T, class Make>
  std::shared_ptr<const T> remembered(const Memo<T>& memo, std::initializer_list<std::string_view> parts,
                                      const Make& make) const {
    return std::static_pointer_cast<const T>(remember(memo.key(parts), [&]() -> std::shared_ptr<const void> {
      auto made = make();
      if constexpr (std::is_same_v<decltype(made), T>) {
        return std::make_shared<const T>(std::move(made));
      } else {
        if (!made) return nullptr;
        return std::make_shared<const T>(*std::move(made));
      }
    }));
  }

 protected:
  using MakeAny = std::function<std::shared_ptr<const void>()>;
  [[nodiscard]] virtual Commit commit_changes(Patience patience) = 0;
  // `key` belongs to a Memo and so to one type. Null is not kept.
  virtual std::shared_ptr<const void> remember(const std::string& /*key*/, const MakeAny& make) const { return make(); }

 private:
  void tell(Commit outcome);
  std::vector<std::function<void(Commit)>> told_;
};

// What a call leaves behind that nothing remembered is made of: a record of a log, or an unremembered one.
struct SideRecord {
  std::string collection;  // or the log
  std::string item;        // empty: a record of a log
  std::string value;
};
// The same, in memory that somebody else owns.
struct SideRecordView {
  SideRecordView(const SideRecord& record)  // NOLINT(google-explicit-constructor): as of a string
      : collection(record.collection), item(record.item), value(record.value) {}
  SideRecordView(std::string_view of_collection, std::string_view of_item, std::string_view of_value)
      : collection(of_collection), item(of_item), value(of_value) {}
  std::string_view collection;
  std::string_view item;
  std::string_view value;
};
void add(Transaction& transaction, const SideRecordView& record);

// Thread-safe; each transaction belongs to the thread that began it.
class Store {
 public:
  virtual ~Store() = default;
  virtual std::unique_ptr<Transaction> begin(Access access) = 0;

  // The records are durable when it answers kDone, all or none: as by a transaction that adds them and commits, for
  // less where a store can. Transactions that write see them at once, those that read at the latest when they begin
  // after flush(). kStale where what was `seen` is out of date; never kConflict.
  [[nodiscard]] virtual Commit append_durably(std::span<const SideRecord> records, const Seen& seen);
  virtual void flush() {}
  // Whether append_durably() may answer kStale: callers keep what they need to run again.
  virtual bool may_be_stale() const { return false; }
};

}  // namespace kms
