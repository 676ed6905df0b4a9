#pragma once
// Multi-Region keys in Worlds, as their users see them.
#include <optional>
#include <string>
#include <string_view>

#include "core/base/json.h"
#include "core/base/secret_bytes.h"
#include "tests/support/world.h"

namespace kms::testing {

// The same call in another Region of the world.
Json call_in(World& world, std::string_view region, std::string_view operation, const Json& request);
// ImportKeyMaterial in a Region: until a time, or for ever; as new material, or as what the key has.
Json import_in(World& world, std::string_view region, const std::string& key, const SecretBytes& material,
               bool is_new = false, std::optional<Time> valid_to = std::nullopt);
std::string state_in(World& world, std::string_view region, const std::string& key);
// "CURRENT IMPORTED", in the order in which ListKeyRotations lists all material, separated by ", ".
std::string materials_in(World& world, std::string_view region, const std::string& key);
std::string transport_key(World& world);
// Another vault of the same account, whose home is `region`.
void move_home(World& world, std::string_view region);
// What does not hold in the world, in one text.
std::string violations(World& world);

}  // namespace kms::testing
