#pragma once
// Upkeep on request, and what the vault tells of itself.
#include "core/ops/kms/fields.h"

namespace kms {

struct MaintainRequest {
  bool confirm_destroy = false;
  std::vector<FurtherQuestion> further_questions(const Call& call) const;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit(
        "ConfirmDestroy", confirm_destroy,
        {.help = "Destroy keys past their deletion date at the first sight of that; needs kmsctl:ConfirmDestroy too"});
  }
};
Json maintain(Call& call, const MaintainRequest& request);

Json check_vault(Call& call, const EmptyRequest& request);
Json get_vault_status(Call& call, const EmptyRequest& request);
Json get_metrics(Call& call, const EmptyRequest& request);

}  // namespace kms
