#include "cli/commands/alert_destination.h"

#include <nlohmann/json.hpp>

#include "cli/delivery/program_words.h"
#include "cli/process.h"
#include "core/base/enum_names.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/model/alert.h"

namespace kms::cli {
namespace {

Json members_of(const AlertDestination& destination) {
  Json members{{"Channel", to_text(destination.channel)}};
  if (!destination.target.empty()) members["Target"] = destination.target;
  if (!destination.arguments.empty()) members["Arguments"] = destination.arguments;
  return members;
}

}  // namespace

Json members_of(const DestinationOptions& options) {
  const int given =
      int{!options.exec.empty()} + int{!options.file.empty()} + int{!options.webhook.empty()} + int{options.syslog};
  if (given != 1) {
    throw Error(ErrorCode::kUsage, cat(given == 0 ? "nobody is told" : "an alert has one destination",
                                       ": give one of --exec COMMAND, --file PATH, --syslog and --webhook URL"));
  }
  if (!options.exec.empty()) return members_of(delivery::parse_program(options.exec, environment("PATH")));
  if (!options.file.empty()) return members_of({AlertChannel::kFile, absolute_path(options.file)});
  if (!options.webhook.empty()) return members_of({AlertChannel::kWebhook, options.webhook});
  return members_of({AlertChannel::kSyslog});
}

}  // namespace kms::cli
