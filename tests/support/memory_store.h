#pragma once
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/store/store.h"

namespace kms::testing {

// Everything a MemoryStore holds, as comparable values. Secrets are plain here: tests have none worth keeping.
struct Records {
  std::map<std::pair<std::string, std::string>, std::string, std::less<>> values;  // by collection and item
  std::map<std::pair<std::string, std::string>, std::string, std::less<>> secrets;
  std::map<std::string, std::vector<std::string>, std::less<>> logs;
  bool operator==(const Records&) const = default;
};

// A Store on maps: a transaction works on a copy and commit() puts the copy in place.
class MemoryStore final : public Store {
 public:
  std::unique_ptr<Transaction> begin(Access access) override;

  Records records;
  int failing_commits = 0;  // this many commits throw first, as a full disk makes them
};

}  // namespace kms::testing
