#include "core/audit/event_filter.h"

#include <algorithm>

namespace kms {
namespace {

bool is_as_wanted(const std::optional<bool>& wanted, bool is) {
  return !wanted || *wanted == is;
}

}  // namespace

bool EventFilter::asks_for_anything() const {
  return !operation.empty() || !principal.empty() || !resource.empty() || !from.empty() || !until.empty() ||
         !id.empty() || failed || denied || read_only;
}

bool EventFilter::accepts(const EventParts& event) const {
  if (!operation.empty() && event.operation() != operation) return false;
  if (!id.empty() && event.id() != id) return false;
  if (!is_as_wanted(failed, event.failed()) || !is_as_wanted(denied, event.denied()) ||
      !is_as_wanted(read_only, event.read_only())) {
    return false;
  }
  if (!principal.empty() && event.principal() != principal) return false;
  if (!from.empty() && event.time() < from) return false;
  if (!until.empty() && event.time() >= until) return false;
  const auto& about = event.resources();
  return resource.empty() || std::find(about.begin(), about.end(), resource) != about.end();
}

}  // namespace kms
