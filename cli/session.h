#pragma once
// What a command is given to work with: the options that every command shares, and the service behind a seam.
#include <array>
#include <cstddef>
#include <iosfwd>
#include <string>
#include <string_view>
#include <utility>

#include "cli/terminal.h"
#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/base/random.h"
#include "core/model/arn.h"

namespace kms::cli {

inline constexpr auto kOutputFormats = std::to_array<const char*>({"json", "text", "table", "yaml", "yaml-stream"});

struct GlobalOptions {
  std::string command;  // as it is typed: whoami, key show
  std::string vault;
  std::string region;          // named on the command line
  std::string default_region;  // by $AWS_REGION or $AWS_DEFAULT_REGION, where nothing else names one
  std::string role;            // to be assumed before anything else
  std::string output;          // of kOutputFormats; empty: json, or what the command has for people
  bool output_named = false;   // on the command line, not by $AWS_DEFAULT_OUTPUT
  std::string query;           // empty: the whole answer
  std::string passphrase_file;
  int passphrase_fd = -1;
  std::string keyfile;
  std::string agent_uid;     // name or number of the user that the agent may run as; empty: $KMSCTL_AGENT_UID
  bool no_agent = false;     // open the vault in this process
  bool vault_named = false;  // on the command line or by $KMSCTL_VAULT
  bool raw_binary = false;   // blobs on the command line are bytes, not base64
  bool aws_form = false;     // called as `kmsctl kms ...`
  std::string color;         // on, off or auto; empty: auto
  bool to_terminal = false;  // standard output is one
  std::size_t columns = 0;   // of that terminal; 0 where there is none
  std::string state;         // the directory for what this machine remembers; empty: nothing

  // Whether the command line says what is to be printed of an answer, and how.
  bool names_form() const { return output_named || !query.empty(); }
  const std::string& region_or_default() const { return region.empty() ? default_region : region; }
};

// Carries a request to the service and the answer back, in this process or through the agent, and is all that a command
// has of its surroundings but for the files that it is told to read and write. What is said here of calls holds for all
// of them: Error when the answer is an error, a request is wiped. Not for more than one thread.
class Session {
 public:
  Session() = default;
  virtual ~Session() = default;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  Session(Session&&) = delete;
  Session& operator=(Session&&) = delete;

  // `operation` in AWS spelling.
  virtual Json call(std::string_view operation, Json request) = 0;
  // The same, on behalf of a built-in service: file, signing.
  virtual Json call_through(std::string_view service, std::string_view operation, Json request) = 0;
  // The same in a Region of the vault, whatever the options say.
  virtual Json call_in(const std::string& region, std::string_view service, std::string_view operation,
                       Json request) = 0;

  // Whoever cannot use the vault is told so now, before the command asks for anything else.
  virtual void require_open() = 0;
  virtual bool uses_agent() = 0;  // which keeps what commands forget
  virtual const AccountRegion& home() = 0;
  virtual const std::string& principal() = 0;
  virtual const std::string& mode() = 0;  // what the policies are worth
  virtual void close() = 0;               // before another program takes over

  virtual const GlobalOptions& options() const = 0;
  virtual std::ostream& out() = 0;
  virtual std::ostream& err() = 0;
  virtual Terminal& terminal() = 0;
  virtual Random& random() = 0;
  virtual const Clock& clock() const = 0;

  // How the process ends, whether or not something fails, unless it is 0: for commands whose answer may be a no, or
  // whose failures have a code of their own.
  int status() const { return status_; }
  void end_with(int status) { status_ = status; }

  // What to type after the refusal that is about to be told; empty: nothing is known.
  const std::string& hint() const { return hint_; }
  void set_hint(std::string hint) { hint_ = std::move(hint); }

 private:
  int status_ = 0;
  std::string hint_;
};

}  // namespace kms::cli
