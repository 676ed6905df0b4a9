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
