#include "vault/engine/lmdb.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <utility>

#include "core/base/file.h"
#include "core/base/text.h"
#include "vault/engine/damage_guard.h"
#include "vault/engine/page_walker.h"

namespace kms::vault::lmdb {
namespace {

constexpr unsigned kMaxReaders = 1024;
constexpr int kMostTries = 100;
constexpr std::chrono::seconds kGrowthPatience{5};
constexpr mdb_mode_t kMode = 0600;
constexpr std::size_t kHeadroom = std::size_t{64} << 20U;

[[noreturn]] void fail(int code, const std::string& path) {
  switch (code) {
    case MDB_MAP_FULL:
    case MDB_TXN_FULL:
    case MDB_READERS_FULL:
      throw Error(ErrorCode::kLimitExceeded, cat(path, ": ", mdb_strerror(code)));
    case MDB_PANIC:
      throw Error(ErrorCode::kFile, cat(path, ": the disk failed a moment ago; nothing was done, try again"));
    case MDB_MAP_RESIZED:
      throw Error(ErrorCode::kConflict, cat(path, ": another process made the file larger; run the command again"));
    default:
      break;
  }
  if (code == ENOMEM) throw Error(ErrorCode::kLimitExceeded, cat(path, ": there is not enough memory"));
  // LMDB's code for a write that was cut short, too.
  if (code == EIO) throw Error(ErrorCode::kFile, cat(path, ": the disk failed, or has no room left"));
  if (code > 0) throw_file_error(path, code);
  throw Error(ErrorCode::kVaultDamaged, cat(path, " is damaged: ", mdb_strerror(code)));
}

void require(int code, const std::string& path) {
  if (code != MDB_SUCCESS) fail(code, path);
}

MDB_val as_val(ByteView bytes) {
  // LMDB only reads it, but its type has no const.
  return {bytes.size(), const_cast<std::uint8_t*>(bytes.data())};
}

Bytes copy_of(const MDB_val& value) {
  if (value.mv_size > kMostValueBytes)
    throw Error(ErrorCode::kVaultDamaged, "data.mdb is damaged: a value is too large");
  const auto* data = static_cast<const std::uint8_t*>(value.mv_data);
  return {data, data + value.mv_size};
}

void assertion_failed(MDB_env* /*env*/, const char* /*message*/) {
  raise(SIGABRT);  // a DamageGuard lives: it ends the process
}

}  // namespace

Env::Env(const std::string& directory, std::size_t map_bytes, std::string name) : path_(std::move(name)) {
  open(directory, map_bytes, MDB_NOTLS);
  int dead = 0;
  const DamageGuard guard;
  const int code = mdb_reader_check(env_, &dead);
  if (code == MDB_SUCCESS) return;
  mdb_env_close(env_);
  fail(code, path_);
}

Env::Env(const InTheMaking& file, std::size_t map_bytes, std::string name) : path_(std::move(name)) {
  constexpr unsigned kFlags = MDB_NOTLS | MDB_NOSUBDIR | MDB_NOLOCK | MDB_NOSYNC;
  struct stat info {};
  const bool empty = fstat(file.fd, &info) == 0 && info.st_size == 0;
  open(file.path, map_bytes, kFlags);
  if (!empty) return;
  mdb_env_close(env_);
  clear_place_flag(file.fd);
  open(file.path, map_bytes, kFlags);
}

void Env::open(const std::string& path, std::size_t map_bytes, unsigned flags) {
  const DamageGuard guard;
  require(mdb_env_create(&env_), path_);
  try {
    require(mdb_env_set_maxreaders(env_, kMaxReaders), path_);
    require(mdb_env_set_mapsize(env_, map_bytes), path_);
    require(mdb_env_set_assert(env_, assertion_failed), path_);
    require(mdb_env_open(env_, path.c_str(), flags, kMode), path_);
  } catch (...) {
    mdb_env_close(env_);
    throw;
  }
}

Env::~Env() {
  const DamageGuard guard;
  mdb_env_close(env_);
}

Env::Use::Use(Env& env) : env_(env), thread_(std::this_thread::get_id()) {
  const Lock lock(env_.mutex_);
  env_.users_.push_back(thread_);
}

Env::Use::~Use() {
  {
    const Lock lock(env_.mutex_);
    env_.users_.erase(std::find(env_.users_.begin(), env_.users_.end(), thread_));
  }
  env_.map_is_free_.notify_all();
}

bool Env::wait_until(Lock& held, const std::function<bool()>& condition) {
  if (condition()) return true;
  const bool own = std::find(users_.begin(), users_.end(), std::this_thread::get_id()) != users_.end();
  return !own && map_is_free_.wait_for(held, kGrowthPatience, condition);
}

MDB_envinfo Env::info(const Lock& /*held*/) const {
  const DamageGuard guard;
  MDB_envinfo info{};
  require(mdb_env_info(env_, &info), path_);
  return info;
}

std::size_t Env::used_bytes(const Lock& held) const {
  const DamageGuard guard;
  MDB_stat stat{};
  require(mdb_env_stat(env_, &stat), path_);
  return (info(held).me_last_pgno + 1) * stat.ms_psize;
}

std::size_t Env::used_bytes() const {
  return used_bytes(Lock(mutex_));
}

std::size_t Env::usual_headroom() const {
  return std::min(kHeadroom, info(Lock(mutex_)).me_mapsize / 2);
}

std::unique_ptr<EngineTransaction> Env::begin(Access access) {
  return std::make_unique<Txn>(*this, access);
}

void Env::compact_to(int fd, const std::string& name) {
  const Use use(*this);
  const DamageGuard guard;
  require(mdb_env_copyfd2(env_, fd, MDB_CP_COMPACT), name);
}

void Env::sync() {
  const Use use(*this);
  const DamageGuard guard;
  require(mdb_env_sync(env_, 1), path_);
}

bool Env::has_room(std::size_t wanted, const Lock& held) const {
  const std::size_t used = used_bytes(held);
  const std::size_t map = info(held).me_mapsize;
  return map >= used && map - used >= wanted;
}

bool Env::has_room(std::size_t wanted) const {
  return has_room(wanted, Lock(mutex_));
}

void Env::move_map(std::size_t wanted, const Lock& held) {
  std::size_t map = info(held).me_mapsize;
  const std::size_t needed = used_bytes(held) + wanted;
  while (map < needed) map *= 2;
  const DamageGuard guard;
  require(mdb_env_set_mapsize(env_, map), path_);
}

void Env::grow(std::size_t wanted) {
  Lock lock(mutex_);
  if (!wait_until(lock, [&] { return users_.empty(); })) fail(MDB_MAP_RESIZED, path_);
  move_map(wanted, lock);
}

// Does not wait for others: who asks has another way to go on.
bool Env::grow_at_once(std::size_t wanted) {
  const Lock lock(mutex_);
  if (!users_.empty()) return false;
  move_map(wanted, lock);
  return true;
}

// After another process made the file larger than the map. Of the threads that come upon it the first one makes the map
// larger when those transactions have ended that began before; no new one can begin until then.
bool Env::follow_file() {
  Lock lock(mutex_);
  const auto done = [&] { return has_room(0, lock); };
  if (!wait_until(lock, [&] { return users_.empty() || done(); })) return false;
  if (!done()) move_map(std::min(kHeadroom, info(lock).me_mapsize / 2), lock);
  map_is_free_.notify_all();
  return true;
}

void Env::reserve_file(std::size_t ahead) {
  mdb_filehandle_t fd = -1;
  struct stat file {};
  if (mdb_env_get_fd(env_, &fd) != MDB_SUCCESS || fstat(fd, &file) != 0) return;
  const auto size = static_cast<std::size_t>(file.st_size);
  if (size >= used_bytes() + ahead / 2) return;
  // Written, not only allocated: the first write to an unwritten extent costs the file system a journal entry too.
  static const Bytes zeros(std::size_t{1} << 16U);
  for (std::size_t at = size; at < size + ahead; at += zeros.size()) {
    if (pwrite(fd, zeros.data(), zeros.size(), static_cast<off_t>(at)) < 0) return;
  }
}

void Env::learn_whether_lost() {
  const Use use(*this);
  MDB_txn* probe = nullptr;
  const int code = mdb_txn_begin(env_, nullptr, MDB_RDONLY, &probe);
  if (code == MDB_SUCCESS) mdb_txn_abort(probe);
  if (code == MDB_PANIC) lost_ = true;
}

Txn::Txn(Env& env, Access access) : env_(env), access_(access) {
  start(access == Access::kRead ? MDB_RDONLY : 0);
  if (access == Access::kRead) return;
  // Only the holder of the writer's lock knows what is free, and only without a transaction can the map grow.
  const std::size_t headroom = env_.usual_headroom();
  for (bool grown = true; grown && !env_.has_room(headroom);) {
    abort();
    grown = env_.grow_at_once(headroom);
    start(0);
  }
}

void Txn::start(unsigned flags) {
  const DamageGuard guard;
  int code = try_to_start(flags);
  // Other processes may make the file larger again before the next try.
  for (int tries = 0; code == MDB_MAP_RESIZED && tries < kMostTries && env_.follow_file(); ++tries) {
    code = try_to_start(flags);
  }
  require(code, env_.path_);
  code = mdb_dbi_open(txn_, nullptr, 0, &dbi_);
  if (code != MDB_SUCCESS) {
    abort();
    fail(code, env_.path_);
  }
}

int Txn::try_to_start(unsigned flags) {
  use_.emplace(env_);
  const int code = mdb_txn_begin(env_.env_, nullptr, flags, &txn_);
  if (code != MDB_SUCCESS) use_.reset();
  return code;
}

Txn::~Txn() {
  abort();
}

std::uint64_t Txn::snapshot() const {
  const std::uint64_t id = mdb_txn_id(live());
  return access_ == Access::kRead ? id : id - 1;
}

MDB_txn* Txn::live() const {
  if (txn_ == nullptr) throw Error(ErrorCode::kInternal, "the transaction has ended");
  return txn_;
}

Commit Txn::commit() {
  const DamageGuard guard;
  MDB_txn* const txn = live();
  txn_ = nullptr;  // LMDB frees it whether or not it can commit
  const int code = mdb_txn_commit(txn);
  use_.reset();
  if (code == MDB_SUCCESS) return Commit::kDone;
  env_.learn_whether_lost();
  if (!env_.is_lost()) fail(code, env_.path_);
  return Commit::kUnknown;
}

void Txn::abort() {
  if (txn_ == nullptr) return;
  const DamageGuard guard;
  mdb_txn_abort(txn_);
  txn_ = nullptr;
  use_.reset();
}

std::optional<Bytes> Txn::get(ByteView key) const {
  const DamageGuard guard;
  MDB_val name = as_val(key);
  MDB_val value{};
  const int code = mdb_get(live(), dbi_, &name, &value);
  if (code == MDB_NOTFOUND) return std::nullopt;
  require(code, env_.path_);
  return copy_of(value);
}

bool Txn::insert(ByteView key, ByteView value) {
  const DamageGuard guard;
  MDB_val name = as_val(key);
  MDB_val data = as_val(value);
  const int code = mdb_put(live(), dbi_, &name, &data, MDB_NOOVERWRITE);
  if (code == MDB_KEYEXIST) return false;
  require(code, env_.path_);
  return true;
}

void Txn::put(ByteView key, ByteView value) {
  const DamageGuard guard;
  MDB_val name = as_val(key);
  MDB_val data = as_val(value);
  require(mdb_put(live(), dbi_, &name, &data, 0), env_.path_);
}

void Txn::append(ByteView key, ByteView value) {
  const DamageGuard guard;
  MDB_val name = as_val(key);
  MDB_val data = as_val(value);
  require(mdb_put(live(), dbi_, &name, &data, MDB_APPEND), env_.path_);
}

bool Txn::erase(ByteView key) {
  const DamageGuard guard;
  MDB_val name = as_val(key);
  const int code = mdb_del(live(), dbi_, &name, nullptr);
  if (code == MDB_NOTFOUND) return false;
  require(code, env_.path_);
  return true;
}

std::unique_ptr<Cursor> Txn::cursor() const {
  return std::make_unique<MapCursor>(*this);
}

MapCursor::MapCursor(const Txn& txn) {
  const DamageGuard guard;
  require(mdb_cursor_open(txn.live(), txn.dbi_, &cursor_), "data.mdb");
}

MapCursor::~MapCursor() {
  const DamageGuard guard;
  mdb_cursor_close(cursor_);
}

bool MapCursor::seek(ByteView key) {
  return move(MDB_SET_RANGE, as_val(key));
}

bool MapCursor::next() {
  const Bytes before = key_;
  if (!move(MDB_NEXT)) return false;
  if (!std::lexicographical_compare(before.begin(), before.end(), key_.begin(), key_.end())) {
    throw Error(ErrorCode::kVaultDamaged, "data.mdb is damaged: its records are out of order");
  }
  return true;
}

bool MapCursor::move(MDB_cursor_op operation, MDB_val key) {
  const DamageGuard guard;
  const int code = mdb_cursor_get(cursor_, &key, &value_, operation);
  if (code == MDB_NOTFOUND) return false;
  require(code, "data.mdb");
  key_ = copy_of(key);
  return true;
}

Bytes MapCursor::value() const {
  const DamageGuard guard;
  return copy_of(value_);
}

Bytes MapCursor::front_of_value(std::size_t most) const {
  const DamageGuard guard;
  return copy_of({std::min(most, value_.mv_size), value_.mv_data});
}

}  // namespace kms::vault::lmdb
