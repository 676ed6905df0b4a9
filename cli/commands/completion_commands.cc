// What completes words in a shell: `complete`, which the shells ask, and `completion`, which prints what they read.
#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/agent/protocol.h"
#include "cli/ask.h"
#include "cli/commands/registry.h"
#include "cli/commands/service_session.h"
#include "cli/commands/support.h"
#include "cli/completion.h"
#include "cli/completion_stubs.h"
#include "cli/process.h"
#include "cli/value_words.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/ops/kms/aliases.h"
#include "core/ops/kms/keys.h"
#include "core/ops/table.h"
#include "core/ops/vault/identities.h"
#include "core/ops/vault/regions.h"

namespace kms::cli {
namespace {

constexpr const char* kShellGroup = "Shell";

using Candidates = std::vector<Candidate>;

// Whoever presses TAB waits no longer for an agent, and is told nothing.
void give_up_after_a_moment() {
  constexpr suseconds_t kMicroseconds = 250'000;
  struct sigaction action {};
  action.sa_handler = [](int) { _exit(0); };
  sigaction(SIGALRM, &action, nullptr);
  const itimerval moment{{}, {0, kMicroseconds}};
  setitimer(ITIMER_REAL, &moment, nullptr);
}

// The unlocked agent of the vault that the words mean. Nothing here opens a vault.
class AgentNames {
 public:
  AgentNames(Session& asking, const Wanted& wanted)
      : options_(asking.options()), session_(options_, {asking.out(), asking.err()}, asking.terminal()) {
    for (const auto& [name, value] : wanted.given) take(name, value);
    // A passphrase takes its time, and what systemd hands over is for a service.
    const bool other = !environment("KMSCTL_PASSPHRASE_FILE").empty() || !environment("CREDENTIALS_DIRECTORY").empty();
    if (other || named_) return;
    give_up_after_a_moment();
    agent_ = session_.agent();
  }

  explicit operator bool() const { return agent_ != nullptr; }

  // The first page: nobody chooses among more.
  template <auto kHandler>
  ResponseOf<kHandler> ask(Json request) {
    const Operation& row = row_of<kHandler>();
    agent::Client::Headers headers = session_.vault_header();
    const std::string region = options_.region_or_default();
    if (!region.empty()) headers.emplace_back(agent::kRegionHeader, region);
    const std::string token = environment(kSessionVariable);
    if (!token.empty()) headers.emplace_back(agent::kTokenHeader, token);
    return answer_as<kHandler>(agent_->call(cat(row.service->target_prefix, row.name), headers, std::move(request)));
  }

 private:
  void take(const std::string& name, const std::string& value) {
    if (name == "--vault") {
      options_.vault = value;
      options_.vault_named = true;
    } else if (name == "--region") {
      options_.region = value;
    } else if (name == "--agent-uid") {
      options_.agent_uid = value;
    } else if (name == "--keyfile" || name.starts_with("--passphrase") || name == "--role") {
      named_ = true;  // somebody else will call
    }
  }

  GlobalOptions options_;
  ServiceSession session_;
  bool named_ = false;
  agent::Client* agent_ = nullptr;
};

constexpr int kMostNames = 1000;

void add_aliases(AgentNames& names, Candidates& found) {
  for (const AliasListEntry& alias : names.ask<kms::list_aliases>({{"Limit", 100}}).aliases) {
    found.push_back({alias.alias_name, alias.target_key_id});
  }
}

void add_keys(AgentNames& names, Candidates& found) {
  const Candidates aliases = found;
  for (const KeyListEntry& key : names.ask<kms::list_keys>({{"Limit", kMostNames}}).keys) {
    const auto alias =
        std::find_if(aliases.begin(), aliases.end(), [&](const Candidate& each) { return each.help == key.key_id; });
    found.push_back({key.key_id, alias == aliases.end() ? std::string() : alias->text});
  }
}

void add_principals(AgentNames& names, Candidates& found) {
  found.push_back({"root", "the owner of the account"});
  for (const PrincipalSummary& each : names.ask<kms::list_principals>({{"Limit", kMostNames}}).principals) {
    found.push_back({each.principal, {}});
  }
}

void add_regions(AgentNames& names, Candidates& found) {
  for (const RegionDescription& each : names.ask<kms::list_regions>(Json::object()).regions) {
    found.push_back({each.region, each.is_default ? "the home Region" : ""});
  }
}

Candidates names_of_vault(ServiceSession& session, const Wanted& wanted) {
  Candidates found;
  const bool known = wanted.word == kKeyWord || wanted.word == kAliasWord || wanted.word == kPrincipalWord ||
                     wanted.word == kRegionWord;
  if (!known) return found;
  try {
    AgentNames names(session, wanted);
    if (!names) return found;
    if (wanted.word == kPrincipalWord) add_principals(names, found);
    if (wanted.word == kRegionWord) add_regions(names, found);
    if (wanted.word == kKeyWord || wanted.word == kAliasWord) add_aliases(names, found);
    if (wanted.word == kKeyWord && !wanted.begin.starts_with("alias/")) add_keys(names, found);
  } catch (const std::exception&) {  // a locked agent, one of somebody else, a denied call: nobody asked to be told
    found.clear();
  }
  return found;
}

// An action may be that of several operations.
void add_action(const policy::Action& action, std::string_view summary, Candidates& found) {
  if (action.name.empty()) return;
  std::string text = action.text();
  const bool known = std::any_of(found.begin(), found.end(), [&](const Candidate& each) { return each.text == text; });
  if (!known) found.push_back({std::move(text), std::string(summary)});
}

Candidates look_up(ServiceSession& session, const Wanted& wanted) {
  Candidates found;
  for (const Operation& operation : operations()) {
    if (wanted.word == kOperationWord) found.push_back({std::string(operation.name), std::string(operation.summary)});
    if (wanted.word != kActionWord) continue;
    add_action(operation.first, operation.summary, found);
    add_action(operation.second, operation.summary, found);
  }
  return found.empty() ? names_of_vault(session, wanted) : found;
}

struct CompleteOptions {
  std::vector<std::string> words;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("words", words, {.required = true, .foreign_words = true, .help = "bash, zsh or fish; --; the words"});
  }
};

void print_candidates(ServiceSession& session, const CompleteOptions& options) {
  const std::vector<std::string>& asked = options.words;
  const std::string& shell = asked.front();
  (void)completion_stub(shell);  // it is one
  std::vector<std::string> words(asked.begin() + 1, asked.end());
  if (shell == "bash" && !words.empty()) words = words_of_line(words.back());
  if (words.empty()) return;
  const Completion completion =
      complete(registry(session), words, [&](const Wanted& wanted) { return look_up(session, wanted); });
  session.out() << answer_for(shell, completion, words.back());
}

struct ShellName {
  std::string shell;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("shell", shell, {.required = true, .among = {"bash", "zsh", "fish"}, .help = "The shell"});
  }
};

void print_stub(Session& session, const ShellName& options) {
  refuse_answer_form(session, "a script for the shell");
  session.out() << completion_stub(options.shell);
}

}  // namespace

void add_completion_commands(Commands& commands, ServiceSession& session) {
  commands.push_back(
      session_command(session, "complete", "Complete a word, for shells", kHiddenGroup, print_candidates));
  commands.push_back(
      command<ShellName>("completion", "Print what lets a shell complete words of kmsctl", kShellGroup, print_stub));
}

}  // namespace kms::cli
