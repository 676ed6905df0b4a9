#include "cli/agent/endpoint.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>

#include "cli/agent/trust.h"
#include "core/base/error.h"
#include "core/base/text.h"

namespace kms::agent {
namespace {

constexpr int kFirstInherited = 3;
constexpr int kBacklog = 1024;

sockaddr_un address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof(address.sun_path)) {
    throw Error(ErrorCode::kUsage, cat("'", path, "' cannot be the path of a socket: it has up to 107 bytes"));
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

UniqueFd unix_socket() {
  UniqueFd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) throw_file_error("socket", errno);
  return fd;
}

const sockaddr* generic(const sockaddr_un& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

// Whether a process accepts connections there.
bool is_served(const sockaddr_un& address) {
  const UniqueFd probe = unix_socket();
  return connect(probe.get(), generic(address), sizeof address) == 0 || errno == EAGAIN;
}

int environment_number(const char* name) {
  const char* text = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): before any thread
  int number = -1;
  if (text != nullptr) std::from_chars(text, text + std::strlen(text), number);
  return number;
}

}  // namespace

TcpEndpoint parse_endpoint(const std::string& text, std::string_view option) {
  const std::size_t colon = text.rfind(':');
  TcpEndpoint out;
  if (colon != std::string::npos) {
    out.host = text.substr(0, colon);
    const char* end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data() + colon + 1, end, out.port);
    if (error != std::errc() || rest != end) out.host.clear();
  }
  if (out.host.starts_with('[') && out.host.ends_with(']')) out.host = out.host.substr(1, out.host.size() - 2);
  if (out.host == "localhost") out.host = "127.0.0.1";
  in_addr four{};
  in6_addr six{};
  const bool is_four = inet_pton(AF_INET, out.host.c_str(), &four) == 1;
  const bool is_six = !is_four && inet_pton(AF_INET6, out.host.c_str(), &six) == 1;
  if (!is_four && !is_six) {
    throw Error(ErrorCode::kUsage, cat(option, " '", text, "': an address has the form 127.0.0.1:PORT or [::1]:PORT"));
  }
  constexpr std::uint32_t kLoopbackNet = 127;
  out.loopback = is_four ? ntohl(four.s_addr) >> 24U == kLoopbackNet : IN6_IS_ADDR_LOOPBACK(&six) != 0;
  return out;
}

TcpEndpoint parse_listening(const std::string& text, bool has_tls) {
  TcpEndpoint endpoint = parse_endpoint(text);
  if (endpoint.loopback || has_tls) return endpoint;
  throw Error(ErrorCode::kUsage,
              cat("--listen ", text, ": requests would cross the network in the clear; give --tls-cert and --tls-key"));
}

void make_socket_directory(const std::string& socket) {
  const std::string directory = parent_directory(socket);
  if (mkdir(directory.c_str(), S_IRWXU) != 0 && errno != EEXIST) throw_file_error(directory, errno);
  require_private_directory(directory);
}

UniqueFd listen_at(const std::string& path, unsigned mode) {
  const sockaddr_un address = address_of(path);
  make_socket_directory(path);
  struct stat there {};
  if (lstat(path.c_str(), &there) == 0) {
    if (!S_ISSOCK(there.st_mode)) throw Error(ErrorCode::kFile, cat(path, " exists, and is no socket"));
    if (is_served(address)) throw Error(ErrorCode::kConflict, cat("an agent is running already at ", path));
    if (unlink(path.c_str()) != 0) throw_file_error(path, errno);
  }
  UniqueFd fd = unix_socket();
  if (bind(fd.get(), generic(address), sizeof address) != 0) throw_file_error(path, errno);
  if (chmod(path.c_str(), mode) != 0 || listen(fd.get(), kBacklog) != 0) throw_file_error(path, errno);
  return fd;
}

std::vector<UniqueFd> inherited_sockets() {
  std::vector<UniqueFd> sockets;
  const int count = environment_number("LISTEN_FDS");
  if (environment_number("LISTEN_PID") == getpid() && count > 0) {
    sockets.reserve(static_cast<std::size_t>(count));
    for (int fd = kFirstInherited; fd < kFirstInherited + count; ++fd) {
      if (fcntl(fd, F_SETFD, FD_CLOEXEC) != 0 || fcntl(fd, F_SETFL, O_NONBLOCK) != 0)
        throw_file_error("LISTEN_FDS", errno);
      sockets.emplace_back(fd);
    }
  }
  for (const char* name : {"LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES"}) unsetenv(name);
  return sockets;
}

void notify_service_manager(const std::string& state) {
  const char* path = std::getenv("NOTIFY_SOCKET");  // NOLINT(concurrency-mt-unsafe): nothing sets it here
  if (path == nullptr || (*path != '/' && *path != '@')) return;
  sockaddr_un address = address_of(path);
  if (*path == '@') address.sun_path[0] = '\0';
  const UniqueFd fd(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!fd) return;
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + std::strlen(path));
  (void)sendto(fd.get(), state.data(), state.size(), MSG_NOSIGNAL, generic(address), size);
}

}  // namespace kms::agent
