#include "cli/agent/vault_keeper.h"

#include <utility>

#include "core/base/error.h"
#include "core/service/dispatch.h"
#include "core/service/signers.h"

namespace kms::agent {
namespace {

vault::Options serving_options() {
  vault::Options options;
  options.remember = true;
  return options;
}

}  // namespace

UnlockedVault::UnlockedVault(const std::string& path, const vault::OpenedSlots& slots, std::uint32_t by,
                             std::span<const kms::Operation> operations, const Clock& clock, Random& random,
                             Metrics& metrics)
    : vault_(vault::Vault::open(path, slots, random, serving_options())),
      context_{clock, random, *vault_, *vault_, authorizer_, audit_, operations, &buckets_, &data_keys_, vault_.get()},
      committer_(context_, metrics) {
  standings_.put(by, {vault_->principal(), present_id_of(context_, vault_->principal())});
}

std::string UnlockedVault::take_over(const vault::Credential& credential, std::uint32_t by) {
  std::string principal = vault_->principal_of(credential);
  Proof proof;
  proof.principal = principal;
  proof.principal_id = present_id_of(context_, principal);
  const Caller caller = identify(context_, proof);
  if (!caller.is_root() || caller.home.account != home_of(context_).account) {
    throw Error(ErrorCode::kConflict, "the vault is unlocked already");
  }
  standings_.put(by, {principal, proof.principal_id});
  return principal;
}

VaultKeeper::VaultKeeper(std::string path, std::span<const kms::Operation> operations, const Clock& clock,
                         Random& random, Metrics& metrics)
    : path_(std::move(path)), operations_(operations), clock_(clock), random_(random), metrics_(metrics) {}

VaultKeeper::~VaultKeeper() {
  lock();
}

VaultKeeper::Lease::~Lease() {
  if (vault_ != nullptr) keeper_->leave();
}

VaultKeeper::Lease VaultKeeper::enter() {
  const std::lock_guard lock(mutex_);
  if (!open_) return {*this, nullptr};
  ++leases_;
  return {*this, vault_.get()};
}

VaultKeeper::Lease VaultKeeper::enter_again() {
  const std::lock_guard lock(mutex_);
  if (!open_ && leases_ == 0) return {*this, nullptr};
  ++leases_;
  return {*this, vault_.get()};
}

void VaultKeeper::leave() noexcept {
  const std::lock_guard lock(mutex_);
  if (--leases_ == 0) idle_.notify_all();
}

VaultKeeper::Unlocked VaultKeeper::unlock(const vault::Credential& credential, std::uint32_t by) {
  if (const auto lease = enter()) return {lease->take_over(credential, by), true};
  const auto slots = vault::open_slots(path_, credential, serving_options());
  const std::lock_guard changing(changing_);
  if (unlocked()) throw Error(ErrorCode::kConflict, "the vault was unlocked meanwhile; run the command again");
  auto opened = std::make_unique<UnlockedVault>(path_, *slots, by, operations_, clock_, random_, metrics_);
  std::string principal = opened->standing(by)->principal;
  const std::lock_guard lock(mutex_);
  vault_ = std::move(opened);
  open_ = true;
  return {std::move(principal), false};
}

void VaultKeeper::lock() {
  const std::lock_guard changing(changing_);
  std::unique_ptr<UnlockedVault> closing;
  {
    std::unique_lock lock(mutex_);
    open_ = false;
    idle_.wait(lock, [&] { return leases_ == 0; });
    closing = std::move(vault_);
  }
}

bool VaultKeeper::unlocked() const {
  const std::lock_guard lock(mutex_);
  return open_;
}

bool VaultKeeper::is_owner(std::uint32_t uid) {
  const auto lease = enter();
  const auto standing = lease ? lease->standing(uid) : std::nullopt;
  return standing && standing->principal_id.empty();
}

bool VaultKeeper::in_use() const {
  const std::lock_guard lock(mutex_);
  return leases_ > 0;
}

}  // namespace kms::agent
