#pragma once
// Bringing material into a key of a World, as somebody outside would.
#include <string>

#include "core/base/json.h"
#include "core/base/secret_bytes.h"
#include "tests/support/world.h"

namespace kms::testing {

// What ImportKeyMaterial takes for these bytes: parameters from the world, wrapped here.
Json import_request(World& world, const std::string& key, const SecretBytes& material,
                    const std::string& algorithm = "SM2PKE", const std::string& spec = "SM2");
// That it does not expire, and the call.
Json import_material(World& world, const std::string& key, const SecretBytes& material,
                     const std::string& algorithm = "SM2PKE", const std::string& spec = "SM2");

}  // namespace kms::testing
