// Loads an agent: so many keep-alive connections, each with one request under way, from one thread. Prints requests a
// second and latencies, or with --ids the request id of every answer, for a test that looks for them in the trail.
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

struct Client {
  int fd = -1;
  std::string received;
  Clock::time_point sent;
};

struct Result {
  std::vector<double> micros;
  std::size_t failures = 0;
};

int connect_to(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), std::min(path.size(), sizeof(address.sun_path) - 1));
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    std::perror(path.c_str());
    std::exit(1);
  }
  return fd;
}

bool send_request(Client& client, const std::string& request) {
  client.sent = Clock::now();
  return send(client.fd, request.data(), request.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(request.size());
}

std::string_view header(std::string_view head, std::string_view name) {
  const std::size_t at = head.find(name);
  if (at == std::string_view::npos) return {};
  const std::size_t from = at + name.size();
  return head.substr(from, head.find('\r', from) - from);
}

// Takes a whole response off the front of what was received; false while it is not whole.
bool take_response(Client& client, Result& result, bool print_ids) {
  const std::size_t end = client.received.find("\r\n\r\n");
  if (end == std::string::npos) return false;
  const std::string_view head = std::string_view(client.received).substr(0, end + 2);
  const std::size_t size = end + 4 + std::strtoul(std::string(header(head, "Content-Length: ")).c_str(), nullptr, 10);
  if (client.received.size() < size) return false;
  result.micros.push_back(std::chrono::duration<double, std::micro>(Clock::now() - client.sent).count());
  if (!head.starts_with("HTTP/1.1 200")) ++result.failures;
  if (print_ids) std::cout << header(head, "x-amzn-RequestId: ") << '\n';
  client.received.erase(0, size);
  return true;
}

// Until the time is over, or the agent goes away.
Result load(std::vector<Client>& clients, const std::string& request, double seconds, bool print_ids) {
  const int poll = epoll_create1(0);
  for (std::size_t i = 0; i < clients.size(); ++i) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = i;
    epoll_ctl(poll, EPOLL_CTL_ADD, clients[i].fd, &event);
    send_request(clients[i], request);
  }
  Result result;
  const auto end = Clock::now() + std::chrono::duration<double>(seconds);
  std::size_t open = clients.size();  // those whose answer is waited for
  bool over = false;
  std::vector<epoll_event> events(clients.size());
  std::vector<char> piece(65536);
  while (open > 0) {
    const int count = epoll_wait(poll, events.data(), static_cast<int>(events.size()), 1000);
    over = over || Clock::now() > end;
    for (int i = 0; i < count; ++i) {
      Client& client = clients[events[static_cast<std::size_t>(i)].data.u64];
      const ssize_t got = read(client.fd, piece.data(), piece.size());
      if (got <= 0) {
        close(client.fd);
        --open;
        continue;
      }
      client.received.append(piece.data(), static_cast<std::size_t>(got));
      if (!take_response(client, result, print_ids)) continue;
      if (!over && send_request(client, request)) continue;
      close(client.fd);
      --open;
    }
  }
  close(poll);
  return result;
}

double percentile(const std::vector<double>& sorted, double part) {
  return sorted[std::min(sorted.size() - 1, static_cast<std::size_t>(part * static_cast<double>(sorted.size())))];
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 6) {
    std::cerr << "usage: " << argv[0] << " SOCKET CLIENTS SECONDS OPERATION BODY-FILE [--ids]\n";
    return 2;
  }
  const std::string operation = argv[4];
  std::ifstream file(argv[5], std::ios::binary);
  std::ostringstream body;
  body << file.rdbuf();
  const bool print_ids = argc > 6;
  const std::string request =
      "POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: TrentService." + operation +
      "\r\nContent-Type: application/x-amz-json-1.1\r\nContent-Length: " + std::to_string(body.str().size()) +
      "\r\n\r\n" + body.str();
  std::vector<Client> clients(std::strtoul(argv[2], nullptr, 10));
  for (Client& client : clients) client.fd = connect_to(argv[1]);
  const double seconds = std::strtod(argv[3], nullptr);
  const auto start = Clock::now();
  Result result = load(clients, request, seconds, print_ids);
  const double took = std::chrono::duration<double>(Clock::now() - start).count();
  if (print_ids) return 0;
  if (result.micros.empty()) return 1;
  std::sort(result.micros.begin(), result.micros.end());
  std::printf("%-18s %3zu clients %9.0f requests/s   p50 %7.0f us   p99 %7.0f us   max %7.0f us   failures %zu\n",
              operation.c_str(), clients.size(), static_cast<double>(result.micros.size()) / took,
              percentile(result.micros, 0.5), percentile(result.micros, 0.99), result.micros.back(), result.failures);
  return result.failures == 0 ? 0 : 1;
}
