#pragma once
// A store in memory, for tests of what stands on the seam.
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "core/store/memory.h"
#include "core/store/store.h"

namespace kms::testing {

// Everything a MemoryStore holds, as comparable values. Secrets are plain here: tests have none worth keeping.
struct Records {
  std::map<std::pair<std::string, std::string>, std::string, std::less<>> values;  // by collection and item
  std::map<std::pair<std::string, std::string>, std::string, std::less<>> secrets;
  std::map<std::string, std::vector<std::string>, std::less<>> logs;
  std::map<std::string, std::uint64_t, std::less<>> log_begins = {};  // of those that were pruned
  bool operator==(const Records&) const = default;
};

// How a store behaves toward those who use it.
enum class Manner : std::uint8_t {
  kPlain,        // each transaction reads the records, and commits as they are in one process
  kRemembering,  // what is derived from records is remembered, as an agent does
  kShared,       // as one that others change, too: commits answer conflict and stale now and then, at random
};
// What the environment says (KMSCTL_TEST_STORE: plain, remembering or shared), so that all tests of operations run over
// each.
Manner usual_manner();

// A Store on maps: a transaction works on a copy and commit() puts the copy in place.
class MemoryStore final : public Store {
 public:
  std::unique_ptr<Transaction> begin(Access access) override;
  [[nodiscard]] Commit append_durably(std::span<const SideRecord> records, const Seen& seen) override;
  bool may_be_stale() const override { return manner == Manner::kShared; }

  Records records;
  Manner manner = usual_manner();
  int failing_commits = 0;      // this many commits throw first, as a full disk makes them
  int unknown_commits = 0;      // this many answer that they are not known, every other one although it was made
  bool unlucky_always = false;  // each commit of a call conflicts
  int conflicts = 0;            // how many commits answered that they conflict, or are stale
  std::uint64_t opened = 0;     // how many records were read
  int open_transactions = 0;

 private:
  friend class MemoryTransaction;
  bool is_unlucky();
  std::uint64_t snapshot_ = 1;
  Changes changes_;
  Memory memory_;
  std::mt19937 chance_{20};
};

}  // namespace kms::testing
