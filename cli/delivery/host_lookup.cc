#include "cli/delivery/host_lookup.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

namespace kms::delivery {
namespace {

constexpr int kMostLookups = 8;
constexpr std::size_t kMostAddresses = 8;  // that are tried

// Of a caller and a thread, and kept by whichever is longer.
struct Lookup {
  std::mutex mutex;
  std::condition_variable changed;
  bool done = false;
  HostAddresses result;
};

std::atomic<int>& lookups_under_way() {
  static std::atomic<int> count = 0;
  return count;
}

HostAddresses look_up(const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* all = nullptr;
  const int error = getaddrinfo(host.c_str(), nullptr, &hints, &all);
  HostAddresses out;
  if (error != 0) {
    out.failure = cat("its host is not found: ", std::string_view(gai_strerror(error)));
    return out;
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(all, &freeaddrinfo);
  for (const addrinfo* each = all; each != nullptr && out.found.size() < kMostAddresses; each = each->ai_next) {
    std::array<char, NI_MAXHOST> text{};
    if (getnameinfo(each->ai_addr, each->ai_addrlen, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST) == 0) {
      out.found.emplace_back(text.data());
    }
  }
  if (out.found.empty()) out.failure = "its host has no address";
  return out;
}

bool is_address(const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> space{};
  return inet_pton(AF_INET, host.c_str(), space.data()) == 1 || inet_pton(AF_INET6, host.c_str(), space.data()) == 1;
}

}  // namespace

HostAddresses addresses_of(const std::string& host, const Deadline& deadline) {
  if (is_address(host)) return {.found = {host}};
  if (host == "localhost") return {.found = {"127.0.0.1", "::1"}};
  const auto lookup = std::make_shared<Lookup>();
  if (++lookups_under_way() > kMostLookups) {
    --lookups_under_way();
    return {.failure = "the name service has not answered earlier questions yet"};
  }
  try {
    std::thread([lookup, host] {
      HostAddresses result = look_up(host);
      --lookups_under_way();
      const std::lock_guard lock(lookup->mutex);
      lookup->result = std::move(result);
      lookup->done = true;
      lookup->changed.notify_one();
    }).detach();
  } catch (const std::system_error&) {
    --lookups_under_way();
    return {.failure = "no thread can be started to look its host up"};
  }
  std::unique_lock lock(lookup->mutex);
  if (lookup->changed.wait_until(lock, deadline.end(), [&] { return lookup->done; })) return lookup->result;
  return {.failure = cat("its host was not found within ", deadline.text())};
}

}  // namespace kms::delivery
