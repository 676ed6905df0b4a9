#pragma once
// Which LMDB runs, for those who may not include its header.
#include <string>

namespace kms::vault {

// Of the LMDB that this process runs, linked in or shared: "0.9.24".
std::string lmdb_version();

}  // namespace kms::vault
