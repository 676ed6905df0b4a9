#include "core/ops/kms/patterns.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "core/base/encoding.h"
#include "core/base/text.h"
#include "core/model/principal.h"

namespace kms {
namespace {

bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}
bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_alphanumeric(char c) {
  return is_lower(c) || is_upper(c) || is_digit(c);
}
bool is_word(char c) {
  return is_alphanumeric(c) || c == '_';
}
bool is_one_of(char c, std::string_view list) {
  return list.find(c) != std::string_view::npos;
}

template <class Predicate>
bool each(std::string_view text, Predicate allowed) {
  return !text.empty() && std::all_of(text.begin(), text.end(), allowed);
}

// U+0020 to U+00FF: ASCII from the space on, and the two-byte forms of UTF-8 that begin with C2 or C3.
bool is_latin(std::string_view text, std::string_view extra) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c == 0xC2 || c == 0xC3) {
      if (++i == text.size() || (static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U) return false;
    } else if (c > 0x7F || (c < 0x20 && !is_one_of(text[i], extra))) {
      return false;
    }
  }
  return true;
}

bool is_policy_text(std::string_view text) {
  return !text.empty() && is_latin(text, "\t\n\r");
}

bool is_marker(std::string_view text) {
  return is_latin(text, "");
}

bool is_service_principal(std::string_view text) {
  const auto parts = split(text, '.');
  return parts.size() >= 3 && std::all_of(parts.begin(), parts.end(), [](std::string_view part) {
           return each(part, [](char c) { return is_alphanumeric(c) || c == '-'; });
         });
}

bool is_source_arn(std::string_view text) {
  const auto parts = split(text, ':');
  const auto plain = [](char c) { return is_lower(c) || is_digit(c) || c == '-'; };
  return parts.size() >= 6 && parts[0] == "arn" && parts[1].starts_with("aws") && each(parts[1], plain) &&
         each(parts[2], plain) && (parts[3].empty() || each(parts[3], plain)) && is_account_id(parts[4]) &&
         text.size() > static_cast<std::size_t>(parts[5].data() - text.data());
}

bool is_hex(std::string_view text) {
  return each(text, [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); });
}

bool is_cluster_id(std::string_view text) {
  constexpr std::string_view kPrefix = "cluster-";
  if (!text.starts_with(kPrefix)) return false;
  const std::string_view id = text.substr(kPrefix.size());
  return id.size() >= 11 && id.size() <= 16 &&
         each(id, [](char c) { return is_lower(c) || is_upper(c) || (c >= '2' && c <= '7'); });
}

bool is_endpoint(std::string_view text) {
  constexpr std::string_view kScheme = "https://";
  return text.starts_with(kScheme) &&
         each(text.substr(kScheme.size()), [](char c) { return is_alphanumeric(c) || is_one_of(c, ".-"); });
}

// An optional prefix, then /kms/xks/v and one or two digits.
bool is_proxy_path(std::string_view text) {
  constexpr std::string_view kMiddle = "/kms/xks/v";
  const std::size_t at = text.rfind(kMiddle);
  if (at == std::string_view::npos) return false;
  const std::string_view version = text.substr(at + kMiddle.size());
  const std::string_view prefix = text.substr(0, at);
  const bool prefix_fits = prefix.empty() || (prefix.size() > 1 && prefix.front() == '/' &&
                                              each(prefix, [](char c) { return is_word(c) || is_one_of(c, "/-"); }));
  return prefix_fits && version.size() <= 2 && each(version, is_digit);
}

bool is_vpc_service(std::string_view text) {
  const auto parts = split(text, '.');
  return parts.size() == 5 && (parts[0] == "com" || parts[0] == "eu") && parts[1] == "amazonaws" &&
         parts[2] == "vpce" && is_region_name(parts[3]) && parts[4].starts_with("vpce-svc-") &&
         each(parts[4].substr(9), [](char c) { return is_lower(c) || is_digit(c); });
}

}  // namespace

const Pattern kPolicyTextPattern{"[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+", is_policy_text};
const Pattern kPolicyNamePattern{"[\\w]+", [](std::string_view text) { return each(text, is_word); }};
const Pattern kGrantNamePattern{"^[a-zA-Z0-9:/_-]+$", [](std::string_view text) {
                                  return each(text, [](char c) { return is_word(c) || is_one_of(c, ":/-"); });
                                }};
const Pattern kPrincipalPattern{"^[\\w+=,.@:/-]+$", [](std::string_view text) {
                                  return each(text, [](char c) { return is_word(c) || is_one_of(c, "+=,.@:/-"); });
                                }};
const Pattern kServicePrincipalPattern{"^([A-Za-z0-9\\-]+)\\.([A-Za-z0-9\\-]+)(\\.[A-Za-z0-9\\-]+)+$",
                                       is_service_principal};
const Pattern kSourceArnPattern{"^arn:aws[a-z0-9-]*:[a-z0-9-]+:[a-z0-9-]*:[0-9]{12}:.+$", is_source_arn};
const Pattern kRegionPattern{"^([a-z]+-){2,3}\\d+$", is_region_name};
const Pattern kKnownRegionPattern{"^([a-z]+-){2,3}\\d+$", is_region_label};
const Pattern kMaterialIdPattern{"^[a-f0-9]+$", is_hex};
const Pattern kMaterialDescriptionPattern{
    "^[a-zA-Z0-9:/_\\s.-]+$", [](std::string_view text) {
      // The model allows no characters at all, which its pattern does not.
      return text.empty() || each(text, [](char c) { return is_word(c) || is_one_of(c, ":/.- \t\r\n\f\v"); });
    }};
const Pattern kMarkerPattern{"[\\u0020-\\u00FF]*", is_marker};
const Pattern kXksKeyIdPattern{"^[a-zA-Z0-9-_.]+$", [](std::string_view text) {
                                 return each(text, [](char c) { return is_word(c) || is_one_of(c, "-."); });
                               }};
const Pattern kClusterIdPattern{"cluster-[2-7a-zA-Z]{11,16}", is_cluster_id};
const Pattern kProxyEndpointPattern{"^https://[a-zA-Z0-9.-]+$", is_endpoint};
const Pattern kProxyPathPattern{"^(/[a-zA-Z0-9\\/_-]+/kms/xks/v\\d{1,2})$|^(/kms/xks/v\\d{1,2})$", is_proxy_path};
const Pattern kProxyAccessKeyPattern{"^[A-Z2-7]+$", [](std::string_view text) {
                                       return each(text, [](char c) { return is_upper(c) || (c >= '2' && c <= '7'); });
                                     }};
const Pattern kProxySecretPattern{"^[a-zA-Z0-9\\/+=]+$", [](std::string_view text) {
                                    return each(text, [](char c) { return is_alphanumeric(c) || is_one_of(c, "/+="); });
                                  }};
const Pattern kVpcServicePattern{"^(com|eu)\\.amazonaws\\.vpce\\.([a-z]+-){2,3}\\d+\\.vpce-svc-[0-9a-z]+$",
                                 is_vpc_service};
const Pattern kAccountPattern{"[0-9]{12}", is_account_id};

}  // namespace kms
