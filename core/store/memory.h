#pragma once
// What a process remembers of the records (Transaction::remembered). Thread-safe.
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

namespace kms {

// Values made of the records of one generation, by the key of a Memo, which says what type a value has.
class Memory {
 public:
  explicit Memory(std::uint64_t generation) : generation_(generation) {}
  std::uint64_t generation() const { return generation_; }
  std::shared_ptr<const void> find(const std::string& key) const;
  // When there are too many, all are forgotten first: what is in use comes back soon.
  void insert(const std::string& key, std::shared_ptr<const void> value);

 private:
  const std::uint64_t generation_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<const void>> values_;
};

// The memory of the newest generation that a transaction has seen. Snapshots are LMDB's transaction ids.
class Memories {
 public:
  // Null for a snapshot older than what is remembered. `read_generation` is asked only when somebody else has committed
  // since.
  std::shared_ptr<Memory> of(std::uint64_t snapshot, const std::function<std::uint64_t()>& read_generation);
  // A transaction of this process that began at `snapshot` has become the next one.
  void committed(std::uint64_t snapshot, bool new_generation);
  void forget();  // the ids begin anew with each data file

 private:
  std::mutex mutex_;
  std::optional<std::uint64_t> snapshot_;
  std::shared_ptr<Memory> memory_;
};

}  // namespace kms
