#pragma once
// Which LMDB runs, for those who may not include its header.
#include <string>

namespace kms::vault {

struct LmdbVersion {
  int major = 0;
  int minor = 0;
  int patch = 0;
};

// Of the LMDB that this process runs, linked in or shared.
LmdbVersion lmdb_in_use();
std::string text_of(const LmdbVersion& version);  // "0.9.24"

}  // namespace kms::vault
