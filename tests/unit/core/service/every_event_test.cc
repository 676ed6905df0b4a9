// Each operation leaves one event whatever becomes of it, and no event has what was secret in it.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/encoding.h"
#include "core/base/text.h"
#include "tests/support/world.h"

using namespace kms;
using kms::testing::World;

namespace {

constexpr std::string_view kOwner = "arn:aws:iam::111122223333:root";
constexpr std::string_view kNobody = "arn:aws:iam::111122223333:user/x";
constexpr std::string_view kMarker = "MARKER-of-what-is-secret";  // of a length that base64 does not pad

std::string marker() {
  return encode_base64(as_bytes(kMarker));
}

// A world with something of each kind that an operation may name.
struct EverythingWorld : World {
  EverythingWorld() {
    add_identity("group/dev");
    key = create_key();
    other = create_key();
    mac = create_key({{"KeyUsage", "GENERATE_VERIFY_MAC"}, {"KeySpec", "HMAC_256"}});
    signer = create_key({{"KeyUsage", "SIGN_VERIFY"}, {"KeySpec", "ECC_NIST_P256"}});
    imported = create_key({{"Origin", "EXTERNAL"}});
    call("CreateAlias", {{"AliasName", "alias/app"}, {"TargetKeyId", key}});
    call("CreatePrincipal", {{"Principal", "role/deployer"}, {"TrustPolicy", trust()}});
  }
  static std::string trust() {
    return R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]})";
  }
  static std::string policy() {
    return R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]})";
  }
  std::size_t count() const { return audited().size(); }

  std::string key;
  std::string other;
  std::string mac;
  std::string signer;
  std::string imported;
};

// Of members that mean the same in every request.
const std::map<std::string_view, Json>& usual_values() {
  static const std::map<std::string_view, Json> all{
      {"AliasName", "alias/new"},
      {"AccessKeyId", "AKIA0123456789ABCDEF"},
      {"AccountId", "444455556666"},
      {"Action", "kms:Encrypt"},
      {"CustomKeyStoreId", "cks-0123456789abcdef0"},
      {"CustomKeyStoreName", "store"},
      {"Group", "group/dev"},
      {"GroupName", "group/dev"},
      {"Level", "root"},
      {"Listener", "loopback"},
      {"Policy", EverythingWorld::policy()},
      {"PolicyDocument", EverythingWorld::policy()},
      {"PermissionsBoundary", EverythingWorld::policy()},
      {"TrustPolicy", EverythingWorld::trust()},
      {"AssumeRolePolicyDocument", EverythingWorld::trust()},
      {"PolicyName", "default"},
      {"Principal", "user/y"},
      {"PrimaryRegion", "eu-west-1"},
      {"Region", "eu-west-1"},
      {"ReplicaRegion", "eu-west-1"},
      {"RetiringPrincipal", "arn:aws:iam::111122223333:user/y"},
      {"GranteePrincipal", "arn:aws:iam::111122223333:user/y"},
      {"RoleArn", "arn:aws:iam::111122223333:role/deployer"},
      {"RoleSessionName", "session"},
      {"SlotId", "00000001"},
      {"TagKeys", Json::array({"a"})},
      {"User", "user/y"},
  };
  return all;
}

Json value_of_field(const Field& field, const EverythingWorld& world);

// A request of what is required, with markers in all that is bytes.
Json request_of_fields(const std::vector<Field>& fields, const EverythingWorld& world) {
  Json request = Json::object();
  for (const Field& field : fields) {
    if (field.required) request[std::string(field.name)] = value_of_field(field, world);
  }
  return request;
}

Json value_of_field(const Field& field, const EverythingWorld& world) {
  if (field.name == "KeyId" || field.name == "TargetKeyId") return world.key;
  if (field.name == "DestinationKeyId") return world.other;
  const auto usual = usual_values().find(field.name);
  if (usual != usual_values().end()) return usual->second;
  if (!field.values.empty()) {
    const Json first(field.values.front());
    return field.kind == FieldKind::kTextList ? Json::array({first}) : first;
  }
  switch (field.kind) {
    case FieldKind::kBlob:
      return marker();
    case FieldKind::kFlag:
      return false;
    case FieldKind::kInteger:
      return std::max<std::int64_t>(field.rule.min, 1);
    case FieldKind::kTimestamp:
      return 1'800'000'000;
    case FieldKind::kTextList:
      return Json::array({"a"});
    case FieldKind::kTextMap:
      return {{"a", "b"}};
    case FieldKind::kStructure:
      return request_of_fields(field.members, world);
    case FieldKind::kStructureList:
      return Json::array({request_of_fields(field.members, world)});
    default:
      return field.sensitive ? std::string(kMarker) : std::string("aaaaaaaa");
  }
}

// What a request needs besides to be one that succeeds.
Json further_members(std::string_view operation, const EverythingWorld& world) {
  const Json signature{{"KeyId", world.signer}, {"SigningAlgorithm", "ECDSA_SHA_256"}};
  const std::map<std::string_view, Json> all{
      {"CreateGrant", {{"GranteePrincipal", kNobody}, {"Operations", Json::array({"Encrypt"})}}},
      {"CreatePrincipal", {{"Principal", "user/new"}}},
      {"DeleteAlias", {{"AliasName", "alias/app"}}},
      {"GenerateDataKey", {{"KeySpec", "AES_256"}}},
      {"GenerateDataKeyWithoutPlaintext", {{"KeySpec", "AES_256"}}},
      {"GenerateMac", {{"KeyId", world.mac}, {"MacAlgorithm", "HMAC_SHA_256"}}},
      {"GenerateRandom", {{"NumberOfBytes", 32}}},
      {"GetParametersForImport", {{"KeyId", world.imported}}},
      {"GetPublicKey", {{"KeyId", world.signer}}},
      {"PutAuditSettings", {{"RecordReads", true}}},
      {"PutEndpointPolicy",
       {{"Policy",
         R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]})"}}},
      {"Sign", signature},
      {"UpdateAlias", {{"AliasName", "alias/app"}, {"TargetKeyId", world.other}}},
      {"UpdateTrustPolicy", {{"Principal", "role/deployer"}, {"Policy", EverythingWorld::trust()}}},
      {"Verify", signature},
      {"VerifyMac", {{"KeyId", world.mac}, {"MacAlgorithm", "HMAC_SHA_256"}}},
  };
  const auto found = all.find(operation);
  return found == all.end() ? Json::object() : found->second;
}

std::string ending(const Json& event) {
  return event.value("errorCode", "");
}

// The one event that a call leaves: of the operation, by `who`, and ending as the answer says.
std::string check_call(EverythingWorld& world, const Operation& row, const Json& request, std::string_view who) {
  CAPTURE(request.dump());
  world.caller.principal = who;
  const std::size_t before = world.count();
  const Json answer = world.call(row.name, request);
  world.caller.principal = kOwner;
  const auto events = world.audited();
  // By the caller: a rotation, for one, has another of the vault's beside it.
  const auto is_own = [&](const Json& event) {
    return event.at("eventName") == row.name && event.at("userIdentity").value("arn", "") == who;
  };
  const auto first = events.begin() + static_cast<std::ptrdiff_t>(before);
  REQUIRE(std::count_if(first, events.end(), is_own) == 1);
  const Json event = *std::find_if(first, events.end(), is_own);
  for (auto other = first; other != events.end(); ++other) {
    if (!is_own(*other)) CHECK(other->at("userIdentity").at("type") == "AWSService");
  }
  CHECK(ending(event) == answer.value("__type", ""));
  return ending(event);
}

bool holds(const std::vector<Json>& events, std::string_view secret) {
  return std::any_of(events.begin(), events.end(),
                     [&](const Json& event) { return event.dump().find(secret) != std::string::npos; });
}

// As text, and as its bytes in base64.
void check_unseen(const World& world, std::string_view secret) {
  CAPTURE(secret);
  REQUIRE(secret.size() >= 8);
  CHECK_FALSE(holds(world.audited(), secret));
  CHECK_FALSE(holds(world.audited(), encode_base64(as_bytes(secret))));
}

}  // namespace

TEST_SUITE("service/every event") {
  TEST_CASE("each operation leaves one event of its caller and its end: allowed or failed, denied, and not valid") {
    int done = 0;
    int denied = 0;
    for (const Operation& row : operations()) {
      CAPTURE(row.name);
      EverythingWorld world;
      Json request = request_of_fields(row.fields(), world);
      request.update(further_members(row.name, world));
      denied += check_call(world, row, request, kNobody) == "AccessDeniedException" ? 1 : 0;
      done += check_call(world, row, request, kOwner).empty() ? 1 : 0;
      Json invalid = request;
      for (const Field& field : row.fields()) {
        if (field.kind == FieldKind::kText) invalid[std::string(field.name)] = std::string(200'000, 'a');
      }
      if (row.fields().empty()) continue;
      check_call(world, row, invalid, kOwner);
      check_unseen(world, kMarker);
    }
    // Who is denied is told so by most; some look for what is named before that, or ask for no permission.
    CHECK(denied >= 105);
    CHECK(done >= 80);
  }

  TEST_CASE("a key that is not there is in the trail with the name that was asked for") {
    int not_found = 0;
    for (const Operation& row : operations()) {
      if (row.resource != Resource::kKey) continue;
      CAPTURE(row.name);
      EverythingWorld world;
      Json request = request_of_fields(row.fields(), world);
      if (!request.contains("KeyId")) continue;
      request["KeyId"] = kms::testing::kAbsentKeyId;
      not_found += check_call(world, row, request, kOwner) == "NotFoundException" ? 1 : 0;
    }
    CHECK(not_found >= 35);  // the others miss something before that
  }

  TEST_CASE("what goes in or comes out as a secret is in no event, as it is or in base64") {
    EverythingWorld world;
    std::vector<std::string> secrets{std::string(kMarker)};
    const auto keep = [&](const Json& answer, const char* member) {
      REQUIRE_MESSAGE(answer.contains(member), answer.dump());
      secrets.push_back(answer.at(member));
      return answer.at(member).get<std::string>();
    };
    const std::string sealed =
        keep(world.call("Encrypt", {{"KeyId", world.key}, {"Plaintext", marker()}}), "CiphertextBlob");
    keep(world.call("Decrypt", {{"CiphertextBlob", sealed}}), "Plaintext");
    keep(world.call("ReEncrypt", {{"CiphertextBlob", sealed}, {"DestinationKeyId", world.other}}), "CiphertextBlob");
    const Json made = world.call("GenerateDataKey", {{"KeyId", world.key}, {"KeySpec", "AES_256"}});
    keep(made, "Plaintext");
    keep(made, "CiphertextBlob");
    keep(world.call("GenerateRandom", {{"NumberOfBytes", 32}}), "Plaintext");
    const std::string mac_key = world.create_key({{"KeyUsage", "GENERATE_VERIFY_MAC"}, {"KeySpec", "HMAC_256"}});
    const Json mac{{"KeyId", mac_key}, {"Message", marker()}, {"MacAlgorithm", "HMAC_SHA_256"}};
    keep(world.call("GenerateMac", mac), "Mac");
    const std::string signer = world.create_key({{"KeyUsage", "SIGN_VERIFY"}, {"KeySpec", "ECC_NIST_P256"}});
    const Json message{{"KeyId", signer}, {"Message", marker()}, {"SigningAlgorithm", "ECDSA_SHA_256"}};
    keep(world.call("Sign", message), "Signature");
    const Json grant{{"KeyId", world.key}, {"GranteePrincipal", kNobody}, {"Operations", Json::array({"Encrypt"})}};
    const std::string token = keep(world.call("CreateGrant", grant), "GrantToken");
    world.call("Encrypt", {{"KeyId", world.key}, {"Plaintext", marker()}, {"GrantTokens", Json::array({token})}});
    const Json added{{"Principal", "root"}, {"Kind", "PASSPHRASE"}, {"Credential", marker()}, {"Label", "cron"}};
    CHECK(world.call("AddSlot", added).contains("Slot"));
    CHECK(world.call("ReplaceSlot", {{"SlotId", "00000002"}, {"Credential", marker()}}).contains("Slot"));
    const Json access = world.call("CreateAccessKey", {{"Principal", "user/y"}});
    secrets.push_back(access.at("AccessKey").at("SecretAccessKey"));
    for (const std::string& secret : secrets) check_unseen(world, secret);
    CHECK(holds(world.audited(), "cron"));  // what is no secret is found
  }
}
