#pragma once
// Quotas of requests a second, which the agent enforces. Actions kmsctl:PutQuota and so on.
#include <cstdint>
#include <string>
#include <string_view>

#include "core/ops/kms/fields.h"

namespace kms {

struct QuotaRequest {
  std::string principal = "*";
  std::string request_class = "*";

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Principal", principal,
          {.min = 1, .max = 2048, .help = "user/NAME, role/NAME, root or an ARN; each principal when left out"});
    visit("RequestClass", request_class,
          {.min = 1,
           .max = 128,
           .help = "cryptographic-symmetric, cryptographic-rsa, cryptographic-ecc, or an operation; all requests when "
                   "left out"});
  }
};

struct PutQuotaRequest : QuotaRequest {
  std::int32_t rate = 0;
  std::int32_t burst = 0;

  template <class Visitor>
  void fields(Visitor& visit) {
    QuotaRequest::fields(visit);
    visit("RequestsPerSecond", rate,
          {.required = true, .min = 1, .max = 1'000'000, .help = "Requests a second, in the long run"});
    visit("Burst", burst, {.min = 1, .max = 1'000'000, .help = "Requests at once; those of a second when left out"});
  }
};
Json put_quota(Call& call, const PutQuotaRequest& request);
Json delete_quota(Call& call, const QuotaRequest& request);
Json list_quotas(Call& call, const EmptyRequest& request);

}  // namespace kms
