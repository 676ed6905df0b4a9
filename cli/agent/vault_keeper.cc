#include "cli/agent/vault_keeper.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/service/dispatch.h"
#include "core/service/service_events.h"
#include "core/service/signers.h"

namespace kms::agent {
namespace {

vault::Options serving_options(const Beyond& beyond) {
  vault::Options options;
  options.anchors = beyond.anchors;
  options.remember = true;
  return options;
}

}  // namespace

UnlockedVault::UnlockedVault(const std::string& path, const vault::OpenedSlots& slots, const Proof& by,
                             std::span<const kms::Operation> operations, const Beyond& beyond, const Clock& clock,
                             Random& random, Metrics& metrics)
    : vault_(vault::Vault::open(path, slots, random, serving_options(beyond))),
      context_{clock,     random,      *vault_,      *vault_,     authorizer_,     audit_,  upkeep_,         operations,
               &buckets_, &data_keys_, vault_.get(), beyond.keys, beyond.delivery, nullptr, OpenedBy::kAgent},
      committer_(context_, metrics) {
  audit_.add_observer(metrics.trail());
  admit({{vault_->principal(), present_id_of(context_, vault_->principal())},
         vault_->unlocking_slot(),
         vault_->unlocking_kind()},
        by, /*takes_over=*/false);
  record_failed_unlocks(context_);
}

// As the principal of the slot itself, whatever else the request says of its caller.
void UnlockedVault::admit(Opener opener, Proof by, bool takes_over) {
  Standing& standing = opener.standing;
  by.principal = standing.principal;
  by.principal_id = standing.principal_id;
  by.session_token.clear();
  by.region.clear();
  by.via_service.clear();
  const std::uint32_t uid = by.uid.value();
  throw_if_error(
      dispatch(context_, by, name_of(context_.operations, AgentVerb::kUnlock),
               {{"Uid", uid}, {"TakenOver", takes_over}, {"SlotId", opener.slot}, {"Kind", to_text(opener.kind)}}));
  standings_.put(uid, std::move(standing));
}

void UnlockedVault::take_over(const vault::Credential& credential, const Proof& by) {
  const Slot slot = vault_->slot_of(credential);
  Proof proof;
  proof.principal = slot.principal;
  proof.principal_id = present_id_of(context_, slot.principal);
  const Caller caller = identify(context_, proof);
  if (!caller.is_root() || caller.home.account != home_of(context_).account) {
    throw Error(ErrorCode::kConflict, "the vault is unlocked already");
  }
  admit({{slot.principal, std::move(proof.principal_id)}, slot.id, slot.kind}, by, /*takes_over=*/true);
}

VaultKeeper::VaultKeeper(std::string path, std::span<const kms::Operation> operations, const Clock& clock,
                         Random& random, Metrics& metrics, const Beyond& beyond)
    : path_(std::move(path)),
      operations_(operations),
      beyond_(beyond),
      clock_(clock),
      random_(random),
      metrics_(metrics) {}

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

VaultKeeper::Unlocked VaultKeeper::unlock(const vault::Credential& credential, const Proof& by) {
  if (const auto lease = enter()) {
    lease->take_over(credential, by);
    return {};
  }
  const auto slots = vault::open_slots(path_, credential, serving_options(beyond_));
  const std::lock_guard changing(changing_);
  if (this->unlocked()) throw Error(ErrorCode::kConflict, "the vault was unlocked meanwhile; run the command again");
  auto opened = std::make_unique<UnlockedVault>(path_, *slots, by, operations_, beyond_, clock_, random_, metrics_);
  Unlocked unlocked;
  if (!opened->journals()) {
    unlocked.warning =
        cat(path_, ": its journal cannot be had (the disk is full, or another agent has it): every call waits for the ",
            "data file until the vault is locked and unlocked again");
  }
  const std::lock_guard lock(mutex_);
  vault_ = std::move(opened);
  open_ = true;
  return unlocked;
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
