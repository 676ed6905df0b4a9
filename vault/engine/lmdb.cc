#include "vault/engine/lmdb.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
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
constexpr mdb_mode_t kMode = 0600;
constexpr std::size_t kHeadroom = std::size_t{64} << 20U;
constexpr std::size_t kValueLimit = std::size_t{64} << 20U;

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
  if (value.mv_size > kValueLimit) throw Error(ErrorCode::kVaultDamaged, "data.mdb is damaged: a value is too large");
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

MDB_envinfo Env::info() const {
  const DamageGuard guard;
  MDB_envinfo info{};
  require(mdb_env_info(env_, &info), path_);
  return info;
}

std::size_t Env::used_bytes() const {
  const DamageGuard guard;
  MDB_stat stat{};
  require(mdb_env_stat(env_, &stat), path_);
  return (info().me_last_pgno + 1) * stat.ms_psize;
}

std::size_t Env::usual_headroom() const {
  return std::min(kHeadroom, info().me_mapsize / 2);
}

std::unique_ptr<EngineTransaction> Env::begin(Access access) {
  return std::make_unique<Txn>(*this, access);
}

void Env::compact_to(int fd, const std::string& name) {
  const DamageGuard guard;
  require(mdb_env_copyfd2(env_, fd, MDB_CP_COMPACT), name);
}

void Env::sync() {
  const DamageGuard guard;
  require(mdb_env_sync(env_, 1), path_);
}

bool Env::has_room(std::size_t wanted) const {
  const std::size_t used = used_bytes();
  const std::size_t map = info().me_mapsize;
  return map >= used && map - used >= wanted;
}

void Env::grow(std::size_t wanted) {
  std::size_t map = info().me_mapsize;
  const std::size_t needed = used_bytes() + wanted;
  while (map < needed) map *= 2;
  const DamageGuard guard;
  require(mdb_env_set_mapsize(env_, map), path_);
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
  while (env_.open_transactions_ == 1 && !env_.has_room(headroom)) {
    abort();
    env_.grow(headroom);
    start(0);
  }
}

void Txn::start(unsigned flags) {
  const DamageGuard guard;
  int code = mdb_txn_begin(env_.env_, nullptr, flags, &txn_);
  // Other processes made the file larger than the map here, and may do so again before the next try.
  for (int tries = 0; code == MDB_MAP_RESIZED && env_.open_transactions_ == 0 && tries < kMostTries; ++tries) {
    env_.grow(env_.usual_headroom());
    code = mdb_txn_begin(env_.env_, nullptr, flags, &txn_);
  }
  require(code, env_.path_);
  ++env_.open_transactions_;
  code = mdb_dbi_open(txn_, nullptr, 0, &dbi_);
  if (code != MDB_SUCCESS) {
    abort();
    fail(code, env_.path_);
  }
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

void Txn::finish() {
  txn_ = nullptr;
  --env_.open_transactions_;
}

Commit Txn::commit() {
  const DamageGuard guard;
  MDB_txn* const txn = live();
  finish();  // LMDB frees it whether or not it can commit
  const int code = mdb_txn_commit(txn);
  if (code == MDB_SUCCESS) return Commit::kDone;
  env_.learn_whether_lost();
  if (!env_.is_lost()) fail(code, env_.path_);
  return Commit::kUnknown;
}

void Txn::abort() {
  if (txn_ == nullptr) return;
  const DamageGuard guard;
  mdb_txn_abort(txn_);
  finish();
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

}  // namespace kms::vault::lmdb
