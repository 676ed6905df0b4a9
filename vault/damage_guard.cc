#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <mutex>

#include "core/base/error.h"
#include "core/base/text.h"
#include "vault/vault.h"

namespace kms::vault {
namespace {

constexpr std::array kFaults = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};

// All that the handler needs is made before it can run: a handler may neither allocate nor take a lock.
struct Handling {
  std::string message;
  int exit_status = 1;
  std::array<struct sigaction, kFaults.size()> previous{};
};

Handling& handling() {
  static Handling instance;
  return instance;
}

std::atomic<int> guards{0};
static_assert(std::atomic<int>::is_always_lock_free);

extern "C" void end_as_damaged(int signal) {
  const Handling& handling_now = handling();
  if (guards.load() > 0) {
    (void)!write(STDERR_FILENO, handling_now.message.data(), handling_now.message.size());
    _exit(handling_now.exit_status);
  }
  // Not ours: what was set before takes over when the fault comes again on return.
  for (std::size_t i = 0; i < kFaults.size(); ++i) {
    if (kFaults.at(i) == signal) sigaction(signal, &handling_now.previous.at(i), nullptr);
  }
}

// The stack itself may be what the fault used up.
void use_alternate_stack() {
  static thread_local std::array<char, 32768> memory;
  stack_t current{};
  if (sigaltstack(nullptr, &current) != 0 || (current.ss_flags & SS_DISABLE) == 0) return;
  stack_t wanted{};
  wanted.ss_sp = memory.data();
  wanted.ss_size = memory.size();
  sigaltstack(&wanted, nullptr);
}

void install_handlers() {
  Handling& prepared = handling();
  constexpr ErrorCode kCode = ErrorCode::kVaultDamaged;
  prepared.message = cat("kmsctl: ", wire_name(kCode), ": the data file of the vault is damaged (data.mdb)\n");
  prepared.exit_status = exit_code(kCode);
  struct sigaction action {};
  action.sa_handler = end_as_damaged;
  action.sa_flags = SA_ONSTACK;
  sigfillset(&action.sa_mask);
  for (std::size_t i = 0; i < kFaults.size(); ++i) sigaction(kFaults.at(i), &action, &prepared.previous.at(i));
}

}  // namespace

DamageGuard::DamageGuard() {
  static std::once_flag once;
  std::call_once(once, install_handlers);
  static thread_local const bool ready = (use_alternate_stack(), true);
  (void)ready;
  ++guards;
}

DamageGuard::~DamageGuard() {
  --guards;
}

}  // namespace kms::vault
