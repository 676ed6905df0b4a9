#pragma once
// Whether the index of what falls due (core/records/due.h) says what the keys say.
#include <array>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/model/key.h"
#include "core/records/due.h"
#include "core/store/store.h"

namespace kms {

// Reads the whole index when it is made. Belongs to one thread and one view of the records.
class DueCheck {
 public:
  explicit DueCheck(const Transaction& transaction);
  // Once for each key of the vault.
  void inspect(const Key& key);
  // What does not fit, in a sentence each, which names the key and says what to do: after the last key.
  std::vector<std::string> take_found();

 private:
  using Times = std::map<std::string, Time>;  // by the key's ARN
  void report_missing(const Key& key, DueKind kind);

  std::array<Times, kDueKinds.size()> entries_;  // those that no key has confirmed so far
  std::set<std::string> waiting_;                // likewise
  std::vector<std::string> found_;
};

}  // namespace kms
