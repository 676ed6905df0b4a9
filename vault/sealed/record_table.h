#pragma once
// The sealed records of one epoch in one transaction of an engine, and the state record that counts them.
#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/store/memory.h"
#include "core/store/store.h"
#include "vault/engine/engine.h"
#include "vault/sealed/keys.h"
#include "vault/sealed/log_tree.h"
#include "vault/sealed/record_tree.h"
#include "vault/sealed/seal.h"
#include "vault/sealed/segments.h"

namespace kms::vault {

// Of which restoration of a backup a vault comes: zero until there was one. Copies that live on side by side differ in
// it.
using Incarnation = std::array<std::uint8_t, 16>;

// What the vault knows of itself as a whole. A record that is deleted, added or put back as it once was, without the
// keys, no longer fits it.
struct State {
  std::uint64_t records = 0;                // without the state and the epoch
  std::uint64_t sequence = 0;               // of the last commit; the version of what it wrote
  std::uint64_t fingerprint = 0;            // XOR of record_print() over all records
  std::uint64_t journaled = 0;              // the number of the last batch of the journal that is in the records
  Changes changes = {};                     // of what is remembered
  std::optional<TreeTop> tree = TreeTop();  // none: a version before trees has written it
  std::uint64_t header = 0;                 // the generation of vault.hdr that was seen at the last commit
  Incarnation incarnation = {};
};

// Refers to the transaction, the keys and the segments, which must outlive it.
class RecordTable {
 public:
  // Without segments, a log of which a part was closed is read from the data file on only.
  RecordTable(EngineTransaction& txn, const Keys& keys, Random& random, Segments* segments = nullptr)
      : txn_(txn), keys_(keys), random_(random), segments_(segments) {}

  std::optional<OpenedRecord> get(std::string_view collection, std::string_view item) const;
  void put(const RecordName& name, ByteView value);
  void put_unremembered(const RecordName& name, ByteView value);
  bool erase(std::string_view collection, std::string_view item);  // whether it was there
  bool erase_unremembered(std::string_view collection, std::string_view item);
  // In the order of the blinded keys.
  void scan(std::string_view collection, std::string_view after, const Transaction::Visit& visit) const;
  void scan_secrets(std::string_view collection, const std::function<void(std::string_view item)>& visit) const;

  void append(std::string_view log, ByteView value);
  std::uint64_t log_size(std::string_view log) const;
  void read_log(std::string_view log, std::uint64_t from, const Transaction::VisitLog& visit) const;
  // The number of the first entry that is among the records; none of a log without one.
  std::optional<std::uint64_t> first_in_records(std::string_view log) const;
  // Takes the entries before `before` away from the records, where they begin with a page. What this transaction
  // appended is written by then (write_logs()).
  void erase_entries(std::string_view log, std::uint64_t before);
  Segments* segments() const { return segments_; }
  // For log_segments.h. Who changes what the records say of segments forgets it.
  std::optional<ReadSegment>& last_read() const { return last_read_; }

  // Of the records, without what the logs have, as the state has it. For who looks at all of them.
  RecordTree& tree() const;

  bool changed() const { return state_.has_value(); }
  Footprint& footprint() const { return footprint_; }

  State read_state() const;  // VaultDamagedException when there is none
  void start_state(State state) { state_ = state; }
  void set_journaled(std::uint64_t batch) { state().journaled = batch; }
  void set_header(std::uint64_t generation) { state().header = generation; }
  const State& changed_state() const { return *state_; }  // only when changed()
  void write_state();                                     // once, before the commit of a change
  // Of logs, what was appended until now, with their trees: before others read the records in the transaction.
  void write_logs();

 private:
  using VisitRecord = std::function<bool(const OpenedRecord&)>;
  void scan_kind(std::string_view collection, std::string_view after, RecordKind kind, const VisitRecord& visit) const;
  State& state();
  std::optional<TreeEntry> first_listed(ByteView start, bool behind) const;
  void require_listed(ByteView key, const std::optional<Bytes>& sealed) const;
  struct Log {
    Bytes prefix;
    std::uint64_t size;  // with what is in the page
    Bytes page;          // not written yet
    std::uint64_t page_start;
    TreeGrowth tree;
  };
  void write_page(std::string_view name, Log& log);
  void put_at(const Bytes& key, const RecordName& name, ByteView value);
  void uncount(ByteView key, std::uint64_t version);
  EngineTransaction& txn_;
  const Keys& keys_;
  Random& random_;
  Segments* segments_;
  std::optional<State> state_;                    // from the first change on, with what changed
  std::map<std::string, Log, std::less<>> logs_;  // those that this transaction appended to
  mutable Footprint footprint_;
  mutable std::optional<ReadSegment> last_read_;
  mutable std::optional<RecordTree> tree_;  // once a record was asked for
};

}  // namespace kms::vault
