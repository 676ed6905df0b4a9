#include "core/ops/vault/repairs.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "core/base/error.h"
#include "core/service/operation.h"
#include "core/service/response.h"
#include "core/store/repair.h"
#include "core/store/vault_care.h"

namespace kms {

RepairVaultResponse repair_vault(Call& call, const EmptyRequest& /*request*/) {
  auto* const keeper = dynamic_cast<RepairKeeper*>(call.context.care);
  if (keeper == nullptr) throw Error(ErrorCode::kUnsupportedOperation, "this store has no files to repair");
  // The event is written once all is done.
  call.afterwards = [keeper, &event = call.event] {
    RepairReport done = keeper->repair();
    *event.additional_data = {{"kept", done.kept}, {"missing", done.missing}, {"dropped", done.dropped}};
    return write_response(RepairVaultResponse{static_cast<std::int64_t>(done.kept),
                                              static_cast<std::int64_t>(done.missing), std::move(done.dropped)});
  };
  return {};
}

}  // namespace kms
