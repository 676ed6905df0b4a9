// A whole older copy of the vault: what fits in itself is compared with what this machine remembers (anchor.h), and the
// header with the records, which are written more often.
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/base/time_text.h"
#include "vault/local/open_vault.h"

namespace kms::vault {
namespace {

std::string changes_are(std::uint64_t count) {
  return count == 1 ? "1 change is" : cat(std::to_string(count), " changes are");
}

[[noreturn]] void throw_rolled_back(const Rollback& rollback, const std::string& path) {
  const std::string seen = cat("it had change ", std::to_string(rollback.expected),
                               " when this machine last saw it, at ", iso_seconds(rollback.seen), ", ");
  const std::string what =
      rollback.found < rollback.expected
          ? cat("and has change ", std::to_string(rollback.found),
                " now: ", changes_are(rollback.expected - rollback.found), " missing, revocations perhaps among them")
          : "and has another one of that number now";
  throw Error(ErrorCode::kVaultDamaged,
              cat("the vault at ", path, " is an older copy that was put back, or one that went its own way: ", seen,
                  what, ". kmsctl vault accept-rollback goes on with it"));
}

// Whether the vault is older than, or another one than, what was seen.
bool is_behind(const AnchorValue& now, const std::optional<Anchor::Found>& seen) {
  if (!seen || seen->value.sequence < now.sequence) return false;
  return seen->value.sequence > now.sequence || seen->value.mark != now.mark;
}

}  // namespace

State OpenVault::present_state() {
  const auto txn = env_->begin(Access::kRead);
  return RecordTable(*txn, *keys_, random_).read_state();
}

void OpenVault::require_newest() {
  const State state = present_state();
  // That of a backup was made a moment ago, by this process.
  if (!options_.new_incarnation && header_.generation < state.header) {
    throw Error(ErrorCode::kVaultDamaged,
                "vault.hdr is older than the records: it was put back as it was at an earlier time; restore a backup");
  }
  anchor_.emplace(options_.anchors, id_, state.incarnation);
  const auto seen = anchor_->read();
  AnchorValue now = anchor_value_of(state);
  // Others commit, and what they commit is what is seen next: it is in a state that is read after that.
  if (is_behind(now, seen)) now = anchor_value_of(present_state());
  if (!is_behind(now, seen)) return anchor_->advance(now);
  rollback_ = Rollback{seen->value.sequence, now.sequence, seen->written};
  if (!options_.allow_rollback) throw_rolled_back(*rollback_, directory_.path());
}

void OpenVault::remember_change(const State& state) {
  if (!anchor_) return;
  if (rollback_accepted_) {
    anchor_->put_back(anchor_value_of(state));
  } else {
    anchor_->advance(anchor_value_of(state));
  }
}

}  // namespace kms::vault
