#pragma once
// The storage seam, narrow on purpose: vault/ implements it over LMDB, tests over a map. A record lies in a collection
// ("alias/111122223333/us-east-1") under an item ("alias/app"). Neither name is readable where a vault keeps them.
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

#include "core/base/secret_bytes.h"
#include "core/store/memo.h"

namespace kms {

enum class Access : std::uint8_t {
  kRead,
  kWrite,
  kExclusive,     // a write while nobody else has the store open: for what has to be final, as destroying a secret
  kExclusiveNow,  // the same, and ConflictException at once when somebody else has it open
};

// A consistent view of the records. Belongs to one thread. Destroying it without commit() rolls it back.
class Transaction {
 public:
  // Returns whether to go on.
  using Visit = std::function<bool(std::string_view item, std::string_view value)>;
  using VisitLog = std::function<bool(std::uint64_t number, std::string_view value)>;

  virtual ~Transaction() = default;

  virtual std::optional<std::string> get(std::string_view collection, std::string_view item) const = 0;
  virtual void put(std::string_view collection, std::string_view item, std::string_view value) = 0;
  // The same, for what changes all the time and nothing is remembered of: see remembered().
  virtual void note(std::string_view collection, std::string_view item, std::string_view value) {
    put(collection, item, value);
  }
  // Erasing what is not there is no error. Erases a secret as well.
  virtual void erase(std::string_view collection, std::string_view item) = 0;
  // Visits the records of the collection whose item is greater than `after`, in byte order of the items.
  virtual void scan(std::string_view collection, std::string_view after, const Visit& visit) const = 0;

  // Key material. It is kept under a key of its own, so that destroying it can be final, and never passes through a
  // std::string. A collection holds either records or secrets.
  virtual std::optional<SecretBytes> get_secret(std::string_view collection, std::string_view item) const = 0;
  virtual void put_secret(std::string_view collection, std::string_view item, const SecretBytes& value) = 0;

  // A log: records numbered from 0 without a gap. append() returns the number.
  virtual std::uint64_t append(std::string_view log, std::string_view value) = 0;
  virtual std::uint64_t log_size(std::string_view log) const = 0;
  virtual void read_log(std::string_view log, std::uint64_t from, const VisitLog& visit) const = 0;

  virtual void commit() = 0;  // durable when it returns

  // What `make` derives from the records, or what it made of the same records before, in any thread: until a record
  // changes that was not noted. Made from puts of this transaction it is not remembered. `make` reads through this
  // transaction only, and no notes. It answers a T; or an optional T, and then nothing is remembered of what is not
  // there, and the answer is null: names that somebody made up take no room.
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
  // `key` belongs to a Memo and so to one type. Null is not kept.
  virtual std::shared_ptr<const void> remember(const std::string& /*key*/, const MakeAny& make) const { return make(); }
};

// What a call leaves behind that nothing remembered is made of: a record of a log, or a note.
struct Trace {
  std::string collection;  // or the log
  std::string item;        // empty: a record of a log
  std::string value;
};
// The same, in memory that somebody else owns.
struct TraceView {
  TraceView(const Trace& trace)  // NOLINT(google-explicit-constructor): as of a string
      : collection(trace.collection), item(trace.item), value(trace.value) {}
  TraceView(std::string_view of_collection, std::string_view of_item, std::string_view of_value)
      : collection(of_collection), item(of_item), value(of_value) {}
  std::string_view collection;
  std::string_view item;
  std::string_view value;
};
void add_trace(Transaction& transaction, const TraceView& trace);

class Store {
 public:
  virtual ~Store() = default;
  virtual std::unique_ptr<Transaction> begin(Access access) = 0;

  // The traces are durable when it returns, all or none: as by a transaction that adds them and commits, for less where
  // a store can. Transactions that write see them at once, those that read at the latest when they begin after
  // settle().
  virtual void leave(std::span<const Trace> traces);
  virtual void settle() {}
};

}  // namespace kms
