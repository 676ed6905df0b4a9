#include "core/model/key.h"

#include <algorithm>
#include <utility>

#include "core/base/encoding.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/crypto/mac.h"

namespace kms {
namespace {

constexpr std::string_view kUuidShape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
constexpr std::string_view kMultiRegionShape = "mrk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";

bool is_lower_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

// In a shape, x stands for a hex digit and anything else for itself.
bool has_shape(std::string_view text, std::string_view shape) {
  return std::equal(text.begin(), text.end(), shape.begin(), shape.end(),
                    [](char c, char expected) { return expected == 'x' ? is_lower_hex(c) : c == expected; });
}

}  // namespace

std::optional<KeyId> KeyId::parse(std::string_view text) {
  if (!has_shape(text, kUuidShape) && !has_shape(text, kMultiRegionShape)) return std::nullopt;
  return KeyId(text);
}

KeyId KeyId::generate(Random& random, bool multi_region) {
  if (!multi_region) return KeyId(make_uuid(random));
  return KeyId(cat("mrk-", encode_hex(random.bytes(sizeof(Raw)))));
}

KeyId KeyId::from_raw(const Raw& raw, bool multi_region) {
  const std::string hex = encode_hex(raw);
  if (multi_region) return KeyId(cat("mrk-", hex));
  const std::string_view digits = hex;
  return KeyId(cat(digits.substr(0, 8), "-", digits.substr(8, 4), "-", digits.substr(12, 4), "-", digits.substr(16, 4),
                   "-", digits.substr(20)));
}

KeyId::Raw KeyId::raw() const {
  std::string digits = multi_region() ? text_.substr(4) : text_;
  std::erase(digits, '-');
  const Bytes bytes = decode_hex(digits).value();
  Raw raw{};
  std::copy_n(bytes.begin(), raw.size(), raw.begin());
  return raw;
}

std::string make_material_id(const KeyId& id, const SecretBytes& material) {
  return encode_hex(crypto::hmac_sha256(material, as_bytes(cat("kmsctl/key-material-id/v1:", id.str()))));
}

std::string key_arn(const AccountRegion& home, const KeyId& id) {
  return home.arn("key/", id.str());
}

std::string Key::arn() const {
  return key_arn(home, id);
}

std::string Key::arn_in(std::string_view region) const {
  return key_arn({home.account, std::string(region)}, id);
}

const BackingKey* Key::current() const {
  const auto found = std::find_if(materials.begin(), materials.end(),
                                  [](const BackingKey& each) { return each.state == MaterialState::kCurrent; });
  return found == materials.end() ? nullptr : &*found;
}

BackingKey* Key::current() {
  return const_cast<BackingKey*>(std::as_const(*this).current());
}

const BackingKey* Key::find_material(std::string_view material_id) const {
  const auto found =
      std::find_if(materials.begin(), materials.end(), [&](const BackingKey& each) { return each.id == material_id; });
  return found == materials.end() ? nullptr : &*found;
}

BackingKey* Key::find_material(std::string_view material_id) {
  return const_cast<BackingKey*>(std::as_const(*this).find_material(material_id));
}

const std::string& Key::material_id() const {
  static const std::string none;
  const BackingKey* material = current();
  return material == nullptr ? none : material->id;
}

bool Key::is_complete() const {
  return current() != nullptr && std::all_of(materials.begin(), materials.end(),
                                             [](const BackingKey& each) { return each.present || each.pending(); });
}

std::optional<Time> Key::valid_to() const {
  std::optional<Time> earliest;
  for (const BackingKey& each : materials) {
    if (each.present && each.valid_to && (!earliest || *each.valid_to < *earliest)) earliest = each.valid_to;
  }
  return earliest;
}

void require_state(const Key& key, KeyStates allowed) {
  if (allowed.contains(key.state)) return;
  const bool wants_pending = allowed.contains(KeyState::kPendingDeletion);
  const auto invalid = [&](std::string_view is) { return Error(ErrorCode::kInvalidState, cat(key.arn(), is)); };
  if (wants_pending) throw invalid(" is not pending deletion.");
  switch (key.state) {
    case KeyState::kDisabled:
      throw Error(ErrorCode::kDisabled, cat(key.arn(), " is disabled."));
    case KeyState::kPendingDeletion:
      throw invalid(" is pending deletion.");
    case KeyState::kPendingReplicaDeletion:
      throw invalid(" is pending replica deletion.");
    case KeyState::kPendingImport:
      throw invalid(" is pending import.");
    case KeyState::kUnavailable:
      throw invalid(" is unavailable.");
    case KeyState::kEnabled:
      break;
  }
  throw invalid(" is enabled.");
}

void require_primary(const Key& key) {
  if (key.is_primary()) return;
  throw Error(ErrorCode::kUnsupportedOperation, cat(key.arn(), " is not a multi-region primary key."));
}

void throw_wrong_origin(const Key& key) {
  throw Error(ErrorCode::kUnsupportedOperation,
              cat(key.arn(), " origin is ", to_text(key.origin), " which is not valid for this operation."));
}

void require_usage(const Key& key, KeyUsage usage, std::string_view operation) {
  if (key.usage == usage) return;
  throw Error(ErrorCode::kInvalidKeyUsage,
              cat(key.arn(), " key usage is ", to_text(key.usage), " which is not valid for ", operation, "."));
}

}  // namespace kms
