#include "core/ops/keys.h"

#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/service/records.h"

namespace kms {
namespace {

template <class E>
Json names_of(const std::vector<E>& values) {
  Json names = Json::array();
  for (const E value : values) names.push_back(to_text(value));
  return names;
}

// The algorithms of the key's usage; other lists are left out.
void add_algorithms(Json& out, const Key& key) {
  if (const auto list = encryption_algorithms(key.spec, key.usage); !list.empty()) {
    out["EncryptionAlgorithms"] = names_of(list);
  }
  if (const auto list = signing_algorithms(key.spec, key.usage); !list.empty()) {
    out["SigningAlgorithms"] = names_of(list);
  }
}

Json metadata(const Key& key) {
  Json out{{"AWSAccountId", key.home.account},
           {"KeyId", key.id.str()},
           {"Arn", key.arn()},
           {"CreationDate", epoch_seconds(key.creation_date)},
           {"Enabled", key.state == KeyState::kEnabled},
           {"Description", key.description},
           {"KeyUsage", to_text(key.usage)},
           {"KeyState", to_text(key.state)},
           {"Origin", to_text(Origin::kAwsKms)},
           {"KeyManager", "CUSTOMER"},
           {"CustomerMasterKeySpec", to_text(key.spec)},
           {"KeySpec", to_text(key.spec)},
           {"MultiRegion", key.multi_region()}};
  add_algorithms(out, key);
  if (const auto algorithm = mac_algorithm(key.spec)) out["MacAlgorithms"] = Json::array({to_text(*algorithm)});
  if (key.spec == KeySpec::kSymmetric) out["CurrentKeyMaterialId"] = key.material_id;
  if (key.multi_region()) {
    out["MultiRegionConfiguration"] = {{"MultiRegionKeyType", "PRIMARY"},
                                       {"PrimaryKey", {{"Arn", key.arn()}, {"Region", key.home.region}}},
                                       {"ReplicaKeys", Json::array()}};
  }
  return out;
}

struct Material {
  SecretBytes secret;
  Bytes public_key;
};

Material make_material(KeySpec spec, Random& random) {
  constexpr std::size_t kSymmetricSize = 32;
  if (const auto type = key_type(spec)) {
    const auto pair = crypto::KeyPair::generate(*type);
    return {pair.to_stored(), pair.public_der()};
  }
  if (const auto algorithm = mac_algorithm(spec)) {
    return {random.secret(crypto::digest_size(mac_hash(*algorithm))), {}};
  }
  return {random.secret(kSymmetricSize), {}};
}

void set_state(Call& call, KeyState state) {
  Key key = call.key.value();
  key.state = state;
  put_key(call.transaction, key);
}

}  // namespace

KeySpec CreateKeyRequest::spec() const {
  if (key_spec) return *key_spec;
  return customer_master_key_spec.value_or(KeySpec::kSymmetric);
}

void CreateKeyRequest::check() const {
  if (key_spec && customer_master_key_spec && key_spec != customer_master_key_spec) {
    throw Error(ErrorCode::kValidation, "You cannot specify KeySpec and CustomerMasterKeySpec in the same request.");
  }
  if (!key_usage && spec() != KeySpec::kSymmetric) {
    throw Error(ErrorCode::kValidation,
                "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.");
  }
  if (!is_valid_usage(spec(), usage())) {
    throw Error(ErrorCode::kValidation,
                cat("KeyUsage ", to_text(usage()), " is not compatible with KeySpec ", to_text(spec())));
  }
  if (!is_supported(spec(), usage())) {
    throw Error(ErrorCode::kUnsupportedOperation,
                cat("This version makes no keys of KeySpec ", to_text(spec()), " for ", to_text(usage()), "."));
  }
  // A policy that is stored but not enforced would promise what nobody keeps.
  if (!policy.empty()) {
    throw Error(ErrorCode::kUnsupportedOperation,
                "This version evaluates the default key policy alone: leave Policy out.");
  }
  if (origin != Origin::kAwsKms || !custom_key_store_id.empty() || !xks_key_id.empty()) {
    throw Error(ErrorCode::kUnsupportedOperation, "This version makes keys with Origin AWS_KMS alone.");
  }
  check_tags(tags);
}

Json create_key(Call& call, const CreateKeyRequest& request) {
  Random& random = call.context.random;
  Material material = make_material(request.spec(), random);
  Key key{call.caller.home,
          KeyId::generate(random, request.multi_region),
          request.spec(),
          request.usage(),
          KeyState::kEnabled,
          request.description,
          call.now(),
          {},
          {},
          as_tags(request.tags)};
  key.material_id = make_material_id(key.id, material.secret);
  key.public_key = std::move(material.public_key);
  put_key(call.transaction, key);
  put_material(call.transaction, key, material.secret);
  call.event.resources.push_back(key.arn());
  Json answer{{"KeyMetadata", metadata(key)}};
  *call.event.response_elements = {{"keyMetadata", {{"keyId", key.id.str()}, {"arn", key.arn()}}}};
  return answer;
}

Json describe_key(Call& call, const DescribeKeyRequest& /*request*/) {
  return {{"KeyMetadata", metadata(call.key.value())}};
}

void ListKeysRequest::check() const {
  if (!marker.empty() && !KeyId::parse(marker)) {
    throw Error(ErrorCode::kInvalidMarker, "the marker is not one that ListKeys answered");
  }
}

Json list_keys(Call& call, const ListKeysRequest& request) {
  const std::size_t size = page_size(request.limit, 1000);
  Json page = Json::array();
  bool truncated = false;
  std::string last;
  scan_keys(call.transaction, call.caller.home, request.marker, [&](const Key& key) {
    truncated = page.size() == size;  // known only when one more comes
    if (truncated) return false;
    page.push_back({{"KeyId", key.id.str()}, {"KeyArn", key.arn()}});
    last = key.id.str();
    return true;
  });
  return list_answer("Keys", std::move(page), truncated, last);
}

// Both are idempotent, as they are on AWS.
Json enable_key(Call& call, const KeyRequest& /*request*/) {
  set_state(call, KeyState::kEnabled);
  return Json::object();
}

Json disable_key(Call& call, const KeyRequest& /*request*/) {
  set_state(call, KeyState::kDisabled);
  return Json::object();
}

Json update_key_description(Call& call, const UpdateKeyDescriptionRequest& request) {
  Key key = call.key.value();
  key.description = request.description;
  put_key(call.transaction, key);
  return Json::object();
}

Json get_public_key(Call& call, const GetPublicKeyRequest& /*request*/) {
  const Key& key = call.key.value();
  if (key.public_key.empty()) {
    throw Error(ErrorCode::kUnsupportedOperation,
                cat(key.arn(), " key spec is ", to_text(key.spec), " which has no public key."));
  }
  Json answer{{"KeyId", key.arn()},
              {"PublicKey", blob(key.public_key)},
              {"CustomerMasterKeySpec", to_text(key.spec)},
              {"KeySpec", to_text(key.spec)},
              {"KeyUsage", to_text(key.usage)}};
  add_algorithms(answer, key);
  return answer;
}

}  // namespace kms
