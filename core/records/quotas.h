#pragma once
// Quotas of requests a second, as records of the store.
#include <string>
#include <string_view>
#include <vector>

#include "core/store/store.h"

namespace kms {

inline constexpr std::string_view kEveryone = "*";
inline constexpr std::string_view kAllRequests = "*";

// How often each principal that it names may make requests of a class. Off where there is none.
struct Quota {
  std::string principal;      // ARN, or kEveryone: each principal for itself
  std::string request_class;  // of AWS's list (quota_classes), the name of an operation, or kAllRequests
  std::int32_t rate = 0;      // requests a second
  std::int32_t burst = 0;     // requests at once
};

// The classes whose operations share a quota: AWS's cryptographic operations, by kind of key.
const std::vector<std::string_view>& quota_classes();

void put_quota(Transaction& transaction, const Quota& quota);
bool erase_quota(Transaction& transaction, std::string_view principal, std::string_view request_class);
std::vector<Quota> list_quotas(const Transaction& transaction);  // remembered

}  // namespace kms
