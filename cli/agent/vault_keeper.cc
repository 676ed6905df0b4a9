#include "cli/agent/vault_keeper.h"

#include <utility>

#include "core/base/error.h"
#include "core/service/vault_records.h"

namespace kms::agent {
namespace {

vault::Options serving_options() {
  vault::Options options;
  options.remember = true;
  return options;
}

}  // namespace

UnlockedVault::UnlockedVault(const std::string& path, const vault::Credential& credential,
                             std::span<const kms::Operation> operations, const Clock& clock, Random& random,
                             Metrics& metrics)
    : vault_(vault::Vault::open(path, credential, random, serving_options())),
      context_{clock, random, *vault_, *vault_, authorizer_, audit_, operations, &buckets_, &data_keys_},
      home_(find_home(*vault_->begin(Access::kRead))),
      committer_(context_, metrics) {}

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

void VaultKeeper::unlock(const vault::Credential& credential, std::uint32_t by) {
  const std::lock_guard changing(changing_);
  if (unlocked()) throw Error(ErrorCode::kConflict, "the vault is unlocked already");
  auto opened = std::make_unique<UnlockedVault>(path_, credential, operations_, clock_, random_, metrics_);
  const std::lock_guard lock(mutex_);
  vault_ = std::move(opened);
  open_ = true;
  unlocked_by_ = by;
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

bool VaultKeeper::in_use() const {
  const std::lock_guard lock(mutex_);
  return leases_ > 0;
}

std::uint32_t VaultKeeper::unlocked_by() const {
  const std::lock_guard lock(mutex_);
  return unlocked_by_;
}

}  // namespace kms::agent
