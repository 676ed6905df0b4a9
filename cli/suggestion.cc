#include "cli/suggestion.h"

#include <algorithm>

#include "core/base/text.h"

namespace kms::cli {
namespace {

// Levenshtein's, where two neighbours that changed places are one change.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> rows(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t j = 0; j <= b.size(); ++j) rows[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    rows[i][0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = rows[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      rows[i][j] = std::min({rows[i][j - 1] + 1, rows[i - 1][j] + 1, replaced});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) rows[i][j] = std::min(rows[i][j], rows[i - 2][j - 2] + 1);
    }
  }
  return rows.back().back();
}

}  // namespace

std::string nearest(const std::vector<std::string>& candidates, std::string_view text) {
  std::string best;
  constexpr std::size_t kTelling = 5;  // letters of a beginning, with --
  for (const std::string& candidate : candidates) {
    const bool begins = text.size() >= kTelling && text.starts_with("--") && candidate.starts_with(text);
    if (begins && (best.empty() || candidate.size() < best.size())) best = candidate;
  }
  if (!best.empty()) return best;
  const std::size_t letters = text.size() - std::min(text.find_first_not_of('-'), text.size());
  std::size_t best_distance = std::min<std::size_t>(4, letters / 3 + 1);
  for (const std::string& candidate : candidates) {
    const std::size_t d = distance(text, candidate);
    if (d < best_distance) {
      best_distance = d;
      best = candidate;
    }
  }
  return best;
}

std::string suggestion(const std::vector<std::string>& candidates, std::string_view text) {
  const std::string guess = nearest(candidates, text);
  return guess.empty() ? std::string() : cat(", did you mean '", guess, "'?");
}

}  // namespace kms::cli
