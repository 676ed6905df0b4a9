#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "cli/agent/alert_courier.h"
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

struct SocketOptions {
  std::string socket;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("--socket", socket, {.file = true, .help = "Path of the unix socket; in $XDG_RUNTIME_DIR when left out"});
  }
};

struct AgentOptions : SocketOptions {
  std::vector<std::string> listen;
  std::optional<std::chrono::seconds> idle_timeout;
  std::string tls_certificate;
  std::string tls_key;
  std::vector<std::string> hosts;

  template <class Visitor>
  void fields(Visitor& visit) {
    SocketOptions::fields(visit);
    visit("--listen", listen, {.help = "Serve AWS clients at 127.0.0.1:PORT too; may be repeated"});
    visit("--idle-timeout", idle_timeout, {.help = "Lock the vault after so long without a request, as 15m"});
    visit("--tls-cert", tls_certificate, {.file = true, .needs = "--listen", .help = "Certificate chain (PEM)"});
    visit("--tls-key", tls_key, {.file = true, .needs = "--listen", .help = "Its private key (PEM)"});
    visit("--host", hosts, {.needs = "--listen", .help = "Further name that its address goes by; may be repeated"});
  }
};

struct RunOptions : AgentOptions {
  FileMode socket_mode{agent::ServerOptions().socket_mode};
  std::string metrics_listen;
  bool metrics_principals = false;

  template <class Visitor>
  void fields(Visitor& visit) {
    AgentOptions::fields(visit);
    visit("--socket-mode", socket_mode,
          {.among = {"0600", "0660", "0666"},
           .help = "Who may connect to the socket, in octal: 0666 for all users; 0600"});
    visit("--metrics-listen", metrics_listen,
          {.help = "Answer GET /metrics at 127.0.0.1:9464, over HTTP, to whoever reaches that address: how many keys, "
                   "calls and errors there are, and whether the vault is locked"});
    visit("--metrics-principals", metrics_principals,
          {.needs = "--metrics-listen", .help = "Tell there by name who was denied what, too"});
  }
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
  if (options.tls_certificate.empty() != options.tls_key.empty()) {
    throw Error(ErrorCode::kUsage, "--tls-cert and --tls-key belong together");
  }
  for (const std::string& each : options.listen) (void)agent::parse_listening(each, !options.tls_key.empty());
}

void run(ServiceSession& session, const RunOptions& options) {
  refuse_answer_form(session, "the log of the agent");
  (void)vault::inspect(session.options().vault);
  require_valid(options);
  if (!options.metrics_listen.empty()) (void)agent::parse_endpoint(options.metrics_listen, "--metrics-listen");
  start_agent_heap();
  if (const auto warning = agent::outdated_openssl()) log_line(*warning);
  agent::ServerOptions server{.socket = options.socket,
                              .default_socket = agent_socket(session.options()),
                              .socket_mode = options.socket_mode.bits,
                              .listen = options.listen,
                              .tls_certificate = options.tls_certificate,
                              .tls_key = options.tls_key,
                              .hosts = options.hosts,
                              .metrics_listen = options.metrics_listen,
                              .metrics_principals = options.metrics_principals};
  if (options.idle_timeout) server.idle_timeout = *options.idle_timeout;
  agent::Metrics metrics;
  delivery::Deliverer deliverer([](std::string_view line) { log_line(std::string(line)); });
  agent::VaultKeeper keeper(session.options().vault, operations(), session.clock(), session.random(), metrics,
                            {{}, &deliverer, anchors_directory(session.options())});
  unlock_at_start(session, keeper);
  const agent::AlertCourier courier(keeper, deliverer);
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
  for (const std::string& each : options.listen) add("--listen", each);
  for (const std::string& each : options.hosts) add("--host", each);
  add_file("--tls-cert", options.tls_certificate);
  add_file("--tls-key", options.tls_key);
  if (options.idle_timeout) add("--idle-timeout", std::to_string(options.idle_timeout->count()));
  add_file("--passphrase-file", session.options().passphrase_file);
  add_file("--keyfile", session.options().keyfile);
  return words;
}

// The child inherits the listening socket, so that nobody has to wait until it is there: a client that connects now is
// answered as soon as the agent is ready.
UniqueFd start(ServiceSession& session, const AgentOptions& options) {
  (void)vault::inspect(session.options().vault);
  const std::string socket = require_socket(session, options.socket);
  require_valid(options);
  const UniqueFd listening = agent::listen_at(socket, agent::ServerOptions().socket_mode);
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
void show_status(ServiceSession& session, const SocketOptions& options) {
  const std::string socket = require_socket(session, options.socket);
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

void start_and_report(ServiceSession& session, const AgentOptions& options) {
  refuse_answer_form(session, "nothing");
  const UniqueFd said = start(session, options);
  report_started(session, require_socket(session, options.socket), said);
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

// An agent that runs serves as it was told when it started; whoever says otherwise now is not to believe it.
void note_running(ServiceSession& session, const AgentOptions& options, const std::string& socket) {
  if (options.listen.empty() && !options.idle_timeout) return;  // what the others need
  session.err() << "kmsctl: note: an agent listens at " << socket
                << " already, and stays as it is: --listen and --idle-timeout are for one that starts (kmsctl agent "
                   "stop ends this one)\n";
}

void unlock(ServiceSession& session, const AgentOptions& options) {
  refuse_answer_form(session, "where the agent listens");
  const std::string socket = require_socket(session, options.socket);
  const auto client = connect_agent(session.options(), socket);
  std::optional<Error> refusal;
  if (client != nullptr && !serves(*client, session.vault_header())) throw_other_vault(session, socket);
  if (client != nullptr) note_running(session, options, socket);
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

void manage(ServiceSession& session, const std::string& named, std::string_view action) {
  const std::string socket = require_socket(session, named);
  try {
    (void)require_agent(session, socket)->call(target(action), session.vault_header(), Json::object());
  } catch (const agent::OtherVault&) {
    throw_other_vault(session, socket);
  }
}

// Where no agent runs there is nothing to wipe.
void lock(ServiceSession& session, const SocketOptions& options) {
  refuse_answer_form(session, "a text, where there is nothing to lock");
  const std::string socket = require_socket(session, options.socket);
  if (connect_agent(session.options(), socket)) return manage(session, socket, name_of<kms::lock_agent>());
  (void)vault::inspect(session.options().vault);  // a vault that is misspelt may be open under its name
  session.out() << "No agent listens at " << socket << ": there is nothing to lock.\n";
}

void end_agent(ServiceSession& session, const SocketOptions& options) {
  manage(session, options.socket, name_of<kms::stop_agent>());
}

void reload(ServiceSession& session, const SocketOptions& options) {
  manage(session, options.socket, name_of<kms::reload_agent>());
}

void print_metrics(ServiceSession& session, const SocketOptions& options) {
  refuse_answer_form(session, "the text format of Prometheus");
  session.out() << require_agent(session, require_socket(session, options.socket))->get_text(agent::kMetricsPath);
}

}  // namespace

void add_agent_commands(Commands& commands, ServiceSession& session) {
  const auto add = [&](const char* path, const char* summary, auto run) {
    commands.push_back(session_command(session, path, summary, kAgentGroup, run));
  };
  add("agent run", "Hold the unlocked vault and serve calls, in the foreground", run);
  add("agent start", "Start an agent in the background", start_and_report);
  add("agent stop", "End the agent, after what is under way", end_agent);
  add("agent reload", "Let the agent read its TLS files again", reload);
  add("agent status", "Show the agent; exit code 7 while it is locked or not there", show_status);
  add("unlock", "Unlock the vault in the agent, and start one if none runs", unlock);
  add("lock", "Wipe the keys in the agent, which stays there locked", lock);
  add("metrics", "Print what the agent counts, in the text format of Prometheus", print_metrics);
}

}  // namespace kms::cli
