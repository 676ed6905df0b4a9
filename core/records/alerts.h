#pragma once
// Alerts of accounts, as records of the store.
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "core/model/alert.h"
#include "core/store/store.h"

namespace kms {

inline constexpr std::size_t kMostAlerts = 100;  // of an account

// By name. Remembered: every event is compared with them.
std::shared_ptr<const std::vector<Alert>> list_alerts(const Transaction& transaction, std::string_view account);
std::optional<Alert> find_alert(const Transaction& transaction, std::string_view account, std::string_view name);
void put_alert(Transaction& transaction, std::string_view account, const Alert& alert);
void erase_alert(Transaction& transaction, std::string_view account, std::string_view name);

}  // namespace kms
