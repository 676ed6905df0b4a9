#pragma once
// The libraries that keys depend on, for those who ask what a fault of one of them means to them.
#include <optional>
#include <string>

#include "core/crypto/versions.h"
#include "core/service/field.h"

namespace kms::agent {

// Name to version of what this process runs: {"OpenSSL": "3.0.19", "libsodium": "1.0.18", "LMDB": "0.9.24"}.
TextMap libraries();

// A warning that the OpenSSL `used` was built before the `system`'s, and what to do; nothing when it was not, or when
// one of them is not known. Shared with the system, they are the same.
std::optional<std::string> outdated_openssl(const std::optional<crypto::OpensslBuild>& used,
                                            const std::optional<crypto::OpensslBuild>& system);
// The same of this process and this machine: reads a file of some megabytes.
std::optional<std::string> outdated_openssl();

}  // namespace kms::agent
