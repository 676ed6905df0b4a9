#include "cli/delivery/deliverer.h"

#include <unistd.h>

#include <algorithm>
#include <exception>
#include <utility>

#include "cli/delivery/file_sink.h"
#include "cli/delivery/program.h"
#include "cli/delivery/program_fitness.h"
#include "cli/delivery/syslog.h"
#include "cli/delivery/webhook.h"
#include "cli/delivery/webhook_url.h"
#include "core/base/terminal_text.h"
#include "core/base/text.h"

namespace kms::delivery {
namespace {

bool has_zero_byte(const std::string& text) {
  return text.find('\0') != std::string::npos;
}

std::optional<std::string> tell_syslog_of(const std::string& socket, std::string_view alert, std::string_view notice,
                                          const Deadline& deadline) {
  const auto message = syslog_message(alert, notice, SystemClock().now(), getpid());
  if (!message) return cat("the notice has more than ", std::to_string(kSyslogLimit), " bytes without its event, too");
  return tell_syslog(socket, *message, deadline);
}

}  // namespace

Deliverer::Deliverer(Log log, DeliverySurroundings surroundings)
    : log_(std::move(log)), surroundings_(std::move(surroundings)) {}

std::optional<std::string> Deliverer::unfit(const AlertDestination& destination) {
  switch (destination.channel) {
    case AlertChannel::kProgram:
      if (std::ranges::any_of(destination.arguments, has_zero_byte)) return "an argument has a zero byte";
      return unfit_program(destination.target);
    case AlertChannel::kFile:
      return unfit_file(destination.target);
    case AlertChannel::kSyslog:
      return std::nullopt;
    case AlertChannel::kWebhook:
      return unfit_url(destination.target);
  }
  return "there is no such channel";
}

std::optional<std::string> Deliverer::run(const AlertDestination& destination, std::string_view alert,
                                          std::string_view notice, std::chrono::milliseconds patience) const {
  if (auto wrong = unfit_program(destination.target)) return wrong;
  const ProgramRun done = run_program(destination.target, destination.arguments, alert, notice, Deadline(patience));
  for (const std::string_view line : split(done.output, '\n')) {
    if (!line.empty()) log_(cat("alert ", alert, ": ", escape_controls(line, LineEnds::kEscaped)));
  }
  return done.failure;
}

std::optional<std::string> Deliverer::deliver(const AlertDestination& destination, std::string_view alert,
                                              std::string_view notice, std::chrono::milliseconds patience) {
  try {
    switch (destination.channel) {
      case AlertChannel::kProgram:
        return run(destination, alert, notice, patience);
      case AlertChannel::kFile:
        return append_to_file(destination.target, notice, Deadline(patience));
      case AlertChannel::kSyslog:
        return tell_syslog_of(surroundings_.syslog_socket, alert, notice, Deadline(patience));
      case AlertChannel::kWebhook:
        return post_to_webhook(destination.target, notice, Deadline(patience), surroundings_.trusted_certificates);
    }
    return "there is no such channel";
  } catch (const std::exception& failure) {
    return escape_controls(failure.what(), LineEnds::kEscaped);
  }
}

}  // namespace kms::delivery
