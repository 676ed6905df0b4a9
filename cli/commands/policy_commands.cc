#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "cli/ask.h"
#include "cli/commands/operation_command.h"
#include "cli/commands/registry.h"
#include "cli/commands/support.h"
#include "core/base/error.h"
#include "core/base/file.h"
#include "core/base/temporary_name.h"
#include "core/base/text.h"
#include "core/ops/kms/policies.h"
#include "core/ops/table.h"

extern char** environ;

namespace kms::cli {
namespace {

constexpr const char* kPolicyGroup = "Key policies";
constexpr std::size_t kLargestPolicy = 1U << 20U;

struct PolicyOptions {
  std::string key_id;
  std::string file;
  bool bypass = false;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("-k,--key-id", key_id, {.required = true, .help = kKeyHelp});
    visit("file", file, {.file = true, .help = "The policy; - is standard input. Without it $VISUAL or $EDITOR opens"});
    visit("--bypass-policy-lockout-safety-check", bypass,
          {.help = "Accept a policy that does not let you change it again"});
  }
};

std::string current_policy(Session& session, const std::string& key) {
  return ask<kms::get_key_policy>(session, {{"KeyId", key}}).policy;
}

void put_document(Session& session, const std::string& key, const std::string& policy, bool bypass) {
  session.call(name_of<kms::put_key_policy>(),
               {{"KeyId", key}, {"Policy", policy}, {"BypassPolicyLockoutSafetyCheck", bypass}});
}

// A private file that is gone when this is.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& content) {
    const char* folder = std::getenv("TMPDIR");  // NOLINT(concurrency-mt-unsafe)
    std::string path = cat(folder != nullptr ? folder : "/tmp", "/kmsctl-policy-XXXXXX");
    const UniqueFd fd(mkstemp(path.data()));
    if (fd.get() < 0) throw Error(ErrorCode::kFile, cat(path, ": cannot be made"));
    name_ = TemporaryName(std::move(path));
    write_all(fd.get(), as_bytes(content), name_.path());
  }

  // By path: editors replace the file.
  std::string content() const {
    return std::string(as_text(read_all(open_for_reading(path()).get(), kLargestPolicy, path())));
  }
  const std::string& path() const { return name_.path(); }

 private:
  TemporaryName name_;
};

// What is typed while an editor runs is for the editor, as with system(3).
class KeyboardLeftToChild {
 public:
  KeyboardLeftToChild() {
    struct sigaction ignore {};
    ignore.sa_handler = SIG_IGN;
    posix_spawnattr_init(&child_);
    sigset_t defaults;
    sigemptyset(&defaults);
    for (std::size_t i = 0; i < kSignals.size(); ++i) {
      sigaction(kSignals.at(i), &ignore, &before_.at(i));
      if (before_.at(i).sa_handler != SIG_IGN) sigaddset(&defaults, kSignals.at(i));
    }
    posix_spawnattr_setsigdefault(&child_, &defaults);
    posix_spawnattr_setflags(&child_, POSIX_SPAWN_SETSIGDEF);
  }
  ~KeyboardLeftToChild() {
    for (std::size_t i = 0; i < kSignals.size(); ++i) sigaction(kSignals[i], &before_[i], nullptr);
    posix_spawnattr_destroy(&child_);
  }
  KeyboardLeftToChild(const KeyboardLeftToChild&) = delete;
  KeyboardLeftToChild& operator=(const KeyboardLeftToChild&) = delete;
  KeyboardLeftToChild(KeyboardLeftToChild&&) = delete;
  KeyboardLeftToChild& operator=(KeyboardLeftToChild&&) = delete;

  const posix_spawnattr_t* child() const { return &child_; }

 private:
  static constexpr std::array<int, 2> kSignals{SIGINT, SIGQUIT};
  std::array<struct sigaction, kSignals.size()> before_{};
  posix_spawnattr_t child_{};
};

// The shell splits what $EDITOR holds, as git and crontab let it.
void run_editor(const std::string& path) {
  std::string shell = "sh";
  std::string flag = "-c";
  std::string script = R"(exec ${VISUAL:-${EDITOR:-vi}} "$1")";
  std::string file = path;
  char* arguments[] = {shell.data(), flag.data(), script.data(), shell.data(), file.data(), nullptr};
  const KeyboardLeftToChild left;
  pid_t child = 0;
  if (posix_spawnp(&child, "sh", nullptr, left.child(), arguments, environ) != 0) {
    throw Error(ErrorCode::kFile, "the editor cannot be started");
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    throw Error(ErrorCode::kUsage, "the editor failed; the policy is as it was");
  }
}

void edit(Session& session, const std::string& key, bool bypass) {
  const std::string before = pretty_policy(current_policy(session, key));
  const TemporaryFile file(before);
  for (;;) {
    run_editor(file.path());
    const std::string after = file.content();
    if (after == before) {
      session.err() << "kmsctl: the policy is unchanged\n";
      return;
    }
    try {
      return put_document(session, key, after, bypass);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kMalformedPolicy && error.code() != ErrorCode::kValidation) throw;
      if (!session.terminal().confirm(cat(error.what(), " Edit again?"))) throw;
    }
  }
}

void put_policy(Session& session, const PolicyOptions& options) {
  const std::string key = key_of(session, options.key_id);
  if (options.file.empty()) {
    if (!session.terminal().can_prompt()) {
      throw Error(ErrorCode::kUsage, "without a terminal, name the file that holds the policy; - is standard input");
    }
    return edit(session, key, options.bypass);
  }
  put_document(session, key, file_text(session, options.file), options.bypass);
}

}  // namespace

void add_policy_commands(Commands& commands) {
  commands.push_back(operation_command<kms::get_key_policy>({"policy get",
                                                             "Show the policy of a key",
                                                             kPolicyGroup,
                                                             {{"-k,--key-id", "KeyId", Reading::kKey, kKeyHelp}},
                                                             Shows::kPolicy}));
  commands.push_back(command<PolicyOptions>("policy put", "Change the policy of a key, in your editor or from a file",
                                            kPolicyGroup, put_policy));
}

}  // namespace kms::cli
