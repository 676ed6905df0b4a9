#include "cli/value_words.h"

#include <algorithm>
#include <array>
#include <utility>

namespace kms::cli {

std::string_view value_word(std::string_view name) {
  constexpr std::string_view kTime = "TIME";
  constexpr std::string_view kDuration = "DURATION";
  constexpr std::string_view kPair = "KEY=VALUE";
  static constexpr auto kWords = std::to_array<std::pair<std::string_view, std::string_view>>({
      {"account", "ACCOUNT"},
      {"action", kActionWord},
      {"actions", kActionWord},
      {"alias", kAliasWord},
      {"alias-name", kAliasWord},
      {"allow", kOperationWord},
      {"before", kTime},
      {"burst", "NUMBER"},
      {"c", kPair},
      {"cache-max-age", kDuration},
      {"cache-max-bytes", "BYTES"},
      {"context", kPair},
      {"destination-key-id", kKeyWord},
      {"duration", kDuration},
      {"encryption-context", kPair},
      {"end-time", kTime},
      {"event", kOperationWord},
      {"event-name", kOperationWord},
      {"exec", "COMMAND"},
      {"expires", kTime},
      {"grantee-principal", kPrincipalWord},
      {"group", kPrincipalWord},
      {"host", "NAME"},
      {"idle-timeout", kDuration},
      {"key", kKeyWord},
      {"key-id", kKeyWord},
      {"listen", "ADDRESS:PORT"},
      {"max-session-duration", kDuration},
      {"metrics-listen", "ADDRESS:PORT"},
      {"name", "NAME"},
      {"on", "CONDITION"},
      {"primary-region", kRegionWord},
      {"principal", kPrincipalWord},
      {"region", kRegionWord},
      {"replica-region", kRegionWord},
      {"resource", "ARN"},
      {"retiring", kPrincipalWord},
      {"retiring-principal", kPrincipalWord},
      {"role", kPrincipalWord},
      {"role-arn", kPrincipalWord},
      {"session-name", "NAME"},
      {"since", kTime},
      {"source-key-id", kKeyWord},
      {"start-time", kTime},
      {"tag", kPair},
      {"target-key-id", kKeyWord},
      {"to", kPrincipalWord},
      {"until", kTime},
      {"user", kPrincipalWord},
      {"via-service", "SERVICE"},
      {"webhook", "URL"},
      {"within", kDuration},
  });
  const auto found = std::find_if(kWords.begin(), kWords.end(), [&](const auto& entry) { return entry.first == name; });
  return found == kWords.end() ? std::string_view() : found->second;
}

}  // namespace kms::cli
