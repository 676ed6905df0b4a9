#include "cli/commands/alert_destination.h"

#include <nlohmann/json.hpp>

#include "cli/process.h"
#include "core/base/enum_names.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/model/alert.h"

namespace kms::cli {
namespace {

Json destination(AlertChannel channel, const std::string& target) {
  return {{"Channel", to_text(channel)}, {"Target", target}};
}

}  // namespace

Json members_of(const DestinationOptions& options) {
  const int given =
      int{!options.exec.empty()} + int{!options.file.empty()} + int{!options.webhook.empty()} + int{options.syslog};
  if (given != 1) {
    throw Error(ErrorCode::kUsage, cat(given == 0 ? "nobody is told" : "an alert has one destination",
                                       ": give one of --exec COMMAND, --file PATH, --syslog and --webhook URL"));
  }
  if (!options.exec.empty()) return destination(AlertChannel::kProgram, options.exec);
  if (!options.file.empty()) return destination(AlertChannel::kFile, absolute_path(options.file));
  if (!options.webhook.empty()) return destination(AlertChannel::kWebhook, options.webhook);
  return {{"Channel", to_text(AlertChannel::kSyslog)}};
}

}  // namespace kms::cli
