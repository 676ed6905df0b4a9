#include "cli/agent/trail_counts.h"

#include <algorithm>

#include "core/audit/event_names.h"
#include "core/audit/event_parts.h"

namespace kms::agent {

void TrailCounts::count_denied(std::string_view principal) {
  auto found = denied_.find(principal);
  if (found == denied_.end() && denied_.size() < kMostKnown) {
    found = denied_.try_emplace(std::string(principal), 0).first;
  }
  ++(found != denied_.end() ? found->second : denied_others_);
}

void TrailCounts::became_durable(const DurableEvent& event) {
  const EventParts parts(event.text);
  if (!parts.failed()) return;
  const bool unlock = parts.operation() == to_text(VaultEvent::kUnlock);
  if (!unlock && !parts.denied()) return;
  const std::lock_guard lock(mutex_);
  if (unlock) ++failed_unlocks_;
  if (parts.denied()) count_denied(parts.principal());
}

TrailCounts::Counts TrailCounts::read() const {
  Counts counts;
  {
    const std::lock_guard lock(mutex_);
    counts.denied.assign(denied_.begin(), denied_.end());
    counts.denied_others = denied_others_;
    counts.failed_unlocks = failed_unlocks_;
  }
  std::sort(counts.denied.begin(), counts.denied.end(), [](const auto& a, const auto& b) {
    return a.second > b.second || (a.second == b.second && a.first < b.first);
  });
  for (std::size_t i = kMostShown; i < counts.denied.size(); ++i) counts.denied_others += counts.denied[i].second;
  if (counts.denied.size() > kMostShown) counts.denied.resize(kMostShown);
  return counts;
}

}  // namespace kms::agent
