#pragma once
// The listeners of the agent and its life as a process: signals, an idle timeout, the service manager.
#include <chrono>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "cli/agent/vault_keeper.h"

namespace kms::agent {

struct ServerOptions {
  std::string socket;               // path of the unix socket, also of an inherited one that is ours to remove
  std::string default_socket;       // where none is named and none was inherited
  unsigned socket_mode = 0600;      // of the unix socket
  std::vector<std::string> listen;  // HOST:PORT; other hosts than loopback need TLS
  std::string tls_certificate;      // PEM files
  std::string tls_key;
  std::vector<std::string> hosts;        // further names that the endpoint answers to
  std::string metrics_listen;            // HOST:PORT of GET /metrics over HTTP, to whoever reaches it; empty: nowhere
  bool metrics_principals = false;       // whether that tells names of principals
  std::chrono::seconds idle_timeout{0};  // after which the vault is locked; 0: never
  std::size_t most_connections = 10000;
};

// Runs until SIGTERM, SIGINT or a manager ends it; then what is under way is answered. SIGHUP reads the TLS files
// again. `log` gets a line for what an operator should know. Throws UsageException for an address that may not be used,
// ConflictException when another agent has the socket, FileException.
void serve(const ServerOptions& options, VaultKeeper& keeper, Metrics& metrics, const Clock& clock, Random& random,
           const std::function<void(const std::string&)>& log);

}  // namespace kms::agent
