#include "vault/engine/lmdb_version.h"

#include <lmdb.h>

#include "core/base/text.h"

namespace kms::vault {

LmdbVersion lmdb_in_use() {
  LmdbVersion version;
  (void)mdb_version(&version.major, &version.minor, &version.patch);
  return version;
}

std::string text_of(const LmdbVersion& version) {
  return cat(std::to_string(version.major), ".", std::to_string(version.minor), ".", std::to_string(version.patch));
}

}  // namespace kms::vault
