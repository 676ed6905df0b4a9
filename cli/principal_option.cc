#include "cli/principal_option.h"

#include "core/base/text.h"

namespace kms::cli {

std::string principal_option(std::string_view arn) {
  constexpr std::string_view kSession = "assumed-role/";
  const std::string_view name = arn.substr(arn.rfind(':') + 1);
  if (!name.starts_with(kSession)) return std::string(name);
  return cat("role/", name.substr(kSession.size(), name.rfind('/') - kSession.size()));
}

}  // namespace kms::cli
