#include "cli/sparkline.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "cli/process.h"
#include "core/base/text.h"

namespace kms::cli {
namespace {

// Of none, then from low to high.
using Bars = std::array<std::string_view, 9>;
constexpr Bars kBlocks = {"\u00b7", "\u2581", "\u2582", "\u2583", "\u2584", "\u2585", "\u2586", "\u2587", "\u2588"};
constexpr Bars kAsciiBars = {".", ":", "-", "=", "+", "*", "o", "#", "@"};

std::vector<std::int64_t> added_up(const std::vector<std::int64_t>& numbers, std::size_t most) {
  const std::size_t width = std::max<std::size_t>(1, (numbers.size() + most - 1) / most);
  std::vector<std::int64_t> sums((numbers.size() + width - 1) / width);
  // From the end, so that the last one is whole.
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const std::size_t from_end = numbers.size() - 1 - i;
    sums[sums.size() - 1 - from_end / width] += numbers[i];
  }
  return sums;
}

}  // namespace

bool shows_unicode() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const std::string locale = lower_ascii(environment(name));
    if (!locale.empty()) return locale.find("utf-8") != std::string::npos || locale.find("utf8") != std::string::npos;
  }
  return false;
}

std::string sparkline(const std::vector<std::int64_t>& numbers, std::size_t most, bool unicode) {
  const std::vector<std::int64_t> sums = added_up(numbers, most);
  const Bars& bars = unicode ? kBlocks : kAsciiBars;
  const std::int64_t largest = sums.empty() ? 0 : *std::max_element(sums.begin(), sums.end());
  std::string line;
  for (const std::int64_t sum : sums) {
    constexpr double kLevels = 8;
    const double part = largest > 0 ? static_cast<double>(sum) / static_cast<double>(largest) : 0;
    const auto level = sum > 0 ? std::clamp<std::size_t>(static_cast<std::size_t>(part * kLevels), 1, 8) : 0;
    line += bars.at(level);
  }
  return line;
}

}  // namespace kms::cli
