#include "vault/engine/memory_engine.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/base/error.h"

namespace kms::vault {
namespace {

class MapCursor final : public Cursor {
 public:
  explicit MapCursor(std::shared_ptr<const MemoryEngine::Records> records)
      : records_(std::move(records)), at_(records_->end()) {}

  bool first() override { return is_at(records_->begin()); }
  bool seek(ByteView key) override { return is_at(records_->lower_bound(to_bytes(key))); }
  bool next() override { return at_ != records_->end() && is_at(std::next(at_)); }
  bool previous() override { return at_ != records_->begin() && is_at(std::prev(at_)); }
  bool last() override { return !records_->empty() && is_at(std::prev(records_->end())); }
  const Bytes& key() const override { return at_->first; }
  Bytes value() const override { return at_->second; }
  Bytes front_of_value(std::size_t most) const override {
    return to_bytes(ByteView(at_->second).first(std::min(most, at_->second.size())));
  }

 private:
  bool is_at(MemoryEngine::Records::const_iterator place) {
    if (place == records_->end()) return false;
    at_ = place;
    return true;
  }
  const std::shared_ptr<const MemoryEngine::Records> records_;
  MemoryEngine::Records::const_iterator at_;
};

}  // namespace

class MemoryEngineTransaction final : public EngineTransaction {
 public:
  MemoryEngineTransaction(MemoryEngine& engine, Access access, std::shared_ptr<const MemoryEngine::Records> records,
                          std::uint64_t snapshot)
      : engine_(engine), access_(access), records_(std::move(records)), snapshot_(snapshot) {}

  std::uint64_t snapshot() const override { return snapshot_; }
  std::optional<Bytes> get(ByteView key) const override {
    const auto found = live().find(to_bytes(key));
    return found == live().end() ? std::nullopt : std::optional(found->second);
  }
  bool insert(ByteView key, ByteView value) override {
    return own().try_emplace(to_bytes(key), to_bytes(value)).second;
  }
  void put(ByteView key, ByteView value) override { own().insert_or_assign(to_bytes(key), to_bytes(value)); }
  bool erase(ByteView key) override { return own().erase(to_bytes(key)) > 0; }
  std::unique_ptr<Cursor> cursor() const override {
    (void)live();
    return std::make_unique<MapCursor>(records_);
  }
  Commit commit() override {
    (void)live();
    const auto records = std::exchange(records_, nullptr);
    if (!changed_) return Commit::kDone;
    const std::lock_guard lock(engine_.mutex_);
    if (engine_.snapshot_ != snapshot_) return Commit::kConflict;
    engine_.records_ = records;
    ++engine_.snapshot_;
    return Commit::kDone;
  }
  void abort() override { records_.reset(); }

 private:
  const MemoryEngine::Records& live() const {
    if (!records_) throw Error(ErrorCode::kInternal, "the transaction has ended");
    return *records_;
  }
  // A copy, from the first change on.
  MemoryEngine::Records& own() {
    if (access_ == Access::kRead) throw Error(ErrorCode::kInternal, "the transaction only reads");
    if (changed_ == nullptr) {
      auto copy = std::make_shared<MemoryEngine::Records>(live());
      changed_ = copy.get();
      records_ = std::move(copy);
    }
    (void)live();
    return *changed_;
  }
  MemoryEngine& engine_;
  const Access access_;
  std::shared_ptr<const MemoryEngine::Records> records_;  // null when it has ended
  MemoryEngine::Records* changed_ = nullptr;              // the same, once they are its own
  const std::uint64_t snapshot_;
};

std::unique_ptr<EngineTransaction> MemoryEngine::begin(Access access) {
  const std::lock_guard lock(mutex_);
  return std::make_unique<MemoryEngineTransaction>(*this, access, records_, snapshot_);
}

}  // namespace kms::vault
