#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <iostream>
#include <string>

#include "cli/command.h"
#include "cli/commands/registry.h"
#include "cli/commands/service_session.h"
#include "cli/error_report.h"
#include "cli/process.h"
#include "cli/standard_streams.h"
#include "cli/terminal.h"
#include "cli/terminal_stream.h"
#include "core/base/error.h"
#include "core/base/secret_bytes.h"
#include "core/crypto/init.h"

namespace {

using kms::Error;
using kms::ErrorCode;

void start_secure_heap() {
  kms::crypto::init();
  constexpr std::size_t kBytes = 1U << 18U;
  if (!kms::init_secure_heap(kBytes)) std::cerr << "kmsctl: warning: secrets may be swapped to disk\n";
}

int tell(const Error& error, const kms::cli::GlobalOptions& options, const std::string& hint = {}) {
  std::cout.flush();
  if (kms::cli::has_lost_reader()) kms::cli::end_by_sigpipe();
  return kms::cli::report(error, std::cerr, kms::cli::reader_of_errors(options), hint);
}

int run(int argc, char** argv, kms::cli::GlobalOptions& options) {
  kms::start_secure_heap_when_needed(start_secure_heap);
  kms::cli::SystemTerminal terminal;
  options.to_terminal = terminal.output_is_terminal();
  options.columns = terminal.output_columns();
  options.state = kms::cli::state_directory();
  kms::cli::ServiceSession session(options, {std::cout, std::cerr}, terminal);
  try {
    const int status = kms::cli::run_command_line(argc, argv, kms::cli::registry(session), options, session);
    kms::cli::flush_output();
    session.deliver_alerts();
    return status == EXIT_SUCCESS ? session.status() : status;
  } catch (const Error& error) {
    const int code = tell(error, options, session.hint());
    session.deliver_alerts();
    return session.status() == EXIT_SUCCESS ? code : session.status();
  }
}

int run_reported(int argc, char** argv) {
  kms::cli::GlobalOptions options;
  try {
    kms::cli::harden_process();
    // Asked by every script that looks for the program, so it starts nothing.
    if (argc == 2 && std::strcmp(argv[1], "--version") == 0) {
      std::cout << "kmsctl " KMSCTL_VERSION "\n";
      kms::cli::flush_output();
      return EXIT_SUCCESS;
    }
    return run(argc, argv, options);
  } catch (const Error& error) {
    return tell(error, options);
  } catch (const std::exception&) {  // the text may quote input
    return tell(Error(ErrorCode::kInternal, "internal error"), options);
  }
}

}  // namespace

// _exit: everything that matters is closed and durable by now, and tearing down libraries costs time.
int main(int argc, char** argv) {
  kms::cli::TerminalStream out(std::cout, STDOUT_FILENO);
  kms::cli::TerminalStream err(std::cerr, STDERR_FILENO);
  const int status = run_reported(argc, argv);
  out.finish();
  std::cerr.flush();
  err.finish();
  _exit(status);
}
