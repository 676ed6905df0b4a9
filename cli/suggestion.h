#pragma once
// What somebody may have meant by a word that means nothing.
#include <string>
#include <string_view>
#include <vector>

namespace kms::cli {

// The candidate that takes the fewest changes of a character; empty when none is near.
std::string nearest(const std::vector<std::string>& candidates, std::string_view text);

// ", did you mean 'X'?", or nothing when nothing is near.
std::string suggestion(const std::vector<std::string>& candidates, std::string_view text);

}  // namespace kms::cli
