#pragma once
// The vault of the agent: unlocked or not, and in use or not.
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>

#include "cli/agent/committer.h"
#include "cli/agent/standings.h"
#include "core/base/clock.h"
#include "core/base/random.h"
#include "core/service/authorization.h"
#include "core/service/context.h"
#include "core/service/operation.h"
#include "core/service/token_buckets.h"
#include "core/upkeep/upkeep.h"
#include "vault/local/vault.h"

namespace kms::agent {

// What calls reach that is not the vault: other places of keys, and where alerts are told.
struct Beyond {
  KeyBackends keys = {};
  AlertDelivery* delivery = nullptr;  // as in a Context
  std::string anchors = {};           // as in vault::Options
};

// An unlocked vault with all that serves calls on it.
class UnlockedVault {
 public:
  // Opens it, and admits `by` as the principal of the slot, as admit() does.
  UnlockedVault(const std::string& path, const vault::OpenedSlots& slots, const Proof& by,
                std::span<const kms::Operation> operations, const Beyond& beyond, const Clock& clock, Random& random,
                Metrics& metrics);

  const Context& context() const { return context_; }
  Committer& committer() { return committer_; }
  const std::string& id() const { return vault_->id(); }
  // As whom a user of the system has unlocked the vault.
  std::optional<Standing> standing(std::uint32_t uid) const { return standings_.find(uid); }
  // Gives the user the standing of whom the credential unlocks as, where that is the root of the home account: it may
  // take an unlocked agent over. ConflictException for everybody else, else as admit().
  void take_over(const vault::Credential& credential, const Proof& by);
  bool journals() const { return vault_->journals(); }

 private:
  struct Opener {
    Standing standing;
    std::string slot;
    SlotKind kind;
  };
  // Nobody has a standing without an event of it: throws what keeps that from being written.
  void admit(Opener opener, Proof by, bool takes_over);
  std::unique_ptr<vault::Vault> vault_;
  PolicyAuthorizer authorizer_;
  AuditRecorder audit_;
  UpkeepOnRequest upkeep_;
  TokenBuckets buckets_;
  DataKeyCache data_keys_;
  Context context_;
  Standings standings_;
  Committer committer_;
};

// Thread-safe.
class VaultKeeper {
 public:
  // All of them outlive the keeper, and so does what `beyond` refers to.
  VaultKeeper(std::string path, std::span<const kms::Operation> operations, const Clock& clock, Random& random,
              Metrics& metrics, const Beyond& beyond = {});
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

  struct Unlocked {
    std::string warning;  // what the operator should know; empty where all is well
  };
  // Takes as long as the credential's key derivation, which keeps nobody else from anything. `by` tells the user of the
  // system, who is the unlocking principal from now on, and how the request came; the rest of it does not matter. The
  // event of it is durable before anybody is served. Throws what open_slots(), Vault::open() and UnlockedVault throw.
  Unlocked unlock(const vault::Credential& credential, const Proof& by);
  // Waits for the calls that are under way, then closes the vault and wipes its keys.
  void lock();
  bool unlocked() const;
  bool in_use() const;  // by a lease
  // Whether the user of the system has unlocked the vault as the root of an account.
  bool is_owner(std::uint32_t uid);
  const std::string& path() const { return path_; }
  std::span<const kms::Operation> operations() const { return operations_; }

 private:
  void leave() noexcept;
  const std::string path_;
  const std::span<const kms::Operation> operations_;
  const Beyond beyond_;
  const Clock& clock_;
  Random& random_;
  Metrics& metrics_;
  std::mutex changing_;  // one unlock or lock at a time
  mutable std::mutex mutex_;
  std::condition_variable idle_;
  std::unique_ptr<UnlockedVault> vault_;
  bool open_ = false;
  int leases_ = 0;
};

}  // namespace kms::agent
