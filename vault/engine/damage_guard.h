#pragma once
// What becomes of a fault of memory while a damaged data file is read. Thread-safe.
namespace kms::vault {

// While a thread has one, a fault of memory there (SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT) is taken for a damaged
// data file: the process says so on stderr and ends with the exit code of VaultDamagedException instead of a signal.
// Guards nest. Elsewhere a fault goes to what handled it before.
class DamageGuard {
 public:
  DamageGuard();
  ~DamageGuard();
  DamageGuard(const DamageGuard&) = delete;
  DamageGuard& operator=(const DamageGuard&) = delete;
  DamageGuard(DamageGuard&&) = delete;
  DamageGuard& operator=(DamageGuard&&) = delete;

 private:
  bool installed_;  // the handlers, for itself
};

// Keeps the handlers of guards in place while one lives: each guard would install its own else, which is ten system
// calls.
class DamageHandling {
 public:
  DamageHandling();
  ~DamageHandling();
  DamageHandling(const DamageHandling&) = delete;
  DamageHandling& operator=(const DamageHandling&) = delete;
  DamageHandling(DamageHandling&&) = delete;
  DamageHandling& operator=(DamageHandling&&) = delete;
};

}  // namespace kms::vault
