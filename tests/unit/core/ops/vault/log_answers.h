#pragma once
// What operations on the trail answer, for tests.
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "core/base/encoding.h"
#include "formats/merkle_proof.h"
#include "tests/support/world.h"

namespace kms::testing {

// The message that a call is refused with; empty when it is not.
inline std::string refusal_text(World& world, std::string_view operation, const Json& request) {
  const Json answer = world.call(operation, request);
  return answer.contains("__type") ? answer.at("message").get<std::string>() : std::string();
}

inline bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

inline formats::MerkleHash hash_of_blob(const Json& blob) {
  return formats::to_merkle_hash(decode_base64(blob.get<std::string>()).value()).value();
}

inline formats::MerkleProof hashes_of_blobs(const Json& blobs) {
  formats::MerkleProof hashes;
  for (const Json& blob : blobs) hashes.push_back(hash_of_blob(blob));
  return hashes;
}

}  // namespace kms::testing
