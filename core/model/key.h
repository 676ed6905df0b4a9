#pragma once
#include <array>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/clock.h"
#include "core/base/enum_names.h"
#include "core/base/random.h"
#include "core/model/arn.h"
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

enum class KeyState : std::uint8_t { kEnabled, kDisabled, kPendingDeletion, kPendingImport };

template <>
struct EnumNames<KeyState> {
  static constexpr auto kAll = std::to_array<EnumName<KeyState>>({{KeyState::kEnabled, "Enabled"},
                                                                  {KeyState::kDisabled, "Disabled"},
                                                                  {KeyState::kPendingDeletion, "PendingDeletion"},
                                                                  {KeyState::kPendingImport, "PendingImport"}});
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
inline constexpr KeyStates kAnyState{KeyState::kEnabled, KeyState::kDisabled, KeyState::kPendingDeletion,
                                     KeyState::kPendingImport};
inline constexpr KeyStates kNotPendingDeletion{KeyState::kEnabled, KeyState::kDisabled, KeyState::kPendingImport};
inline constexpr KeyStates kEnabledOrDisabled{KeyState::kEnabled, KeyState::kDisabled};
inline constexpr KeyStates kEnabledOnly{KeyState::kEnabled};

using Tags = std::map<std::string, std::string>;

struct Key {
  AccountRegion home;
  KeyId id;
  KeySpec spec = KeySpec::kSymmetric;
  KeyUsage usage = KeyUsage::kEncryptDecrypt;
  KeyState state = KeyState::kEnabled;
  std::string description;
  Time creation_date;
  std::string material_id;  // 64 hex digits: the current backing key
  Bytes public_key;         // SubjectPublicKeyInfo; empty unless the spec is asymmetric
  Tags tags;

  std::string arn() const;
  bool multi_region() const { return id.multi_region(); }
};

std::string key_arn(const AccountRegion& home, const KeyId& id);

// Names a backing key: a MAC under the material itself over the key id, so that the same bytes in two keys have two
// names, and a name tells nothing of the bytes. AWS leaves the formula open.
std::string make_material_id(const KeyId& id, const SecretBytes& material);

// Throws what AWS answers for a key in a state outside `allowed`.
void require_state(const Key& key, KeyStates allowed);
// InvalidKeyUsageException unless the key is for `usage`, as `operation` needs.
void require_usage(const Key& key, KeyUsage usage, std::string_view operation);

}  // namespace kms
