#include "cli/delivery/syslog.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <nlohmann/json.hpp>
#include <system_error>
#include <thread>

#include "core/base/file.h"
#include "core/base/ordered_json.h"
#include "core/base/text.h"

namespace kms::delivery {
namespace {

constexpr int kAuthpriv = 10;
constexpr int kWarning = 4;
constexpr int kSeverities = 8;
constexpr std::chrono::milliseconds kBetweenSends{10};

std::string two_characters(int number, char filler) {
  const std::string digits = std::to_string(number);
  return digits.size() > 1 ? digits : cat(std::string(1, filler), digits);
}

// In English, whatever the locale.
std::string syslog_time(Time now) {
  constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::time_t seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  std::tm local{};
  localtime_r(&seconds, &local);
  return cat(kMonths.at(static_cast<std::size_t>(local.tm_mon)), " ", two_characters(local.tm_mday, ' '), " ",
             two_characters(local.tm_hour, '0'), ":", two_characters(local.tm_min, '0'), ":",
             two_characters(local.tm_sec, '0'));
}

std::string without_event(std::string_view notice) {
  OrderedJson document = OrderedJson::parse(notice, nullptr, false);
  if (!document.is_object()) return std::string(notice);
  document.erase("event");
  return document.dump();
}

std::string not_sent(const std::string& socket, int error) {
  if (error == ENOENT || error == ECONNREFUSED) return cat("no syslog listens at ", socket);
  return cat("syslog at ", socket, ": ", std::generic_category().message(error));
}

}  // namespace

std::optional<std::string> syslog_message(std::string_view alert, std::string_view notice, Time now, pid_t process) {
  const std::string head = cat("<", std::to_string(kAuthpriv * kSeverities + kWarning), ">", syslog_time(now),
                               " kmsctl[", std::to_string(process), "]: alert ", alert, ": ");
  if (head.size() + notice.size() <= kSyslogLimit) return cat(head, notice);
  std::string message = cat(head, without_event(notice));
  if (message.size() > kSyslogLimit) return std::nullopt;
  return message;
}

std::optional<std::string> tell_syslog(const std::string& socket, std::string_view message, const Deadline& deadline) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (socket.size() >= sizeof address.sun_path) return not_sent(socket, ENAMETOOLONG);
  std::ranges::copy(socket, std::begin(address.sun_path));
  const UniqueFd fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) return not_sent(socket, errno);
  if (connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return not_sent(socket, errno);
  }
  while (send(fd.get(), message.data(), message.size(), MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
    const int error = errno;
    if (error != EAGAIN && error != ENOBUFS && error != EINTR) return not_sent(socket, error);
    if (deadline.over()) return cat("syslog at ", socket, " took nothing for ", deadline.text());
    pollfd writable{fd.get(), POLLOUT, 0};
    (void)poll(&writable, 1, deadline.milliseconds_left());
    if (error == ENOBUFS) std::this_thread::sleep_for(kBetweenSends);  // which poll(2) knows nothing of
  }
  return std::nullopt;
}

}  // namespace kms::delivery
