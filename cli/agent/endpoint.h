#pragma once
// Where the agent listens.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/file.h"

namespace kms::agent {

struct TcpEndpoint {
  std::string host;  // an IP address, or localhost
  std::uint16_t port = 0;
  bool loopback = false;
};
// HOST:PORT, [IPV6]:PORT. UsageException for anything else, which names the option that said so.
TcpEndpoint parse_endpoint(const std::string& text, std::string_view option = "--listen");
// The same, of what may be listened at: UsageException also where requests would cross the network in the clear.
TcpEndpoint parse_listening(const std::string& text, bool has_tls);

// Makes the directory of a socket (0700) when only it is missing. Throws as require_private_directory().
void make_socket_directory(const std::string& socket);
// A listening unix socket at `path`, in a directory as make_socket_directory() wants it; one that nobody listens at is
// replaced. ConflictException when somebody does.
UniqueFd listen_at(const std::string& path, unsigned mode);

// Sockets that the service manager holds for us (sd_listen_fds(3)): file descriptors from 3 on. Forgets the variables.
std::vector<UniqueFd> inherited_sockets();
// Tells the service manager (sd_notify(3)), when there is one.
void notify_service_manager(const std::string& state);

}  // namespace kms::agent
