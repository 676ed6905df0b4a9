#include <unistd.h>

#include <array>
#include <csignal>
#include <mutex>

#include "core/base/error.h"
#include "core/base/text.h"
#include "vault/vault.h"

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
int guards = 0;
std::array<struct sigaction, kFaults.size()> previous{};

extern "C" void end_as_damaged(int /*signal*/) {
  const Ending& prepared = ending();
  (void)!write(STDERR_FILENO, prepared.message.data(), prepared.message.size());
  _exit(prepared.exit_status);
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
  (void)ending();
  struct sigaction action {};
  action.sa_handler = end_as_damaged;
  action.sa_flags = SA_ONSTACK;
  sigfillset(&action.sa_mask);
  for (std::size_t i = 0; i < kFaults.size(); ++i) sigaction(kFaults.at(i), &action, &previous.at(i));
}

void restore_handlers() {
  for (std::size_t i = 0; i < kFaults.size(); ++i) sigaction(kFaults.at(i), &previous.at(i), nullptr);
}

}  // namespace

DamageGuard::DamageGuard() {
  static thread_local const bool ready = (use_alternate_stack(), true);
  (void)ready;
  const std::lock_guard lock(mutex);
  if (guards++ == 0) install_handlers();
}

DamageGuard::~DamageGuard() {
  const std::lock_guard lock(mutex);
  if (--guards == 0) restore_handlers();
}

}  // namespace kms::vault
