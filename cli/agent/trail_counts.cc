#include "cli/agent/trail_counts.h"

#include <algorithm>

#include "core/audit/event_names.h"
#include "core/audit/event_parts.h"

namespace kms::agent {

void TrailCounts::count_denied(std::string_view principal) {
  auto found = denied_.find(principal);
  if (found == denied_.end() && denied_.size() < kMostKnown) {
    found = denied_.try_emplace(std::string(principal)).first;
  }
  ++(found != denied_.end() ? found->second.count : denied_others_);
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

// Those denied most now, beside whom was shown before.
void TrailCounts::choose_shown() const {
  std::vector<std::pair<std::string_view, Denials*>> most;
  most.reserve(denied_.size());
  std::size_t room = kMostEverShown;
  for (auto& [principal, denials] : denied_) {
    most.emplace_back(principal, &denials);
    room -= denials.shown ? 1 : 0;
  }
  std::sort(most.begin(), most.end(), [](const auto& a, const auto& b) {
    return a.second->count > b.second->count || (a.second->count == b.second->count && a.first < b.first);
  });
  for (std::size_t i = 0; i < std::min(most.size(), kMostShown); ++i) {
    bool& shown = most[i].second->shown;
    if (shown || room == 0) continue;
    shown = true;
    --room;
  }
}

TrailCounts::Counts TrailCounts::read() const {
  Counts counts;
  {
    const std::lock_guard lock(mutex_);
    choose_shown();
    counts.denied_others = denied_others_;
    counts.failed_unlocks = failed_unlocks_;
    for (auto& [principal, denials] : denied_) {
      if (!denials.shown) denials.told_as_others = denials.count;
      counts.denied_others += denials.told_as_others;
      if (denials.shown) counts.denied.emplace_back(principal, denials.count - denials.told_as_others);
    }
  }
  std::sort(counts.denied.begin(), counts.denied.end(), [](const auto& a, const auto& b) {
    return a.second > b.second || (a.second == b.second && a.first < b.first);
  });
  return counts;
}

}  // namespace kms::agent
