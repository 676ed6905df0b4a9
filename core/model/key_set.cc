#include "core/model/key_set.h"

#include <algorithm>
#include <utility>

#include "core/base/error.h"
#include "core/base/text.h"

namespace kms {
namespace {

using std::chrono::hours;

std::string leader_of(const std::vector<Key>& members) {
  const auto later = [](const Key& a, const Key& b) {
    return std::pair(a.is_primary(), a.sequence) < std::pair(b.is_primary(), b.sequence);
  };
  return std::max_element(members.begin(), members.end(), later)->home.region;
}

// The same material in the same roles: what is each member's own is not looked at.
bool same_roles(const Key& a, const Key& b) {
  return std::equal(a.materials.begin(), a.materials.end(), b.materials.begin(), b.materials.end(),
                    [](const BackingKey& x, const BackingKey& y) {
                      return x.id == y.id && x.state == y.state && x.rotation_date == y.rotation_date &&
                             x.rotation_type == y.rotation_type;
                    });
}

std::ptrdiff_t count_of(const Key& key, MaterialState state) {
  return std::count_if(key.materials.begin(), key.materials.end(),
                       [&](const BackingKey& each) { return each.state == state; });
}

std::ptrdiff_t count_pending(const Key& key) {
  return std::count_if(key.materials.begin(), key.materials.end(),
                       [](const BackingKey& each) { return each.pending(); });
}

bool waits_for_import(const Key& key) {
  return key.state == KeyState::kPendingImport;
}

// One CURRENT, the last that claims to be; and one pending, the last of those.
void mend_roles(std::vector<BackingKey>& materials) {
  bool current = false;
  bool pending = false;
  std::vector<std::string> surplus;
  for (auto each = materials.rbegin(); each != materials.rend(); ++each) {
    if (each->pending()) {
      if (pending) surplus.push_back(each->id);
      pending = true;
    } else if (each->state == MaterialState::kCurrent) {
      if (current) each->state = MaterialState::kNonCurrent;
      current = true;
    }
  }
  std::erase_if(materials, [&](const BackingKey& each) {
    return std::find(surplus.begin(), surplus.end(), each.id) != surplus.end();
  });
  if (current || materials.empty()) return;
  const auto last =
      std::find_if(materials.rbegin(), materials.rend(), [](const BackingKey& each) { return !each.pending(); });
  (last != materials.rend() ? *last : materials.front()).state = MaterialState::kCurrent;
}

// Material that once was current stays with the key, whoever knows of it.
void add_known_elsewhere(Key& leader, const Key& member) {
  for (const BackingKey& each : member.materials) {
    if (each.pending() || leader.find_material(each.id) != nullptr) continue;
    BackingKey known = each;
    known.state = MaterialState::kNonCurrent;
    known.present = leader.origin != Origin::kExternal;
    known.valid_to.reset();
    known.expired.reset();
    known.description.clear();
    const auto later = std::find_if(leader.materials.begin(), leader.materials.end(), [&](const BackingKey& other) {
      return other.pending() || other.rotation_date > known.rotation_date;
    });
    leader.materials.insert(later, std::move(known));
  }
}

}  // namespace

KeySet::KeySet(std::vector<Key> members, Time now)
    : members_(std::move(members)), now_(now), leader_(leader_of(members_)) {}

const Key* KeySet::find(std::string_view region) const {
  const auto found =
      std::find_if(members_.begin(), members_.end(), [&](const Key& each) { return each.home.region == region; });
  return found == members_.end() ? nullptr : &*found;
}

const Key& KeySet::in(std::string_view region) const {
  const Key* const member = find(region);
  if (member == nullptr) throw Error(ErrorCode::kInternal, "a key is no member of its set");
  return *member;
}

Key& KeySet::at(std::string_view region) {
  return const_cast<Key&>(in(region));
}

BackingKey& KeySet::material(std::string_view region, std::string_view id) {
  BackingKey* const found = at(region).find_material(id);
  if (found == nullptr) throw Error(ErrorCode::kInternal, "a key does not know its material");
  return *found;
}

void KeySet::drop(const Key& member, const BackingKey& material) {
  if (material.present || material.expired) dropped_.push_back({member.home.region, material.id});
}

void KeySet::remove_from_leader(std::string_view id) {
  drop(leader(), material(leader_, id));
  std::erase_if(lead().materials, [&](const BackingKey& each) { return each.id == id; });
}

// Takes from the leader what the set shares.
void KeySet::follow(Key& member, const Key& leader) {
  member.primary_region = leader.primary_region;
  member.regions = leader.regions;
  member.rotation = leader.rotation;
  member.sequence = leader.sequence;
  std::vector<BackingKey> materials;
  for (const BackingKey& shared : leader.materials) {
    BackingKey& own = materials.emplace_back(shared);
    const BackingKey* const had = member.find_material(shared.id);
    own.present = had != nullptr ? had->present : member.origin != Origin::kExternal;
    own.valid_to = had != nullptr ? had->valid_to : std::nullopt;
    own.expired = had != nullptr ? had->expired : std::nullopt;
    own.description = had != nullptr ? had->description : std::string();
  }
  for (const BackingKey& had : member.materials) {
    if (leader.find_material(had.id) == nullptr) drop(member, had);
  }
  member.materials = std::move(materials);
}

bool KeySet::all_have(std::string_view id) const {
  return std::all_of(members_.begin(), members_.end(), [&](const Key& each) {
    const BackingKey* const material = each.find_material(id);
    return each.is_gone(now_) || (material != nullptr && material->present);
  });
}

void KeySet::agree() {
  for (Key& member : members_) {
    if (member.home.region != leader_) follow(member, leader());
  }
  settle_states();
}

void KeySet::settle_states() {
  for (Key& member : members_) {
    for (BackingKey& each : member.materials) {
      if (!each.pending()) continue;
      const bool waits = member.multi_region() && !all_have(each.id);
      each.state = waits ? MaterialState::kPendingReplicaImport : MaterialState::kPendingRotation;
    }
    if (member.origin != Origin::kExternal) continue;
    const bool complete = member.is_complete();
    if (!complete && kEnabledOrDisabled.contains(member.state)) member.state = KeyState::kPendingImport;
    if (complete && waits_for_import(member)) member.state = KeyState::kEnabled;
  }
}

void KeySet::make_current(std::string_view id, RotationType type) {
  if (BackingKey* current = lead().current()) current->state = MaterialState::kNonCurrent;
  BackingKey& next = material(leader_, id);
  next.state = MaterialState::kCurrent;
  next.rotation_date = now_;
  next.rotation_type = type;
  agree();
}

void KeySet::rotate_to_made(std::string_view id, RotationType type) {
  lead().materials.push_back({std::string(id), MaterialState::kPendingRotation});
  make_current(id, type);
}

void KeySet::rotate_to_pending(RotationType type) {
  const auto& materials = leader().materials;
  const auto next = std::find_if(materials.begin(), materials.end(), [](const BackingKey& each) {
    return each.state == MaterialState::kPendingRotation && each.present;
  });
  if (next == materials.end()) {
    throw Error(ErrorCode::kInvalidState,
                cat("No available key material pending rotation for the key: ", leader().arn(), "."));
  }
  make_current(std::string(next->id), type);
}

void KeySet::set_rotation(const Rotation& rotation) {
  lead().rotation = rotation;
  agree();
}

void KeySet::import_new(std::string_view id, const ImportTerms& terms) {
  if (leader().find_material(id) != nullptr) {
    throw Error(ErrorCode::kIncorrectKeyMaterial,
                "The key has this key material already: import it as EXISTING_KEY_MATERIAL.");
  }
  const auto pending = std::find_if(leader().materials.begin(), leader().materials.end(),
                                    [](const BackingKey& each) { return each.pending(); });
  if (pending != leader().materials.end()) {
    if (pending->present) {
      throw Error(ErrorCode::kInvalidState,
                  cat("New key material (id: ", id, ") cannot be imported into KMS key ", leader().arn(),
                      ", because another key material (id: ", pending->id, ") is pending rotation."));
    }
    remove_from_leader(std::string(pending->id));  // what has expired gives its place up
  }
  const bool is_first = leader().materials.empty();
  lead().materials.push_back({std::string(id), is_first ? MaterialState::kCurrent : MaterialState::kPendingRotation});
  import_existing(leader_, id, terms);
}

void KeySet::import_existing(std::string_view region, std::string_view id, const ImportTerms& terms) {
  BackingKey* const imported = at(region).find_material(id);
  if (imported == nullptr) {
    throw Error(ErrorCode::kIncorrectKeyMaterial,
                in(region).materials.empty() && !has_primary()
                    ? "What material the key has is not known here: import the replica once more, from a new file."
                    : "The key material is not the one that was imported into this key before.");
  }
  imported->present = true;
  imported->valid_to = terms.valid_to;
  imported->expired.reset();
  if (terms.description) imported->description = *terms.description;
  agree();
}

void KeySet::delete_material(std::string_view region, std::string_view id) {
  BackingKey& deleted = material(region, id);
  if (deleted.pending() && region == leader_ && has_primary()) {
    remove_from_leader(id);
  } else {
    drop(in(region), deleted);
    deleted.present = false;
    deleted.valid_to.reset();
    deleted.expired.reset();
  }
  agree();
}

void KeySet::withdraw_material(std::string_view region, std::string_view id, const DueSight& sight) {
  const Key& key = in(region);
  // A key that lacks other material already was what it was when it lost that.
  const bool others =
      waits_for_import(key) && std::any_of(key.materials.begin(), key.materials.end(), [](const BackingKey& each) {
        return !each.pending() && each.expired && each.expired->was_disabled;
      });
  BackingKey& expired = material(region, id);
  expired.expired =
      Expiry{expired.valid_to.value(),
             others || key.state == KeyState::kDisabled || key.state == KeyState::kPendingDeletion, sight};
  expired.present = false;
  expired.valid_to.reset();
  agree();
}

void KeySet::restore_material(std::string_view region, std::string_view id) {
  BackingKey& restored = material(region, id);
  const bool was_disabled = restored.expired.value().was_disabled;
  restored.present = true;
  restored.valid_to = restored.expired->valid_to;
  restored.expired.reset();
  Key& key = at(region);
  if (was_disabled && waits_for_import(key) && key.is_complete()) key.state = KeyState::kDisabled;
  agree();
}

void KeySet::forget_material(std::string_view region, std::string_view id) {
  BackingKey& forgotten = material(region, id);
  drop(in(region), forgotten);
  forgotten.expired.reset();
}

void KeySet::move_sight(std::string_view region, std::string_view id, Time when) {
  material(region, id).expired.value().sight.when = when;
}

void KeySet::replicate(Key own) {
  own.state = own.origin == Origin::kExternal ? KeyState::kPendingImport : KeyState::kEnabled;
  own.materials.clear();
  own.deletion_window_days = 0;
  own.deletion_date.reset();
  own.due_sight.reset();
  members_.push_back(std::move(own));
  add_region(std::string(members_.back().home.region));
}

void KeySet::add_region(std::string_view region) {
  auto& regions = lead().regions;
  if (std::find(regions.begin(), regions.end(), region) == regions.end()) regions.emplace_back(region);
  std::sort(regions.begin(), regions.end());
  agree();
}

void KeySet::leave(std::string_view region) {
  std::erase(lead().regions, region);
  std::erase_if(members_, [&](const Key& each) { return each.home.region == region; });
  if (members_.empty()) return;
  if (!has(leader_)) leader_ = leader_of(members_);
  Key& primary = lead();
  if (primary.state == KeyState::kPendingReplicaDeletion && primary.regions.size() == 1) {
    primary.state = KeyState::kPendingDeletion;
    primary.deletion_date = now_ + hours(24) * primary.deletion_window_days;
  }
  agree();
}

void KeySet::promote(std::string_view region) {
  Key& next = at(region);
  next.sequence = std::max(next.sequence, leader().sequence);
  next.primary_region = region;
  leader_ = region;
  agree();
}

std::uint64_t KeySet::next_sequence() {
  return ++lead().sequence;
}

void KeySet::merge(const Key& arrived) {
  if (!has_primary() && arrived.sequence > leader().sequence) {
    Key told = arrived;
    mend_roles(told.materials);
    follow(at(arrived.home.region), told);
    leader_ = arrived.home.region;
  }
  agree();
}

void KeySet::schedule_deletion(std::string_view region, std::int32_t window_days) {
  Key& key = at(region);
  key.deletion_window_days = window_days;
  key.due_sight.reset();
  // A primary key waits for the last of its replicas first.
  if (key.is_primary() && key.regions.size() > 1) {
    key.state = KeyState::kPendingReplicaDeletion;
  } else {
    key.state = KeyState::kPendingDeletion;
    key.deletion_date = now_ + hours(24) * window_days;
  }
}

void KeySet::cancel_deletion(std::string_view region) {
  Key& key = at(region);
  key.deletion_date.reset();
  key.due_sight.reset();
  key.deletion_window_days = 0;
  key.state = KeyState::kDisabled;
  for (BackingKey& each : key.materials) {
    if (each.expired) each.expired->was_disabled = true;
  }
  agree();
}

void KeySet::set_deletion_date(std::string_view region, Time when) {
  at(region).deletion_date = when;
}

void KeySet::set_due_sight(std::string_view region, const std::optional<DueSight>& sight) {
  at(region).due_sight = sight;
  agree();  // nobody waits for a member that is gone
}

namespace {

constexpr std::string_view kNextUse = "it is put right at the next use of the vault that changes the key";

// What does not hold of a member by itself.
void check_member(const Key& key, std::vector<std::string>& out) {
  const auto say = [&](std::string_view what, std::string_view hint) { out.push_back(cat(key.arn(), what, hint)); };
  if (!key.materials.empty() && count_of(key, MaterialState::kCurrent) != 1) {
    say(" has not one current key material: ", "restore a backup, or import its material again");
  }
  if (count_pending(key) > 1) say(" has several key materials pending: ", "delete those that are not to be used");
  if (key.origin == Origin::kExternal) {
    if (kEnabledOrDisabled.contains(key.state) && !key.is_complete()) {
      say(" is not pending import although it lacks key material: ", "import its material again");
    }
    if (waits_for_import(key) && key.is_complete()) {
      say(" is pending import although it has all of its key material: ", "import its current material once more");
    }
  }
  const bool dated = key.deletion_date.has_value();
  if (dated != (key.state == KeyState::kPendingDeletion)) {
    say(" has a deletion date although none is pending, or none although one is: ", "schedule or cancel its deletion");
  }
  if (key.state == KeyState::kPendingReplicaDeletion && (!key.is_primary() || key.regions.size() < 2)) {
    say(" waits for replicas that it has not: ", "cancel its deletion, and schedule it again");
  }
  if (key.multi_region() && std::find(key.regions.begin(), key.regions.end(), key.home.region) == key.regions.end()) {
    say(" is in no list of its set: ", key.is_primary() ? kNextUse : "export the replica once more, or delete the key");
  }
}

}  // namespace

std::vector<std::string> KeySet::violations() const {
  std::vector<std::string> out;
  const Key& first = leader();
  for (const Key& key : members_) {
    check_member(key, out);
    const auto say = [&](std::string_view what, std::string_view hint) { out.push_back(cat(key.arn(), what, hint)); };
    if (!same_roles(key, first)) {
      say(cat(" and ", first.arn(), " do not have the same key material in the same states: "),
          "import the material of the primary into the replica, or rotate the primary");
    }
    if (key.primary_region != first.primary_region || key.regions != first.regions || key.rotation != first.rotation) {
      say(cat(" and ", first.arn(), " do not agree on their set: "), kNextUse);
    }
    for (const BackingKey& each : key.materials) {
      if (!each.pending()) continue;
      const bool waits = key.multi_region() && !all_have(each.id);
      if (waits != (each.state == MaterialState::kPendingReplicaImport)) {
        say(cat(" has key material (", each.id, ") whose state is not what its Regions have of it: "),
            "import it into each Region, or delete it in that of the primary");
      }
    }
  }
  return out;
}

void KeySet::mend() {
  Key& leader = lead();
  for (const Key& member : members_) {
    leader.sequence = std::max(leader.sequence, member.sequence);
    if (&member == &leader) continue;
    add_known_elsewhere(leader, member);
    if (leader.multi_region()) leader.regions.push_back(member.home.region);
  }
  if (leader.multi_region()) leader.regions.push_back(leader.home.region);
  std::sort(leader.regions.begin(), leader.regions.end());
  leader.regions.erase(std::unique(leader.regions.begin(), leader.regions.end()), leader.regions.end());
  const std::vector<BackingKey> before = leader.materials;
  mend_roles(leader.materials);
  for (const BackingKey& each : before) {
    if (leader.find_material(each.id) == nullptr) drop(leader, each);
  }
  agree();
}

}  // namespace kms
