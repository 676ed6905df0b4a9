#pragma once
// LMDB as an engine. Internal to vault/. Every call runs under a DamageGuard, and no view into the map leaves it:
// values are copied while the guard lives. A failure of the data file is VaultDamagedException, of the disk
// FileException, of room LimitExceededException.
#include <lmdb.h>

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "core/base/bytes.h"
#include "vault/engine/engine.h"

namespace kms::vault::lmdb {

class Txn;

// The data file of one directory. Thread-safe; transactions may run in several threads at once, one of them writing. At
// most one Env per directory in a process, and none is used after fork (lmdb.h). The file must have passed
// require_sound_metas().
class Env final : public Engine {
 public:
  // `name` is that of the file, for texts.
  Env(const std::string& directory, std::size_t map_bytes, std::string name = "data.mdb");
  // A file in the making, of which nobody else knows: it has no locks, and is on the disk only after sync(). It is
  // empty the first time. `path` leads to `fd`.
  struct InTheMaking {
    std::string path;
    int fd;
  };
  Env(const InTheMaking& file, std::size_t map_bytes, std::string name);
  ~Env() override;
  Env(const Env&) = delete;
  Env& operator=(const Env&) = delete;
  Env(Env&&) = delete;
  Env& operator=(Env&&) = delete;

  std::unique_ptr<EngineTransaction> begin(Access access) override;
  void sync();

  std::size_t used_bytes() const;
  bool has_room(std::size_t wanted) const;  // in the map
  // Makes room for so many bytes in the map. Waits some seconds until no transaction of this process is open;
  // ConflictException after that, and at once where this thread has one.
  void grow(std::size_t wanted);
  // Makes the file so much longer than what is in use that commits need not: then they cost less. Best effort, by the
  // holder of a transaction that writes.
  void reserve_file(std::size_t ahead);
  std::size_t usual_headroom() const;  // the room that a write is given
  void compact_to(int fd, const std::string& name);
  // After a commit that failed where LMDB makes it valid: no transaction begins any more, until the file is opened
  // anew.
  bool is_lost() const { return lost_; }

 private:
  friend class Txn;
  void open(const std::string& path, std::size_t map_bytes, unsigned flags);
  using Lock = std::unique_lock<std::mutex>;
  // LMDB asks that nobody looks at the map while it moves. So it moves under the lock and only when nothing is counted
  // as using it, and who is not counted looks at it under the lock.
  class Use {
   public:
    explicit Use(Env& env);
    ~Use();
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;
    Use(Use&&) = delete;
    Use& operator=(Use&&) = delete;

   private:
    Env& env_;
    const std::thread::id thread_;
  };
  // Whether it came true before patience ended, or this thread would wait for itself.
  bool wait_until(Lock& held, const std::function<bool()>& condition);
  MDB_envinfo info(const Lock& held) const;
  std::size_t used_bytes(const Lock& held) const;
  bool has_room(std::size_t wanted, const Lock& held) const;
  void move_map(std::size_t wanted, const Lock& held);
  bool grow_at_once(std::size_t wanted);
  bool follow_file();
  void learn_whether_lost();
  std::string path_;  // for texts
  MDB_env* env_ = nullptr;
  mutable std::mutex mutex_;  // guards the map and its users
  std::condition_variable map_is_free_;
  std::vector<std::thread::id> users_;  // by transactions that are open, begin or end, and by copies
  std::atomic<bool> lost_ = false;
};

class Txn final : public EngineTransaction {
 public:
  // The map of one that writes is made large enough for what is usual, unless another thread has a transaction just
  // then.
  Txn(Env& env, Access access);
  ~Txn() override;
  Txn(const Txn&) = delete;
  Txn& operator=(const Txn&) = delete;
  Txn(Txn&&) = delete;
  Txn& operator=(Txn&&) = delete;

  std::uint64_t snapshot() const override;
  std::optional<Bytes> get(ByteView key) const override;
  bool insert(ByteView key, ByteView value) override;
  void put(ByteView key, ByteView value) override;
  bool erase(ByteView key) override;
  // Behind all others, which costs least and leaves full pages. VaultDamagedException when it does not belong there.
  void append(ByteView key, ByteView value);
  std::unique_ptr<Cursor> cursor() const override;
  // kUnknown: the Env is lost.
  [[nodiscard]] Commit commit() override;
  void abort() override;

 private:
  friend class MapCursor;
  void start(unsigned flags);
  int try_to_start(unsigned flags);
  MDB_txn* live() const;
  Env& env_;
  const Access access_;
  std::optional<Env::Use> use_;
  MDB_txn* txn_ = nullptr;
  MDB_dbi dbi_ = 0;
};

// A tree whose keys do not rise is damaged: without that check a crafted one could make a walk endless.
class MapCursor final : public Cursor {
 public:
  explicit MapCursor(const Txn& txn);
  ~MapCursor() override;
  MapCursor(const MapCursor&) = delete;
  MapCursor& operator=(const MapCursor&) = delete;
  MapCursor(MapCursor&&) = delete;
  MapCursor& operator=(MapCursor&&) = delete;

  bool first() override { return move(MDB_FIRST); }
  bool seek(ByteView key) override;
  bool next() override;
  bool previous() override { return move(MDB_PREV); }
  bool last() override { return move(MDB_LAST); }
  const Bytes& key() const override { return key_; }
  Bytes value() const override;
  Bytes front_of_value(std::size_t most) const override;

 private:
  bool move(MDB_cursor_op operation, MDB_val key = {});
  MDB_cursor* cursor_ = nullptr;
  Bytes key_;
  MDB_val value_{};
};

}  // namespace kms::vault::lmdb
