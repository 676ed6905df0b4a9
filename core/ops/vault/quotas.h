#pragma once
// Quotas of requests a second, which the agent enforces. Actions kmsctl:PutQuota and so on.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

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
EmptyResponse put_quota(Call& call, const PutQuotaRequest& request);
EmptyResponse delete_quota(Call& call, const QuotaRequest& request);

struct QuotaDescription {
  std::string principal;
  std::string request_class;
  std::int32_t requests_per_second = 0;
  std::int32_t burst = 0;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Principal", principal, {.help = "ARN of whose requests it counts; * for each principal's own"});
    visit("RequestClass", request_class, {.help = "Which requests it counts; * for all"});
    visit("RequestsPerSecond", requests_per_second, {.help = "Requests a second, in the long run"});
    visit("Burst", burst, {.help = "Requests at once"});
  }
};
struct ListQuotasResponse {
  std::vector<QuotaDescription> quotas;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Quotas", quotas, {.help = "All of them"});
  }
};
ListQuotasResponse list_quotas(Call& call, const EmptyRequest& request);

}  // namespace kms
