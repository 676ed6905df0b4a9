#pragma once
// Wildcards and policy variables. A Pattern keeps wildcards apart from text, so that a value put in for a variable
// never becomes a wildcard.
#include <optional>
#include <string>
#include <string_view>

#include "core/policy/request.h"

namespace kms::policy {

using Pattern = std::u16string;  // a byte each, or one of these:
constexpr char16_t kStar = 0x100;
constexpr char16_t kAnyOne = 0x101;

inline constexpr int kArnColons = 5;  // those in front of the resource

// Every byte stands for itself, but for * and ? when `wildcards`.
Pattern pattern_of(std::string_view text, bool wildcards);

// As pattern_of, with ${key}, ${key, 'default'}, ${*}, ${?} and ${$} replaced. Nothing when a variable has no single
// value in the request.
std::optional<Pattern> expand(std::string_view text, bool wildcards, const ConditionContext& context);

bool matches(std::u16string_view pattern, std::string_view text);  // time: the product of the sizes at most
bool arn_matches(const Pattern& pattern, std::string_view arn);    // in each of the six parts, * crossing none
bool action_matches(std::string_view pattern, std::string_view action);

// Of a Resource entry. Nothing when a variable has no value, or stands before the fifth colon.
std::optional<bool> resource_matches(std::string_view entry, bool has_variables, const Request& request);

}  // namespace kms::policy
