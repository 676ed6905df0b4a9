#pragma once
// Numbers over time as a line of small bars, for a column of a table.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace kms::cli {

// Whether the environment says that the terminal shows UTF-8: the first of $LC_ALL, $LC_CTYPE and $LANG that is set.
bool shows_unicode();

// A bar for each number, as high as it is beside the largest, and a point for none. Where there are more than `most`,
// which is at least 1, those next to each other are added up, so that each bar is of as many, the first perhaps of
// fewer. Blocks of Unicode (U+2581 to U+2588), else ASCII. The numbers are not negative.
std::string sparkline(const std::vector<std::int64_t>& numbers, std::size_t most, bool unicode);

}  // namespace kms::cli
