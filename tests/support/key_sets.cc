#include "tests/support/key_sets.h"

#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "core/records/vault.h"
#include "core/upkeep/consistency.h"
#include "tests/support/commit.h"
#include "tests/support/key_import.h"

namespace kms::testing {
namespace {

// Calls within are made in another Region.
class Elsewhere {
 public:
  Elsewhere(World& world, std::string_view region) : world_(world), home_(world.caller.home) {
    world_.caller.home.region = region;
  }
  ~Elsewhere() { world_.caller.home = home_; }
  Elsewhere(const Elsewhere&) = delete;
  Elsewhere& operator=(const Elsewhere&) = delete;

 private:
  World& world_;
  AccountRegion home_;
};

}  // namespace

Json call_in(World& world, std::string_view region, std::string_view operation, const Json& request) {
  const Elsewhere there(world, region);
  return world.call(operation, request);
}

Json import_in(World& world, std::string_view region, const std::string& key, const SecretBytes& material, bool is_new,
               std::optional<Time> valid_to) {
  const Elsewhere there(world, region);
  Json request{{"KeyId", key}, {"WrappingAlgorithm", "SM2PKE"}, {"WrappingKeySpec", "SM2"}};
  if (Json refused = world.call("GetParametersForImport", request); refused.contains("__type")) return refused;
  request = import_request(world, key, material);
  if (is_new) request["ImportType"] = "NEW_KEY_MATERIAL";
  if (valid_to) request["ValidTo"] = epoch_seconds(*valid_to);
  if (!valid_to) request["ExpirationModel"] = "KEY_MATERIAL_DOES_NOT_EXPIRE";
  return world.call("ImportKeyMaterial", request);
}

std::string state_in(World& world, std::string_view region, const std::string& key) {
  const Json answer = call_in(world, region, "DescribeKey", {{"KeyId", key}});
  if (answer.contains("__type")) return answer["__type"];
  return answer["KeyMetadata"]["KeyState"];
}

std::string materials_in(World& world, std::string_view region, const std::string& key) {
  std::string out;
  const Json answer =
      call_in(world, region, "ListKeyRotations", {{"KeyId", key}, {"IncludeKeyMaterial", "ALL_KEY_MATERIAL"}});
  for (const Json& each : answer["Rotations"]) {
    if (!out.empty()) out += ", ";
    out += each["KeyMaterialState"].get<std::string>();
    if (each.contains("ImportState")) out += cat(" ", each["ImportState"].get<std::string>());
  }
  return out;
}

std::string transport_key(World& world) {
  return world.call("GetTransportKey", Json::object())["TransportKey"];
}

void move_home(World& world, std::string_view region) {
  const auto transaction = world.store.begin(Access::kWrite);
  world.caller.home.region = region;
  put_first_records(*transaction, world.caller.home, world.random);
  commit_now(*transaction);
}

std::string violations(World& world) {
  std::string out;
  for (const std::string& each : find_violations(*world.store.begin(Access::kRead), world.clock.time)) {
    out += cat(each, "\n");
  }
  return out;
}

}  // namespace kms::testing
