#pragma once
// LMDB in RAII. Internal to vault/. Every call runs under a DamageGuard, and no view into the map leaves it: values are
// copied while the guard lives. A failure of the data file is VaultDamagedException, of the disk FileException, of room
// LimitExceededException.
#include <lmdb.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "core/base/bytes.h"

namespace kms::vault::lmdb {

class Txn;

// The data file of one directory. Transactions may run in several threads at once, one of them writing; at most one Env
// per directory in a process, and none is used after fork (lmdb.h). The file must have passed require_sound_metas().
class Env {
 public:
  // `name` is that of the file, for texts.
  Env(const std::string& directory, std::size_t map_bytes, std::string name = "data.mdb");
  ~Env();
  Env(const Env&) = delete;
  Env& operator=(const Env&) = delete;
  Env(Env&&) = delete;
  Env& operator=(Env&&) = delete;

  std::size_t used_bytes() const;
  bool has_room(std::size_t wanted) const;  // in the map
  // Only while no transaction of this process is open.
  void grow(std::size_t wanted);
  // Makes the file so much longer than what is in use that commits need not: then they cost less. Best effort, by the
  // holder of a transaction that writes.
  void reserve_file(std::size_t ahead);
  // The room that a usual write is given, and that a renewal of every record needs.
  std::size_t usual_headroom() const;
  std::size_t rewrite_headroom() const;
  void compact_to(int fd, const std::string& name);
  // After a commit that failed where LMDB makes it valid: no transaction begins any more, until the file is opened
  // anew.
  bool is_lost() const { return lost_; }

 private:
  friend class Txn;
  MDB_envinfo info() const;
  void learn_whether_lost();
  std::string path_;  // for texts
  MDB_env* env_ = nullptr;
  std::atomic<int> open_transactions_ = 0;
  std::atomic<bool> lost_ = false;
};

class Txn {
 public:
  explicit Txn(Env& env);               // reads
  Txn(Env& env, std::size_t headroom);  // writes; the map is made large enough for so many more bytes
  ~Txn();
  Txn(const Txn&) = delete;
  Txn& operator=(const Txn&) = delete;
  Txn(Txn&&) = delete;
  Txn& operator=(Txn&&) = delete;

  std::uint64_t id() const;  // LMDB's: of the last commit that it sees, or of its own
  std::optional<Bytes> get(ByteView key) const;
  // False, and nothing is changed, when the key is there.
  bool insert(ByteView key, ByteView value);
  void put(ByteView key, ByteView value);
  bool erase(ByteView key);
  // Durable when it returns. When it throws, nothing is changed, or the Env is lost and nobody knows.
  void commit();
  void abort();

 private:
  friend class Cursor;
  void start(unsigned flags);
  MDB_txn* live() const;
  void finish();
  Env& env_;
  MDB_txn* txn_ = nullptr;
  MDB_dbi dbi_ = 0;
};

// Walks the records in byte order of their keys. A tree whose keys do not rise is damaged: without that check a crafted
// one could make a walk endless.
class Cursor {
 public:
  explicit Cursor(const Txn& txn);
  ~Cursor();
  Cursor(const Cursor&) = delete;
  Cursor& operator=(const Cursor&) = delete;
  Cursor(Cursor&&) = delete;
  Cursor& operator=(Cursor&&) = delete;

  bool first() { return move(MDB_FIRST); }
  bool seek(ByteView key);  // the first record not before `key`
  bool next();
  bool previous() { return move(MDB_PREV); }
  bool last() { return move(MDB_LAST); }
  const Bytes& key() const { return key_; }
  Bytes value() const;

 private:
  bool move(MDB_cursor_op operation, MDB_val key = {});
  MDB_cursor* cursor_ = nullptr;
  Bytes key_;
  MDB_val value_{};
};

}  // namespace kms::vault::lmdb
