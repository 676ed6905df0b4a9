#pragma once
// A KMS key as the vault knows it, with all of its material but the secrets.
#include <array>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/clock.h"
#include "core/base/enum_names.h"
#include "core/base/random.h"
#include "core/model/arn.h"
#include "core/model/backing_key.h"
#include "core/model/key_spec.h"

namespace kms {

// A well-formed key id: a UUID, or mrk- and 32 hex digits. No other value can be made.
class KeyId {
 public:
  using Raw = std::array<std::uint8_t, 16>;

  static std::optional<KeyId> parse(std::string_view text);
  static KeyId generate(Random& random, bool multi_region);
  static KeyId from_raw(const Raw& raw, bool multi_region);

  const std::string& str() const { return text_; }
  bool multi_region() const { return text_.starts_with("mrk-"); }
  Raw raw() const;  // the hex digits as bytes
  bool operator==(const KeyId&) const = default;

 private:
  explicit KeyId(std::string_view text) : text_(text) {}
  std::string text_;
};

enum class KeyState : std::uint8_t {
  kEnabled,
  kDisabled,
  kPendingDeletion,
  kPendingImport,
  kPendingReplicaDeletion,
  kUnavailable,
};

template <>
struct EnumNames<KeyState> {
  static constexpr auto kAll =
      std::to_array<EnumName<KeyState>>({{KeyState::kEnabled, "Enabled"},
                                         {KeyState::kDisabled, "Disabled"},
                                         {KeyState::kPendingDeletion, "PendingDeletion"},
                                         {KeyState::kPendingImport, "PendingImport"},
                                         {KeyState::kPendingReplicaDeletion, "PendingReplicaDeletion"},
                                         {KeyState::kUnavailable, "Unavailable"}});
};

class KeyStates {  // a set
 public:
  constexpr KeyStates(std::initializer_list<KeyState> states) {
    for (const KeyState state : states) bits_ |= bit(state);
  }
  constexpr bool contains(KeyState state) const { return (bits_ & bit(state)) != 0; }

 private:
  static constexpr unsigned bit(KeyState state) { return 1U << static_cast<unsigned>(state); }
  unsigned bits_ = 0;
};

// The sets of the AWS key state table.
inline constexpr KeyStates kAnyState{KeyState::kEnabled,
                                     KeyState::kDisabled,
                                     KeyState::kPendingDeletion,
                                     KeyState::kPendingImport,
                                     KeyState::kPendingReplicaDeletion,
                                     KeyState::kUnavailable};
inline constexpr KeyStates kNotPendingDeletion{KeyState::kEnabled, KeyState::kDisabled, KeyState::kPendingImport,
                                               KeyState::kUnavailable};
inline constexpr KeyStates kEnabledOrDisabled{KeyState::kEnabled, KeyState::kDisabled, KeyState::kUnavailable};
inline constexpr KeyStates kUsable{KeyState::kEnabled, KeyState::kUnavailable};
inline constexpr KeyStates kEnabledOnly{KeyState::kEnabled};
inline constexpr KeyStates kPendingDeletionOnly{KeyState::kPendingDeletion, KeyState::kPendingReplicaDeletion};

using Tags = std::map<std::string, std::string>;

struct Key {
  AccountRegion home;
  KeyId id;
  KeySpec spec = KeySpec::kSymmetric;
  KeyUsage usage = KeyUsage::kEncryptDecrypt;
  KeyState state = KeyState::kEnabled;
  Origin origin = Origin::kAwsKms;
  KeyManager manager = KeyManager::kCustomer;
  std::string description = {};
  Time creation_date = {};
  std::vector<BackingKey> materials = {};  // oldest first; one of them is current, unless none was imported yet
  Bytes public_key = {};                   // SubjectPublicKeyInfo; empty unless the spec is asymmetric
  Tags tags = {};
  Rotation rotation = {};
  std::string custom_key_store_id = {};
  std::string service = {};  // whose key it is, when KMS manages it: file, secrets, signing

  // While the deletion is pending. A primary key that waits for its replicas has no date yet.
  std::int32_t deletion_window_days = 0;
  std::optional<Time> deletion_date = std::nullopt;
  std::optional<DueSight> due_sight = std::nullopt;

  // Of a multi-Region key: where the primary is, and every region that has one of the set.
  std::string primary_region = {};
  std::vector<std::string> regions = {};
  // The latest state of the set that left this vault or, of a replica of another vault's key, that arrived from there.
  std::uint64_t sequence = 0;

  bool operator==(const Key&) const = default;
  std::string arn() const;
  std::string arn_in(std::string_view region) const;
  bool multi_region() const { return id.multi_region(); }
  bool is_primary() const { return multi_region() && primary_region == home.region; }
  // Past its deletion date a key is not there any more, for nothing that names it: no id, alias, ciphertext, grant or
  // set. Its records wait for their destruction, and it comes back where the clock was wrong.
  bool is_gone(Time now) const { return state == KeyState::kPendingDeletion && deletion_date && now >= *deletion_date; }
  const BackingKey* current() const;  // nullptr before the first import
  BackingKey* current();
  const BackingKey* find_material(std::string_view material_id) const;
  BackingKey* find_material(std::string_view material_id);
  const std::string& material_id() const;  // of the current one; empty before the first import
  // Whether it gets new material by a schedule: a replica has its primary's.
  bool rotates() const { return rotation.enabled && state == KeyState::kEnabled && (!multi_region() || is_primary()); }
  // Whether it has all material that it needs: what is pending rotation may be missing.
  bool is_complete() const;
  // The earliest end of validity of what is imported.
  std::optional<Time> valid_to() const;
};

std::string key_arn(const AccountRegion& home, const KeyId& id);

// Names a backing key: a MAC under the material itself over the key id, so that the same bytes in two keys have two
// names, and a name tells nothing of the bytes. AWS leaves the formula open.
std::string make_material_id(const KeyId& id, const SecretBytes& material);

// Throws what AWS answers for a key in a state outside `allowed`.
void require_state(const Key& key, KeyStates allowed);
// UnsupportedOperationException unless the key is the primary of a multi-Region key.
void require_primary(const Key& key);
// UnsupportedOperationException: where the material comes from does not allow this.
[[noreturn]] void throw_wrong_origin(const Key& key);
// InvalidKeyUsageException unless the key is for `usage`, as `operation` needs.
void require_usage(const Key& key, KeyUsage usage, std::string_view operation);

}  // namespace kms
