#include "core/ops/kms/fields.h"

#include "core/base/encoding.h"
#include "core/base/error.h"

namespace kms {

void refuse_recipient(const std::optional<Recipient>& recipient) {
  if (!recipient) return;
  throw Error(ErrorCode::kValidation, "Recipient is not supported: this machine is no AWS Nitro enclave.");
}

}  // namespace kms
