#include "cli/suggestion.h"

#include <algorithm>

#include "core/base/text.h"

namespace kms::cli {
namespace {

// Levenshtein's.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row.back();
}

}  // namespace

std::string nearest(const std::vector<std::string>& candidates, std::string_view text) {
  std::string best;
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
