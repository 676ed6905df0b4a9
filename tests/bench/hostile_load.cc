// Clients that mean harm, for tests/bench/hostile: all from one thread, for so many seconds.
//   hold TARGET COUNT SECONDS [FILE]   so many connections that send FILE, or nothing, and then wait; again when closed
//   flood TARGET COUNT SECONDS FILE    so many connections that send the request in FILE again with each answer
// TARGET is the path of a unix socket, or ADDRESS:PORT[,FROM...] with the addresses to come from, by turns. Prints how
// many connections were made, how many answers came and with which status.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

struct Target {
  std::string path;  // of a unix socket, else:
  sockaddr_in address{};
  std::vector<in_addr> from;
};

Target parse_target(const std::string& text) {
  Target target;
  if (text.front() == '/') {
    target.path = text;
    return target;
  }
  std::istringstream parts(text);
  std::string part;
  std::getline(parts, part, ',');
  const std::size_t colon = part.rfind(':');
  target.address.sin_family = AF_INET;
  target.address.sin_port = htons(static_cast<std::uint16_t>(std::strtoul(part.c_str() + colon + 1, nullptr, 10)));
  inet_pton(AF_INET, part.substr(0, colon).c_str(), &target.address.sin_addr);
  while (std::getline(parts, part, ',')) inet_pton(AF_INET, part.c_str(), &target.from.emplace_back());
  return target;
}

struct Client {
  int fd = -1;
  std::size_t sent = 0;
  std::string received;
};

struct Counts {
  std::size_t opened = 0;
  std::size_t refused = 0;  // not even connected
  std::map<std::string, std::size_t> statuses;
};

class Load {
 public:
  Load(Target target, std::string request, bool repeats) : target_(std::move(target)), request_(std::move(request)) {
    repeats_ = repeats;
  }

  void run(std::size_t count, double seconds) {
    clients_.resize(count);
    const auto end = Clock::now() + std::chrono::duration<double>(seconds);
    std::vector<epoll_event> events(1024);
    std::size_t next = 0;  // to be looked at: those that are not connected
    while (Clock::now() < end) {
      for (int i = 0; i < 64; ++i) {
        Client& client = clients_[next++ % count];
        if (client.fd < 0) open(client);
      }
      const int ready = epoll_wait(poll_, events.data(), static_cast<int>(events.size()), 1);
      for (int i = 0; i < ready; ++i) serve(clients_[events[static_cast<std::size_t>(i)].data.u64]);
    }
  }

  void print() const {
    const auto held = std::count_if(clients_.begin(), clients_.end(), [](const Client& each) { return each.fd >= 0; });
    std::printf("opened %zu refused %zu held %zd", counts_.opened, counts_.refused, held);
    for (const auto& [status, count] : counts_.statuses) std::printf(" %s %zu", status.c_str(), count);
    std::printf("\n");
  }

 private:
  void open(Client& client) {
    client = {};
    const bool unix_socket = !target_.path.empty();
    client.fd = socket(unix_socket ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int failed = 0;
    if (unix_socket) {
      sockaddr_un address{};
      address.sun_family = AF_UNIX;
      std::memcpy(address.sun_path, target_.path.data(), std::min(target_.path.size(), sizeof(address.sun_path) - 1));
      failed = connect(client.fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    } else {
      sockaddr_in from{};
      from.sin_family = AF_INET;
      if (!target_.from.empty()) from.sin_addr = target_.from[turn_++ % target_.from.size()];
      const int one = 1;
      setsockopt(client.fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
      failed = bind(client.fd, reinterpret_cast<const sockaddr*>(&from), sizeof from);
      if (failed == 0) {
        failed = connect(client.fd, reinterpret_cast<const sockaddr*>(&target_.address), sizeof target_.address);
      }
    }
    if (failed != 0 && errno != EINPROGRESS) {
      ++counts_.refused;
      return drop(client);
    }
    ++counts_.opened;
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLET;
    event.data.u64 = static_cast<std::uint64_t>(&client - clients_.data());
    epoll_ctl(poll_, EPOLL_CTL_ADD, client.fd, &event);
  }

  static void drop(Client& client) {
    close(client.fd);
    client.fd = -1;
  }

  void serve(Client& client) {
    if (client.fd < 0) return;
    send_more(client);
    std::array<char, 16384> piece{};
    for (;;) {
      const ssize_t size = read(client.fd, piece.data(), piece.size());
      if (size < 0 && errno == EAGAIN) return;
      if (size <= 0) return drop(client);
      client.received.append(piece.data(), static_cast<std::size_t>(size));
      while (take_answer(client)) {
        if (!repeats_) continue;
        client.sent = 0;
        send_more(client);
      }
    }
  }

  void send_more(Client& client) {
    while (client.sent < request_.size()) {
      const ssize_t size = send(client.fd, request_.data() + client.sent, request_.size() - client.sent, MSG_NOSIGNAL);
      if (size <= 0) return;
      client.sent += static_cast<std::size_t>(size);
    }
  }

  bool take_answer(Client& client) {
    const std::size_t end = client.received.find("\r\n\r\n");
    if (end == std::string::npos) return false;
    constexpr std::string_view kLength = "Content-Length: ";
    const std::size_t at = client.received.find(kLength);
    const std::size_t size =
        end + 4 + (at < end ? std::strtoul(client.received.c_str() + at + kLength.size(), nullptr, 10) : 0);
    if (client.received.size() < size) return false;
    constexpr std::string_view kType = "x-amzn-ErrorType: ";
    const std::size_t type = client.received.find(kType);
    std::string status = client.received.substr(std::string_view("HTTP/1.1 ").size(), 3);
    if (type < end) {
      const std::size_t from = type + kType.size();
      status = client.received.substr(from, client.received.find('\r', from) - from);
    }
    ++counts_.statuses[status];
    client.received.erase(0, size);
    return true;
  }

  Target target_;
  std::string request_;
  bool repeats_ = false;
  int poll_ = epoll_create1(EPOLL_CLOEXEC);
  std::size_t turn_ = 0;
  std::vector<Client> clients_;
  Counts counts_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 5) {
    std::cerr << "usage: " << argv[0] << " hold|flood TARGET COUNT SECONDS [FILE]\n";
    return 2;
  }
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  std::ostringstream request;
  if (argc > 5) request << std::ifstream(argv[5], std::ios::binary).rdbuf();
  Load load(parse_target(argv[2]), request.str(), std::string_view(argv[1]) == "flood");
  load.run(std::strtoul(argv[3], nullptr, 10), std::strtod(argv[4], nullptr));
  load.print();
}
