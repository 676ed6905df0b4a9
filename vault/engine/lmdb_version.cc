#include "vault/engine/lmdb_version.h"

#include <lmdb.h>

#include "core/base/text.h"

namespace kms::vault {

std::string lmdb_version() {
  int major = 0;
  int minor = 0;
  int patch = 0;
  (void)mdb_version(&major, &minor, &patch);
  return cat(std::to_string(major), ".", std::to_string(minor), ".", std::to_string(patch));
}

}  // namespace kms::vault
