#include "core/policy/match.h"

#include "core/base/text.h"

namespace kms::policy {
namespace {

char16_t glyph(char c, bool wildcards) {
  if (wildcards && c == '*') return kStar;
  if (wildcards && c == '?') return kAnyOne;
  return static_cast<char16_t>(static_cast<unsigned char>(c));
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// `inside` is what stands between the braces.
std::optional<std::string> variable(std::string_view inside, const ConditionContext& context) {
  if (inside == "*" || inside == "?" || inside == "$") return std::string(inside);
  const std::size_t comma = inside.find(',');
  const auto* found = context.find(trim(inside.substr(0, comma)));
  if (found != nullptr) {
    if (found->size() == 1 && !found->front().multivalued && found->front().values.size() == 1) {
      return found->front().values.front();
    }
    return std::nullopt;
  }
  if (comma == std::string_view::npos) return std::nullopt;
  const std::string_view fallback = trim(inside.substr(comma + 1));
  if (fallback.size() < 2 || fallback.front() != '\'' || fallback.back() != '\'') return std::nullopt;
  return std::string(fallback.substr(1, fallback.size() - 2));
}

// Where the n-th colon stands in text or pattern.
template <class View>
std::size_t nth_colon(View text, int count) {
  std::size_t at = 0;
  for (int i = 0; i < count; ++i) {
    at = text.find(':', i == 0 ? 0 : at + 1);
    if (at == View::npos) return at;
  }
  return at;
}

}  // namespace

Pattern pattern_of(std::string_view text, bool wildcards) {
  Pattern out;
  for (const char c : text) out.push_back(glyph(c, wildcards));
  return out;
}

std::optional<Pattern> expand(std::string_view text, bool wildcards, const ConditionContext& context) {
  Pattern out;
  while (!text.empty()) {
    const std::size_t close = text.starts_with("${") ? text.find('}') : std::string_view::npos;
    if (close == std::string_view::npos) {
      out.push_back(glyph(text.front(), wildcards));
      text.remove_prefix(1);
      continue;
    }
    const auto value = variable(text.substr(2, close - 2), context);
    if (!value) return std::nullopt;
    out += pattern_of(*value, false);
    text.remove_prefix(close + 1);
  }
  return out;
}

bool matches(std::u16string_view pattern, std::string_view text) {
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::u16string_view::npos;
  std::size_t resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == kStar) {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && (pattern[p] == kAnyOne || pattern[p] == glyph(text[t], false))) {
      ++p;
      ++t;
    } else if (star != std::u16string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == kStar) ++p;
  return p == pattern.size();
}

bool arn_matches(const Pattern& pattern, std::string_view arn) {
  std::u16string_view rest = pattern;
  for (int part = 0; part < kArnColons; ++part) {
    const std::size_t here = rest.find(u':');
    const std::size_t there = arn.find(':');
    if (here == std::u16string_view::npos || there == std::string_view::npos) return false;
    if (!matches(rest.substr(0, here), arn.substr(0, there))) return false;
    rest.remove_prefix(here + 1);
    arn.remove_prefix(there + 1);
  }
  return matches(rest, arn);
}

bool action_matches(std::string_view pattern, std::string_view action) {
  return matches(pattern_of(lower_ascii(pattern), true), lower_ascii(action));
}

std::optional<bool> resource_matches(std::string_view entry, bool has_variables, const Request& request) {
  if (entry == "*") return true;
  if (!has_variables || entry.find("${") == std::string_view::npos) {
    return arn_matches(pattern_of(entry, true), request.resource);
  }
  const std::size_t colon = nth_colon(entry, kArnColons);
  if (colon == std::string_view::npos || entry.find("${") < colon) return std::nullopt;
  const auto pattern = expand(entry, true, request.context);
  if (!pattern) return std::nullopt;
  return arn_matches(*pattern, request.resource);
}

}  // namespace kms::policy
