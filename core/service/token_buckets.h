#pragma once
// Quotas enforced by token buckets, as AWS throttles requests: a bucket holds `burst` tokens, fills by `rate` a second,
// and a request takes one from each quota that concerns it. Without any quota, calls that fail have a rate: each leaves
// an event on the disk. Kept in memory. Thread-safe.
#include <map>
#include <mutex>
#include <string>

#include "core/service/context.h"

namespace kms {

class TokenBuckets final : public Limiter {
 public:
  void admit(const Transaction& transaction, const Caller& caller, const Operation& operation, const Key* key,
             Time now) override;
  std::optional<std::uint64_t> admit_failure(const Caller& caller, Time now) override;

 private:
  struct Bucket {
    double tokens = 0;
    Time filled;
  };
  struct Failures {
    Bucket bucket;
    std::uint64_t left_out = 0;
  };
  std::mutex mutex_;
  std::map<std::string, Bucket> buckets_;     // by principal and class
  std::map<std::string, Failures> failures_;  // by principal
};

// Which class of quota_classes() a request counts in; empty for none.
std::string_view quota_class(const Operation& operation, const Key* key);

}  // namespace kms
