#include "formats/envelope_suite.h"

#include <array>

#include "core/base/error.h"

namespace kms::formats {
namespace {

using crypto::Hash;
using crypto::KeyType;

constexpr EnvelopeSignature kP256{KeyType::kP256, Hash::kSha256, 71};
constexpr EnvelopeSignature kP384{KeyType::kP384, Hash::kSha384, 103};

constexpr std::array<EnvelopeSuite, 11> kSuites = {{
    {0x0014, 1, 16, std::nullopt, std::nullopt},
    {0x0046, 1, 24, std::nullopt, std::nullopt},
    {0x0078, 1, 32, std::nullopt, std::nullopt},
    {0x0114, 1, 16, Hash::kSha256, std::nullopt},
    {0x0146, 1, 24, Hash::kSha256, std::nullopt},
    {0x0178, 1, 32, Hash::kSha256, std::nullopt},
    {0x0214, 1, 16, Hash::kSha256, kP256},
    {0x0346, 1, 24, Hash::kSha384, kP384},
    {0x0378, 1, 32, Hash::kSha384, kP384},
    {kSuiteCommitting, 2, 32, Hash::kSha512, std::nullopt},
    {kSuiteCommittingSigned, 2, 32, Hash::kSha512, kP384},
}};

}  // namespace

const EnvelopeSuite* find_suite(std::uint16_t id) {
  for (const EnvelopeSuite& candidate : kSuites) {
    if (candidate.id == id) return &candidate;
  }
  return nullptr;
}

const EnvelopeSuite& suite(std::uint16_t id) {
  const EnvelopeSuite* found = find_suite(id);
  if (found == nullptr) throw Error(ErrorCode::kInternal, "no such algorithm suite");
  return *found;
}

}  // namespace kms::formats
