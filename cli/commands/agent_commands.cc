#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "cli/agent/endpoint.h"
#include "cli/agent/libraries.h"
#include "cli/agent/protocol.h"
#include "cli/agent/server.h"
#include "cli/agent/status.h"
#include "cli/commands/registry.h"
#include "cli/commands/service_session.h"
#include "cli/commands/support.h"
#include "cli/credentials.h"
#include "cli/process.h"
#include "core/base/error.h"
#include "core/base/terminal_text.h"
#include "core/base/text.h"
#include "core/ops/table.h"
#include "core/ops/vault/agent.h"
#include "core/service/response.h"

namespace kms::cli {
namespace {

constexpr const char* kAgentGroup = "Agent";

struct AgentOptions {
  agent::ServerOptions server;
  std::string idle_timeout;
};

std::string target(std::string_view operation) {
  return cat(agent::kAgentTarget, operation);
}

std::unique_ptr<agent::Client> require_agent(ServiceSession& session, const std::string& socket) {
  if (auto client = connect_agent(session.options(), socket)) return client;
  throw Error(ErrorCode::kVaultLocked, cat("no agent listens at ", socket.empty() ? "the default socket" : socket,
                                           "; start one with: kmsctl unlock"));
}

[[noreturn]] void throw_other_vault(const ServiceSession& session, const std::string& socket) {
  throw Error(
      ErrorCode::kConflict,
      cat("the agent at ", socket, " serves another vault than ", session.options().vault,
          ": give this one an agent of its own (unlock --socket PATH, and KMSCTL_AGENT=PATH for what follows), or "
          "name the other with --vault"));
}

std::string require_socket(const ServiceSession& session, const std::string& named) {
  std::string socket = named.empty() ? agent_socket(session.options()) : named;
  if (!socket.empty()) return socket;
  throw Error(ErrorCode::kUsage, "there is no XDG_RUNTIME_DIR to keep a socket in: give --socket, or set KMSCTL_AGENT");
}

void log_line(const std::string& text) {
  std::cerr << cat("kmsctl agent: ", escape_controls(text, LineEnds::kEscaped), "\n") << std::flush;
}

// A credential from where no person has to be asked unlocks at the start.
void unlock_at_start(ServiceSession& session, agent::VaultKeeper& keeper) {
  std::optional<vault::Credential> credential;
  try {
    credential = unlocking_credential(session.options(), session.terminal(), /*allow_prompt=*/false);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kVaultLocked) throw;
    log_line("locked; unlock it with: kmsctl unlock");
    return;
  }
  Proof by;
  by.uid = geteuid();
  by.user_agent = kUserAgent;
  by.source_address = kThisMachine;
  const auto unlocked = keeper.unlock(*credential, by);
  if (!unlocked.warning.empty()) log_line(unlocked.warning);
  log_line("unlocked");
}

// An agent keeps the keys that it uses, and the secrets of all calls at a time.
void start_agent_heap() {
  constexpr std::size_t kBytes = 1U << 22U;
  if (!init_secure_heap(kBytes)) log_line("warning: secrets may be swapped to disk; raise the limit of locked memory");
}

// Before anything is unlocked, or a socket made.
void require_valid(const AgentOptions& options) {
  const agent::ServerOptions& server = options.server;
  if (server.tls_certificate.empty() != server.tls_key.empty()) {
    throw Error(ErrorCode::kUsage, "--tls-cert and --tls-key belong together");
  }
  for (const std::string& each : server.listen) (void)agent::parse_listening(each, !server.tls_key.empty());
  if (!options.idle_timeout.empty()) (void)parse_seconds(options.idle_timeout);
}

void run(ServiceSession& session, const AgentOptions& options) {
  start_agent_heap();
  if (const auto warning = agent::outdated_openssl()) log_line(*warning);
  (void)vault::inspect(session.options().vault);
  require_valid(options);
  agent::ServerOptions server = options.server;
  if (!options.idle_timeout.empty()) server.idle_timeout = std::chrono::seconds(parse_seconds(options.idle_timeout));
  server.default_socket = agent_socket(session.options());
  agent::Metrics metrics;
  agent::VaultKeeper keeper(session.options().vault, operations(), session.clock(), session.random(), metrics);
  unlock_at_start(session, keeper);
  agent::serve(server, keeper, metrics, session.clock(), session.random(), log_line);
}

// The words of `agent run` for the options of `agent start`.
std::vector<std::string> run_words(const ServiceSession& session, const AgentOptions& options,
                                   const std::string& socket) {
  std::vector<std::string> words = {
      "kmsctl", "agent", "run", "--vault", absolute_path(session.options().vault), "--socket", absolute_path(socket)};
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) words.insert(words.end(), {name, value});
  };
  const auto add_file = [&](const char* name, const std::string& path) {
    if (!path.empty()) add(name, absolute_path(path));
  };
  for (const std::string& each : options.server.listen) add("--listen", each);
  for (const std::string& each : options.server.hosts) add("--host", each);
  add_file("--tls-cert", options.server.tls_certificate);
  add_file("--tls-key", options.server.tls_key);
  add("--idle-timeout", options.idle_timeout);
  add_file("--passphrase-file", session.options().passphrase_file);
  add_file("--keyfile", session.options().keyfile);
  return words;
}

// The child inherits the listening socket, so that nobody has to wait until it is there: a client that connects now is
// answered as soon as the agent is ready.
UniqueFd start(ServiceSession& session, const AgentOptions& options) {
  (void)vault::inspect(session.options().vault);
  const std::string socket = require_socket(session, options.server.socket);
  require_valid(options);
  const UniqueFd listening = agent::listen_at(socket, options.server.socket_mode);
  const std::vector<std::string> words = run_words(session, options, socket);
  fix_credential_variables();
  session.close();
  return spawn_daemon(words, listening.get());
}

bool serves(agent::Client& client, const agent::Client::Headers& vault) {
  try {
    (void)client.get(agent::kStatusPath, vault);
  } catch (const agent::OtherVault&) {
    return false;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kAccessDenied) throw;
  }
  return true;
}

// An agent that serves another vault is shown all the same.
void show_status(ServiceSession& session, const std::string& socket) {
  const auto client = require_agent(session, socket);
  const bool other = !serves(*client, session.vault_header());
  Json answer = client->get(agent::kStatusPath, {});
  const bool unlocked = read_response<agent::Status>(answer).is_unlocked();
  answer["Socket"] = socket;
  print(session, std::move(answer));
  if (other) throw_other_vault(session, socket);
  if (!unlocked) session.end_with(exit_code(ErrorCode::kVaultLocked));
}

// What an agent that could not start has reported (cli/error_report.h).
[[noreturn]] void throw_reason(int said) {
  constexpr std::size_t kLimit = 1U << 16U;
  constexpr std::string_view kMark = "kmsctl: ";
  const Bytes all = read_all(said, kLimit, "the agent's report");
  for (std::string_view line : split(as_text(all), '\n')) {
    if (!line.starts_with(kMark)) continue;
    line.remove_prefix(kMark.size());
    const std::size_t colon = line.find(": ");
    const auto code = error_code(line.substr(0, colon));
    if (code && colon != std::string_view::npos) throw Error(*code, std::string(line.substr(colon + 2)));
  }
  throw Error(ErrorCode::kInternal, "the agent could not start; `kmsctl agent run` in the foreground tells why");
}

void report_started(ServiceSession& session, const std::string& socket, const UniqueFd& said) {
  try {
    (void)require_agent(session, socket)->get(agent::kStatusPath, {});
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kAccessDenied) return;  // it answers
    unlink(socket.c_str());
    throw_reason(said.get());
  }
}

// Whether the agent has the vault open for the caller already. `refusal` is set where it has it open, and the caller is
// nobody in it.
bool is_open(agent::Client& client, std::optional<Error>& refusal) {
  try {
    return read_response<agent::Status>(client.get(agent::kStatusPath, {})).is_unlocked();
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kAccessDenied) throw;
    refusal = error;
    return false;
  }
}

void send_credential(agent::Client& client, const vault::Credential& credential) {
  const agent::Client::Headers headers = {{agent::kCredentialHeader, std::string(to_text(credential.kind))}};
  client.require_success(
      client.exchange("/", target(name_of<kms::unlock_agent>()), headers, credential.secret.reveal()));
}

void start_unlocked(ServiceSession& session, const AgentOptions& options, const std::string& socket) {
  (void)vault::inspect(session.options().vault);
  require_valid(options);
  agent::make_socket_directory(socket);  // nobody is asked for a passphrase in vain
  std::unique_ptr<agent::Client> client;
  with_unlocking_credential(session.options(), session.terminal(), true, [&](const vault::Credential& credential) {
    if (!client) {
      report_started(session, socket, start(session, options));
      client = require_agent(session, socket);
    }
    std::optional<Error> refusal;
    if (!is_open(*client, refusal)) send_credential(*client, credential);  // it may have one of the environment's
  });
}

// Of an agent that runs. Where somebody else has unlocked it, the root of the account takes it over.
void unlock_running(ServiceSession& session, agent::Client& client, const std::optional<Error>& refusal) {
  try {
    with_unlocking_credential(session.options(), session.terminal(), true,
                              [&](const vault::Credential& credential) { send_credential(client, credential); });
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kVaultLocked && refusal) throw Error(*refusal);  // it says more
    throw;
  }
}

void unlock(ServiceSession& session, const AgentOptions& options) {
  const std::string socket = require_socket(session, options.server.socket);
  const auto client = connect_agent(session.options(), socket);
  std::optional<Error> refusal;
  if (client != nullptr && !serves(*client, session.vault_header())) throw_other_vault(session, socket);
  if (client == nullptr) {
    start_unlocked(session, options, socket);
  } else if (is_open(*client, refusal)) {
    session.out() << "The agent is unlocked already.\n";
    return;
  } else {
    unlock_running(session, *client, refusal);
  }
  session.out() << "Unlocked; the agent listens at " << socket << ".\n";
}

void add_server_options(ArgumentParser& parser, AgentOptions& options) {
  agent::ServerOptions& server = options.server;
  parser.add_option("--socket", server.socket, "Path of the unix socket; in $XDG_RUNTIME_DIR when left out")
      .names_file();
  parser.add_option("--listen", server.listen, "Serve AWS clients at 127.0.0.1:PORT too; may be repeated");
  parser.add_option("--idle-timeout", options.idle_timeout, "Lock the vault after so long without a request, as 15m");
  parser.add_option("--tls-cert", server.tls_certificate, "Certificate chain (PEM) for --listen").names_file();
  parser.add_option("--tls-key", server.tls_key, "Its private key (PEM)").names_file();
  parser.add_option("--host", server.hosts, "Further name that the --listen address goes by; may be repeated");
}

void manage(ServiceSession& session, const std::string& named, std::string_view action) {
  const std::string socket = require_socket(session, named);
  try {
    (void)require_agent(session, socket)->call(target(action), session.vault_header(), Json::object());
  } catch (const agent::OtherVault&) {
    throw_other_vault(session, socket);
  }
}

// Where no agent runs there is nothing to wipe.
void lock(ServiceSession& session, const AgentOptions& options) {
  const std::string socket = require_socket(session, options.server.socket);
  if (connect_agent(session.options(), socket)) return manage(session, socket, name_of<kms::lock_agent>());
  (void)vault::inspect(session.options().vault);  // a vault that is misspelt may be open under its name
  session.out() << "No agent listens at " << socket << ": there is nothing to lock.\n";
}

Command agent_command(ServiceSession& session, const char* path, const char* summary,
                      void (*action)(ServiceSession&, const AgentOptions&),
                      void (*add)(ArgumentParser&, AgentOptions&)) {
  return {path, summary, kAgentGroup, [&session, action, add](ArgumentParser& parser, Session&) {
            auto options = std::make_shared<AgentOptions>();
            add(parser, *options);
            parser.callback([&session, options, action] { action(session, *options); });
          }};
}

void add_run_options(ArgumentParser& parser, AgentOptions& options) {
  add_server_options(parser, options);
  const auto set_mode = [&options](const std::string& text) {
    options.server.socket_mode = static_cast<unsigned>(std::stoul(text, nullptr, 8));
  };
  parser.add_option("--socket-mode", set_mode, "Who may connect to the socket, in octal: 0666 for all users; 0600")
      .number_among("MODE", {"0600", "0660", "0666"});
}

void add_socket_option(ArgumentParser& parser, AgentOptions& options) {
  parser.add_option("--socket", options.server.socket, "Path of the unix socket; in $XDG_RUNTIME_DIR when left out")
      .names_file();
}

}  // namespace

void add_agent_commands(Commands& commands, ServiceSession& session) {
  commands.push_back(agent_command(session, "agent run", "Hold the unlocked vault and serve calls, in the foreground",
                                   run, add_run_options));
  commands.push_back(agent_command(
      session, "agent start", "Start an agent in the background",
      [](ServiceSession& s, const AgentOptions& o) {
        const UniqueFd said = start(s, o);
        report_started(s, require_socket(s, o.server.socket), said);
      },
      add_server_options));
  commands.push_back(agent_command(
      session, "agent stop", "End the agent, after what is under way",
      [](ServiceSession& s, const AgentOptions& o) { manage(s, o.server.socket, name_of<kms::stop_agent>()); },
      add_socket_option));
  commands.push_back(agent_command(
      session, "agent reload", "Let the agent read its TLS files again",
      [](ServiceSession& s, const AgentOptions& o) { manage(s, o.server.socket, name_of<kms::reload_agent>()); },
      add_socket_option));
  commands.push_back(agent_command(
      session, "agent status", "Show the agent; exit code 7 while it is locked or not there",
      [](ServiceSession& s, const AgentOptions& o) { show_status(s, require_socket(s, o.server.socket)); },
      add_socket_option));
  commands.push_back(agent_command(session, "unlock", "Unlock the vault in the agent, and start one if none runs",
                                   unlock, add_server_options));
  commands.push_back(
      agent_command(session, "lock", "Wipe the keys in the agent, which stays there locked", lock, add_socket_option));
  commands.push_back(agent_command(
      session, "metrics", "Print what the agent counts, in the text format of Prometheus",
      [](ServiceSession& s, const AgentOptions& o) {
        s.out() << require_agent(s, require_socket(s, o.server.socket))->get_text(agent::kMetricsPath);
      },
      add_socket_option));
}

}  // namespace kms::cli
