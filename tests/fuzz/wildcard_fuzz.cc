// A pattern, a newline and a text: both matchers decide, and agree with a matcher that tries every way where that is
// feasible. The limit on the time of one input is what finds a blow-up.
#include <cstdlib>

#include "core/policy/match.h"
#include "tests/fuzz/start.h"

namespace {

using namespace kms::policy;

bool every_way(std::u16string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern.front() == kStar) {
    return every_way(pattern.substr(1), text) || (!text.empty() && every_way(pattern, text.substr(1)));
  }
  if (text.empty()) return false;
  const bool same = pattern.front() == kAnyOne || pattern.front() == static_cast<unsigned char>(text.front());
  return same && every_way(pattern.substr(1), text.substr(1));
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  return start_fuzzing();
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string input(data, data + size);
  const std::size_t newline = std::min(input.find('\n'), input.size());
  const std::string_view text = std::string_view(input).substr(std::min(newline + 1, input.size()));
  const std::string_view words = std::string_view(input).substr(0, newline);
  const Pattern pattern = pattern_of(words, true);
  const bool matched = matches(pattern, text);
  constexpr std::size_t kFeasible = 12;
  if (pattern.size() <= kFeasible && text.size() <= kFeasible && matched != every_way(pattern, text)) std::abort();
  (void)arn_matches(pattern, text);
  Request request;
  request.resource = text;
  request.context.set("aws:username", std::string(text));
  (void)resource_matches(words, true, request);
  return 0;
}
