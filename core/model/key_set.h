#pragma once
// The keys that share an id and their material: those of a multi-Region key that this vault has, or a single key. What
// they share is the set's: which material there is, in which order and in which state, the rotation settings, which
// Regions belong to it, and where its primary is. A change is a method, after which the set is consistent:
//
// - Each member lists the same material in the same states: one CURRENT as soon as there is any, and at most one that
//   is pending. Which of it is imported, until when and under which description, is a member's own.
// - A member that lacks any material but pending one is PendingImport, unless its deletion is pending.
// - Pending material is PENDING_ROTATION when every member has it; before,
//   PENDING_MULTI_REGION_IMPORT_AND_ROTATION. Only the first can become CURRENT.
//
// Who leads says what the set shares: the primary; in a vault that has replicas alone, the member that heard last of
// it. Members in other vaults are names in the list of Regions: they follow by bundles (formats/replica_bundle.md), and
// nobody waits for them. A member past its deletion date still follows, since it comes back where the clock was wrong,
// but nobody waits for it either.
//
// A value: reads and writes no records (core/upkeep/key_sets.h does), holds no secrets. Secrets belong where the
// members say that material is present or has expired.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/clock.h"
#include "core/model/key.h"

namespace kms {

// How material was imported into one member.
struct ImportTerms {
  std::optional<Time> valid_to = std::nullopt;
  std::optional<std::string> description = std::nullopt;  // none: as it was
};

class KeySet {
 public:
  // At least one member, all of one account and one id, each in another Region.
  KeySet(std::vector<Key> members, Time now);

  const std::vector<Key>& members() const { return members_; }
  bool has(std::string_view region) const { return find(region) != nullptr; }
  const Key& in(std::string_view region) const;  // a member
  const Key& leader() const { return in(leader_); }
  // Whether its primary is in this vault.
  bool has_primary() const { return !leader().multi_region() || leader().is_primary(); }

  // Material that was made here becomes current in every member.
  void rotate_to_made(std::string_view id, RotationType type);
  // The imported material that waits for it becomes current. Answers its id, or KMSInvalidStateException.
  void rotate_to_pending(RotationType type);
  void set_rotation(const Rotation& rotation);

  // New material, imported into the primary: current if it is the first, and pending else. KMSInvalidStateException
  // while other material is pending there; IncorrectKeyMaterialException where it is not new.
  void import_new(std::string_view id, const ImportTerms& terms);
  // Material of the set, imported into a member. IncorrectKeyMaterialException where it is none.
  void import_existing(std::string_view region, std::string_view id, const ImportTerms& terms);
  // Of one member. Pending material of the primary leaves the set, and so every member.
  void delete_material(std::string_view region, std::string_view id);
  // Material whose end of validity has come, or has not come after all: absent, or present again.
  void withdraw_material(std::string_view region, std::string_view id, const DueSight& sight);
  void restore_material(std::string_view region, std::string_view id);
  // Of a member that has expired, for good.
  void forget_material(std::string_view region, std::string_view id);
  // An end of validity that is looked at again, as if it had been seen for the first time at `when`.
  void move_sight(std::string_view region, std::string_view id, Time when);

  // A new member of this vault; `own` says what it has for itself: home, description, tags, dates.
  void replicate(Key own);
  // A Region in another vault.
  void add_region(std::string_view region);
  // A member that is destroyed, or a Region of another vault. Where the primary waited for the last one, its own
  // waiting period begins.
  void leave(std::string_view region);
  void promote(std::string_view region);
  // Counts the states that leave this vault: answers the number of the next one.
  std::uint64_t next_sequence();
  // What another vault, which has the primary, tells of the set: `arrived`, in the words of the member that it was sent
  // to. All members learn of it, unless one knows of a later state.
  void merge(const Key& arrived);

  void schedule_deletion(std::string_view region, std::int32_t window_days);
  void cancel_deletion(std::string_view region);
  void set_deletion_date(std::string_view region, Time when);
  void set_due_sight(std::string_view region, const std::optional<DueSight>& sight);

  // Copies of secrets that no member has any more; they are to be destroyed.
  struct Dropped {
    std::string region;
    std::string material_id;
  };
  const std::vector<Dropped>& dropped() const { return dropped_; }
  // For who destroys them now.
  std::vector<Dropped> take_dropped() { return std::exchange(dropped_, {}); }

  // What does not hold, in a sentence each that says how to put it right; empty for a set that only these methods
  // have changed.
  std::vector<std::string> violations() const;
  // Makes a consistent set of whatever is there, without losing material: from what versions left behind that kept the
  // rules in several places. Changes nothing where there are no violations.
  void mend();

 private:
  const Key* find(std::string_view region) const;
  Key& at(std::string_view region);
  Key& lead() { return at(leader_); }
  BackingKey& material(std::string_view region, std::string_view id);
  void drop(const Key& member, const BackingKey& material);
  void remove_from_leader(std::string_view id);
  void follow(Key& member, const Key& leader);
  bool all_have(std::string_view id) const;
  void make_current(std::string_view id, RotationType type);
  void agree();
  void settle_states();

  std::vector<Key> members_;
  Time now_;
  std::string leader_;
  std::vector<Dropped> dropped_;
};

}  // namespace kms
