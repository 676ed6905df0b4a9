#include "core/model/principal.h"

#include <algorithm>

#include "core/base/text.h"

namespace kms {
namespace {

constexpr std::string_view kPrefix = "arn:aws:iam::";
constexpr std::string_view kSessionPrefix = "arn:aws:sts::";  // as long
constexpr std::size_t kAccountSize = 12;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}

// IAM's characters of a user or role name.
bool is_name_char(char c) {
  return is_digit(c) || is_lower(c) || (c >= 'A' && c <= 'Z') ||
         std::string_view("+=,.@_-/").find(c) != std::string_view::npos;
}

bool is_resource(std::string_view text) {
  if (text == "root") return true;
  for (const std::string_view prefix : {"user/", "role/"}) {
    if (!text.starts_with(prefix)) continue;
    return is_identity_text(text.substr(prefix.size()));
  }
  return false;
}

}  // namespace

std::string root_principal(std::string_view account) {
  return cat(kPrefix, account, ":root");
}

bool is_root_principal(std::string_view arn) {
  constexpr std::string_view kRoot = ":root";
  return arn.starts_with(kPrefix) && arn.ends_with(kRoot) &&
         arn.size() == kPrefix.size() + kAccountSize + kRoot.size() &&
         is_account_id(arn.substr(kPrefix.size(), kAccountSize));
}

bool is_identity_text(std::string_view text) {
  constexpr std::size_t kLongest = 512;
  const bool characters = std::all_of(text.begin(), text.end(), is_name_char);
  return characters && !text.empty() && text.size() <= kLongest && text.front() != '/' && text.back() != '/' &&
         text.find("//") == std::string_view::npos;
}

bool is_account_id(std::string_view text) {
  return text.size() == kAccountSize && std::all_of(text.begin(), text.end(), is_digit);
}

bool is_region_label(std::string_view text) {
  constexpr std::size_t kLongest = 32;
  const bool characters =
      std::all_of(text.begin(), text.end(), [](char c) { return is_lower(c) || is_digit(c) || c == '-'; });
  return characters && !text.empty() && text.size() <= kLongest && is_lower(text.front()) && text.back() != '-';
}

bool is_region_name(std::string_view text) {
  const auto parts = split(text, '-');
  const auto word = [](std::string_view part) { return !part.empty() && std::ranges::all_of(part, is_lower); };
  const auto number = [](std::string_view part) { return !part.empty() && std::ranges::all_of(part, is_digit); };
  return is_region_label(text) && (parts.size() == 3 || parts.size() == 4) && number(parts.back()) &&
         std::all_of(parts.begin(), parts.end() - 1, word);
}

std::optional<std::string> principal_arn(std::string_view account, std::string_view text) {
  if (text.starts_with(kPrefix)) {
    const std::string_view rest = text.substr(kPrefix.size());
    if (rest.size() <= kAccountSize || rest[kAccountSize] != ':' || !is_account_id(rest.substr(0, kAccountSize)) ||
        !is_resource(rest.substr(kAccountSize + 1))) {
      return std::nullopt;
    }
    return std::string(text);
  }
  if (!is_resource(text)) return std::nullopt;
  return cat(kPrefix, account, ":", text);
}

std::string_view account_of(std::string_view principal) {
  if (!principal.starts_with(kPrefix) && !principal.starts_with(kSessionPrefix)) return {};
  const std::string_view account = principal.substr(kPrefix.size(), kAccountSize);
  return is_account_id(account) ? account : std::string_view();
}

}  // namespace kms
