#pragma once
// Where an alert tells, as options of a command: one of --exec, --file, --syslog and --webhook.
#include <string>

#include "core/base/json.h"

namespace kms::cli {

struct DestinationOptions {
  std::string exec;
  std::string file;
  std::string webhook;
  bool syslog = false;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("--exec", exec,
          {.help = "A program and its arguments, which is given the notice on its standard input. No shell runs it"});
    visit("--file", file, {.file = true, .help = "A file to which the notice is added, a line of JSON"});
    visit("--syslog", syslog, {.help = "The log of the system"});
    visit("--webhook", webhook, {.help = "A URL that the notice is posted to: https, or http on this machine"});
  }
};

// Members of CreateAlert. Paths are made absolute. UsageException unless there is exactly one destination.
Json members_of(const DestinationOptions& options);

}  // namespace kms::cli
