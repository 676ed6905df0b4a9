#pragma once
// The vault of the agent: unlocked or not, and in use or not.
#include <condition_variable>
#include <memory>
#include <mutex>
#include <span>
#include <string>

#include "cli/agent/committer.h"
#include "core/base/clock.h"
#include "core/base/random.h"
#include "core/service/authorization.h"
#include "core/service/context.h"
#include "core/service/operation.h"
#include "core/service/token_buckets.h"
#include "vault/vault.h"

namespace kms::agent {

// An unlocked vault with all that serves calls on it.
class UnlockedVault {
 public:
  UnlockedVault(const std::string& path, const vault::Credential& credential,
                std::span<const kms::Operation> operations, const Clock& clock, Random& random, Metrics& metrics);

  const Context& context() const { return context_; }
  Committer& committer() { return committer_; }
  const AccountRegion& home() const { return home_; }
  const std::string& principal() const { return vault_->principal(); }  // of the slot that opened it
  const std::string& id() const { return vault_->id(); }
  bool journals() const { return vault_->journals(); }

 private:
  std::unique_ptr<vault::Vault> vault_;
  PolicyAuthorizer authorizer_;
  StoredAudit audit_;
  TokenBuckets buckets_;
  DataKeyCache data_keys_;
  Context context_;
  AccountRegion home_;
  Committer committer_;
};

// Thread-safe.
class VaultKeeper {
 public:
  // All of them outlive the keeper.
  VaultKeeper(std::string path, std::span<const kms::Operation> operations, const Clock& clock, Random& random,
              Metrics& metrics);
  ~VaultKeeper();
  VaultKeeper(const VaultKeeper&) = delete;
  VaultKeeper& operator=(const VaultKeeper&) = delete;
  VaultKeeper(VaultKeeper&&) = delete;
  VaultKeeper& operator=(VaultKeeper&&) = delete;

  // Keeps the vault open while it lives.
  class Lease {
   public:
    Lease(VaultKeeper& keeper, UnlockedVault* vault) : keeper_(&keeper), vault_(vault) {}
    Lease(Lease&& other) noexcept : keeper_(other.keeper_), vault_(std::exchange(other.vault_, nullptr)) {}
    Lease& operator=(Lease&&) = delete;
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    ~Lease();
    explicit operator bool() const { return vault_ != nullptr; }
    UnlockedVault* operator->() const { return vault_; }
    UnlockedVault& operator*() const { return *vault_; }

   private:
    VaultKeeper* keeper_;
    UnlockedVault* vault_;
  };
  Lease enter();  // false while the vault is locked
  // For the sake of calls that are in it: also while it waits for them before it is locked.
  Lease enter_again();

  // Takes as long as the credential's key derivation. `by` is the user of the system who is the unlocking principal
  // from now on. Throws what Vault::open throws; ConflictException when it is unlocked already.
  void unlock(const vault::Credential& credential, std::uint32_t by);
  // Waits for the calls that are under way, then closes the vault and wipes its keys.
  void lock();
  bool unlocked() const;
  bool in_use() const;  // by a lease
  std::uint32_t unlocked_by() const;
  const std::string& path() const { return path_; }
  std::span<const kms::Operation> operations() const { return operations_; }

 private:
  void leave() noexcept;
  const std::string path_;
  const std::span<const kms::Operation> operations_;
  const Clock& clock_;
  Random& random_;
  Metrics& metrics_;
  std::mutex changing_;  // one unlock or lock at a time
  mutable std::mutex mutex_;
  std::condition_variable idle_;
  std::unique_ptr<UnlockedVault> vault_;
  bool open_ = false;
  int leases_ = 0;
  std::uint32_t unlocked_by_ = 0;
};

}  // namespace kms::agent
