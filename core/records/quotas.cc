#include "core/records/quotas.h"

#include "core/records/stored_record.h"

namespace kms {
namespace {

constexpr std::string_view kQuotas = "quota";
constexpr Memo<std::vector<Quota>> kAllQuotas{"quotas"};

std::string item_of(std::string_view principal, std::string_view request_class) {
  return cat(principal, " ", request_class);
}

}  // namespace

const std::vector<std::string_view>& quota_classes() {
  static const std::vector<std::string_view> classes = {"cryptographic-symmetric", "cryptographic-rsa",
                                                        "cryptographic-ecc"};
  return classes;
}

void put_quota(Transaction& transaction, const Quota& quota) {
  transaction.put(
      kQuotas, item_of(quota.principal, quota.request_class),
      Json{{"principal", quota.principal}, {"class", quota.request_class}, {"rate", quota.rate}, {"burst", quota.burst}}
          .dump());
}

bool erase_quota(Transaction& transaction, std::string_view principal, std::string_view request_class) {
  const std::string item = item_of(principal, request_class);
  const bool there = transaction.get(kQuotas, item).has_value();
  transaction.erase(kQuotas, item);
  return there;
}

std::vector<Quota> list_quotas(const Transaction& transaction) {
  return *transaction.remembered(kAllQuotas, {}, [&] {
    std::vector<Quota> quotas;
    transaction.scan(kQuotas, "", [&](std::string_view, std::string_view stored) {
      const StoredRecord record(stored);
      quotas.push_back({record.text("principal"), record.text("class"), record.small_number("rate", 0),
                        record.small_number("burst", 0)});
      return true;
    });
    return quotas;
  });
}

}  // namespace kms
