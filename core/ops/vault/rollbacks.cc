#include "core/ops/vault/rollbacks.h"

#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/base/time_text.h"
#include "core/service/operation.h"
#include "core/store/rollback.h"
#include "core/store/vault_care.h"

namespace kms {

AcceptRollbackResponse accept_rollback(Call& call, const EmptyRequest& /*request*/) {
  auto* const keeper = dynamic_cast<RollbackKeeper*>(call.context.care);
  if (keeper == nullptr)
    throw Error(ErrorCode::kUnsupportedOperation, "this store has no files that could be put back");
  const auto rollback = keeper->rollback();
  if (!rollback) {
    throw Error(ErrorCode::kConflict,
                "the vault is not older than what this machine remembers of it: there is nothing to accept");
  }
  *call.event.additional_data = {
      {"expectedChange", rollback->expected}, {"foundChange", rollback->found}, {"seen", iso_seconds(rollback->seen)}};
  keeper->accept_rollback();
  return {static_cast<std::int64_t>(rollback->expected), static_cast<std::int64_t>(rollback->found), rollback->seen};
}

}  // namespace kms
