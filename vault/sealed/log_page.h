#pragma once
// Entries of a log that are kept in one record: to seal and place each alone costs several times what it is worth
// (vault/vault.md, "Records").
#include <cstddef>
#include <vector>

#include "core/base/bytes.h"

namespace kms::vault {

// With names and seal it then fits four pages of LMDB.
inline constexpr std::size_t kLogPageSize = 16000;

// Whether the page has room for it below `most` bytes; one that is empty takes an entry of any size.
bool has_room(const Bytes& page, ByteView entry, std::size_t most = kLogPageSize);
void add_entry(Bytes& page, ByteView entry);  // of less than 4 GiB
// Views into `page`, in order. VaultDamagedException when it is no page.
std::vector<ByteView> entries_of(ByteView page);

}  // namespace kms::vault
