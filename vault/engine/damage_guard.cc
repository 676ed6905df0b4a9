#include "vault/engine/damage_guard.h"

#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <mutex>
#include <vector>

#include "core/base/error.h"
#include "core/base/text.h"

namespace kms::vault {
namespace {

constexpr std::array kFaults = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};

// All that the handler needs is made before it can run: a handler may neither allocate nor take a lock.
struct Ending {
  std::string message;
  int exit_status;
};

const Ending& ending() {
  constexpr ErrorCode kCode = ErrorCode::kVaultDamaged;
  static const Ending prepared{
      cat("kmsctl: ", wire_name(kCode), ": the data file of the vault is damaged (data.mdb)\n"), exit_code(kCode)};
  return prepared;
}

std::mutex mutex;
int users = 0;                // guards that installed, and each DamageHandling
std::atomic<int> handled{0};  // each DamageHandling
thread_local int guards = 0;  // of this thread
std::array<struct sigaction, kFaults.size()> previous{};

// A fault without a guard is none of ours: it comes again, to what handled it before.
extern "C" void end_as_damaged(int signal) {
  if (guards == 0) {
    for (std::size_t i = 0; i < kFaults.size(); ++i) {
      if (kFaults.at(i) == signal) sigaction(signal, &previous.at(i), nullptr);
    }
    raise(signal);
    return;
  }
  const Ending& prepared = ending();
  (void)!write(STDERR_FILENO, prepared.message.data(), prepared.message.size());
  _exit(prepared.exit_status);
}

// For the handler in this thread: the stack itself may be what the fault used up.
class AlternateStack {
 public:
  AlternateStack() {
    stack_t current{};
    if (sigaltstack(nullptr, &current) != 0 || (current.ss_flags & SS_DISABLE) == 0) return;
    memory_.resize(kSize);
    stack_t wanted{};
    wanted.ss_sp = memory_.data();
    wanted.ss_size = memory_.size();
    sigaltstack(&wanted, nullptr);
  }
  ~AlternateStack() {
    if (memory_.empty()) return;
    stack_t none{};
    none.ss_flags = SS_DISABLE;
    sigaltstack(&none, nullptr);
  }
  AlternateStack(const AlternateStack&) = delete;
  AlternateStack& operator=(const AlternateStack&) = delete;
  AlternateStack(AlternateStack&&) = delete;
  AlternateStack& operator=(AlternateStack&&) = delete;

 private:
  static constexpr std::size_t kSize = 32768;
  std::vector<char> memory_;  // not the thread's own: every start of a process would clear that
};

void install_handlers() {
  const std::lock_guard lock(mutex);
  if (users++ > 0) return;
  (void)ending();
  struct sigaction action {};
  action.sa_handler = end_as_damaged;
  action.sa_flags = SA_ONSTACK;
  sigfillset(&action.sa_mask);
  for (std::size_t i = 0; i < kFaults.size(); ++i) sigaction(kFaults.at(i), &action, &previous.at(i));
}

void restore_handlers() {
  const std::lock_guard lock(mutex);
  if (--users > 0) return;
  for (std::size_t i = 0; i < kFaults.size(); ++i) sigaction(kFaults.at(i), &previous.at(i), nullptr);
}

}  // namespace

DamageGuard::DamageGuard() : installed_(handled == 0) {
  [[maybe_unused]] static thread_local const AlternateStack stack;
  if (installed_) install_handlers();
  ++guards;
}

DamageGuard::~DamageGuard() {
  --guards;
  if (installed_) restore_handlers();
}

DamageHandling::DamageHandling() {
  install_handlers();
  ++handled;
}

DamageHandling::~DamageHandling() {
  --handled;
  restore_handlers();
}

}  // namespace kms::vault
