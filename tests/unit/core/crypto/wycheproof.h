#pragma once
// The vectors of project Wycheproof: what is valid must pass, what is invalid must not.
#include <doctest/doctest.h>

#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "core/base/encoding.h"
#include "core/base/json.h"
#include "core/base/secret_bytes.h"

namespace wycheproof {

inline kms::Bytes hex(const kms::Json& text) {
  return kms::decode_hex(text.get<std::string>()).value();
}

inline kms::SecretBytes secret_hex(const kms::Json& text) {
  return kms::SecretBytes::copy_of(hex(text));
}

// What a DER element of this tag and content looks like (X.690): short content only.
inline kms::Bytes element(std::uint8_t tag, kms::ByteView content) {
  REQUIRE(content.size() < 0x80);
  kms::Bytes out(2 + content.size());
  out[0] = tag;
  out[1] = static_cast<std::uint8_t>(content.size());
  std::copy(content.begin(), content.end(), out.begin() + 2);
  return out;
}

// PKCS#8 around a private scalar and nothing else (RFC 5915 without the optional parts). Upstream writes the scalar as
// an integer, so it may have lost or gained zeros in front.
inline kms::SecretBytes pkcs8_of(kms::Bytes scalar, const kms::Bytes& curve_oid, std::size_t field_size) {
  while (scalar.size() > field_size && scalar[0] == 0) scalar.erase(scalar.begin());
  scalar.insert(scalar.begin(), field_size - scalar.size(), 0);
  kms::Bytes key = {0x02, 0x01, 0x01};
  const kms::Bytes number = element(0x04, scalar);
  key.insert(key.end(), number.begin(), number.end());
  kms::Bytes algorithm = hex("06072a8648ce3d0201");
  algorithm.insert(algorithm.end(), curve_oid.begin(), curve_oid.end());
  kms::Bytes info = {0x02, 0x01, 0x00};
  for (const kms::Bytes& part : {element(0x30, algorithm), element(0x04, element(0x30, key))}) {
    info.insert(info.end(), part.begin(), part.end());
  }
  return kms::SecretBytes::copy_of(element(0x30, info));
}

struct Count {
  int valid = 0;
  int invalid = 0;
  int acceptable = 0;
};

// `passes` answers whether the implementation takes a case. Groups that it does not know of are left out.
inline Count run(
    const std::string& name, const std::function<bool(const kms::Json& group, const kms::Json& test)>& passes,
    const std::function<bool(const kms::Json& group)>& applies = [](const kms::Json&) { return true; }) {
  std::ifstream file(std::string(KMSCTL_TEST_VECTORS) + "/wycheproof/" + name + "_test.json");
  const kms::Json vectors = kms::Json::parse(file);
  Count count;
  for (const kms::Json& group : vectors["testGroups"]) {
    if (!applies(group)) continue;
    for (const kms::Json& test : group["tests"]) {
      const int id = test["tcId"];
      const std::string result = test["result"];
      CAPTURE(name);
      CAPTURE(id);
      const bool passed = passes(group, test);
      if (result == "acceptable") {
        ++count.acceptable;
        continue;
      }
      CHECK(passed == (result == "valid"));
      ++(result == "valid" ? count.valid : count.invalid);
    }
  }
  return count;
}

}  // namespace wycheproof
