#pragma once
// What a process remembers of the records of a store (Transaction::remembered).
//
// The store counts its commits that changed more than side records: generations. A value is made at one generation from
// some scopes, and stands for readers of every generation between which none of these changed. When a scope last
// changed is known for each commit of this process, and for those of others by kBuckets groups of scopes, which the
// store keeps (Changes).
#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/store/scope.h"

namespace kms {

// When the scopes of each group last changed: the generation of that.
struct Changes {
  static constexpr std::size_t kBuckets = 64;
  std::uint64_t generation = 0;
  std::array<std::uint64_t, kBuckets> changed_at{};

  // The next generation, in which these changed.
  void change(const std::vector<Scope>& scopes);
};

// What a transaction read and changed, and what that says of a value.
class Footprint {
 public:
  // While one lives, what is read is noted for what is made meanwhile. They nest: what an inner one read, the outer one
  // has read as well.
  class Recording {
   public:
    explicit Recording(Footprint& footprint) : footprint_(footprint), outer_(footprint.recording_) {
      footprint_.recording_ = this;
    }
    ~Recording();
    Recording(const Recording&) = delete;
    Recording& operator=(const Recording&) = delete;
    Recording(Recording&&) = delete;
    Recording& operator=(Recording&&) = delete;
    const std::vector<Scope>& scopes() const { return scopes_; }

   private:
    friend class Footprint;
    Footprint& footprint_;
    Recording* const outer_;
    std::vector<Scope> scopes_;
  };

  void read(Scope scope);
  void read(const std::vector<Scope>& scopes);
  void change(std::string_view collection, std::string_view item);
  bool changed() const { return !changed_.empty(); }
  bool changed_any(const std::vector<Scope>& scopes) const;
  const std::vector<Scope>& changes() const { return changed_; }

 private:
  Recording* recording_ = nullptr;
  std::vector<Scope> changed_;
};

// Thread-safe. Snapshots are numbers that a store gives to what its transactions see, one higher with each commit.
class Memory {
 public:
  struct Value {
    std::shared_ptr<const void> made;
    std::shared_ptr<const std::vector<Scope>> of;  // the scopes that it was made from
  };

  // The generation that a transaction at the snapshot reads; `read_changes` is asked only when somebody else has
  // committed since.
  std::uint64_t generation_of(std::uint64_t snapshot, const std::function<Changes()>& read_changes);
  // Nothing unless it stands for a reader of the generation.
  std::optional<Value> find(const std::string& key, std::uint64_t generation);
  void insert(const std::string& key, Value value, std::uint64_t generation);
  // A transaction of this process that began at `snapshot` has become the next one.
  void committed(std::uint64_t snapshot, const std::vector<Scope>& changed);
  void forget();  // the store begins to number its snapshots anew

 private:
  struct Entry {
    Value value;
    std::uint64_t made_at = 0;
  };
  using Entries = std::unordered_map<std::string, Entry>;
  static constexpr std::size_t kGroups = 4096;  // a multiple of Changes::kBuckets
  bool stands(const Entry& entry, std::uint64_t generation) const;
  void learn(const Changes& changes);

  std::mutex mutex_;
  std::optional<std::uint64_t> snapshot_;  // the newest that is known
  std::uint64_t generation_ = 0;           // of that
  std::array<std::uint64_t, kGroups> changed_at_{};
  Entries recent_;
  Entries before_;  // what was recent before; goes when there are too many
};

}  // namespace kms
