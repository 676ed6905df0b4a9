// The figures that a front end answers.
#include <nlohmann/json.hpp>
#include <optional>

#include "cli/agent/answers.h"
#include "cli/agent/frontend.h"
#include "cli/agent/protocol.h"
#include "core/base/error.h"
#include "core/ops/vault/metrics.h"
#include "core/service/dispatch.h"
#include "core/service/response.h"

namespace kms::agent {
namespace {

VaultFigures figures_of(const GetMetricsResponse& answer) {
  return {answer.keys,        answer.keys_pending_deletion, answer.rotations_overdue,
          answer.next_expiry, answer.trail_events,          answer.last_checkpoint};
}

}  // namespace

Response Frontend::show_metrics(const Peer& peer, const Request& request) {
  std::optional<VaultFigures> figures;
  const auto vault = keeper_.enter();
  if (vault) {
    const std::string_view name = name_of(keeper_.operations(), AgentVerb::kMetrics);
    const Json answer =
        dispatch(vault->context(), unix_proof(vault->standing(peer.uid), peer, request), name, Json::object());
    try {
      throw_if_error(answer);
      figures = figures_of(read_response<GetMetricsResponse>(answer));
    } catch (const Error&) {
      if (!is_operator(peer)) throw;
    }
  } else if (!is_operator(peer)) {
    throw_locked();
  }
  return text_of({clock_.now(), static_cast<bool>(vault), figures ? &*figures : nullptr, true});
}

// For whoever reaches the address: it is looked at without a call, which would be an event each time.
Response Frontend::scrape(const Request& request, const Peer& peer) {
  if (!reads_only(request) || view_of(request.target()) != kMetricsPath) {
    throw Error(ErrorCode::kUnknownOperation, "there is nothing here but GET /metrics");
  }
  std::optional<VaultFigures> figures;
  const auto vault = keeper_.enter();
  if (vault) figures = read_figures(vault->context());
  return text_of(
      {clock_.now(), static_cast<bool>(vault), figures ? &*figures : nullptr, peer.scrape == Scrape::kNames});
}

Response Frontend::text_of(const Metrics::Now& now) const {
  Response response;
  response.content_type = "text/plain; version=0.0.4";
  const std::string text = metrics_.text(now);
  response.body.assign(text.data(), text.size());
  return response;
}

}  // namespace kms::agent
