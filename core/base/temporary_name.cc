#include "core/base/temporary_name.h"

#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <utility>

namespace kms {
namespace {

// In static memory, so that a signal handler reads no name that is freed meanwhile.
struct NamePlace {
  enum class State : std::uint8_t { kFree, kTaken, kNamed };
  std::atomic<State> state = State::kFree;
  std::array<char, 4096> path{};
};
static_assert(std::atomic<NamePlace::State>::is_always_lock_free);

std::array<NamePlace, 16> g_places;

// The signal is sent again, and ends the process when this returns: its default is back (SA_RESETHAND).
void remove_and_end(int number) {
  for (const NamePlace& place : g_places) {
    if (place.state == NamePlace::State::kNamed) unlink(place.path.data());
  }
  (void)raise(number);
}

void catch_signals() {
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) {
    struct sigaction present {};
    if (sigaction(number, nullptr, &present) != 0 || present.sa_handler != SIG_DFL) continue;
    struct sigaction action {};
    action.sa_handler = remove_and_end;
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    sigfillset(&action.sa_mask);
    sigaction(number, &action, nullptr);
  }
}

std::optional<std::size_t> take_place(const std::string& path) {
  for (std::size_t i = 0; i < g_places.size(); ++i) {
    NamePlace& place = g_places.at(i);
    auto free = NamePlace::State::kFree;
    if (path.size() >= place.path.size()) return std::nullopt;
    if (!place.state.compare_exchange_strong(free, NamePlace::State::kTaken)) continue;
    place.path.at(path.copy(place.path.data(), path.size())) = '\0';
    place.state = NamePlace::State::kNamed;
    return i;
  }
  return std::nullopt;
}

}  // namespace

TemporaryName::TemporaryName(std::string path) : path_(std::move(path)), place_(take_place(path_)) {
  catch_signals();
}

TemporaryName::TemporaryName(TemporaryName&& other) noexcept
    : path_(std::exchange(other.path_, {})), place_(std::exchange(other.place_, std::nullopt)) {}

TemporaryName& TemporaryName::operator=(TemporaryName&& other) noexcept {
  if (this != &other) {
    remove();
    path_ = std::exchange(other.path_, {});
    place_ = std::exchange(other.place_, std::nullopt);
  }
  return *this;
}

void TemporaryName::remove() {
  if (!path_.empty()) unlink(path_.c_str());
  release();
}

void TemporaryName::release() {
  if (place_) g_places.at(*place_).state = NamePlace::State::kFree;
  place_.reset();
  path_.clear();
}

}  // namespace kms
