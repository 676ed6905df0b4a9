#include "vault/sealed/log_page.h"

#include <cstdint>

#include "core/base/error.h"

namespace kms::vault {

bool has_room(const Bytes& page, ByteView entry, std::size_t most) {
  return page.empty() || page.size() + sizeof(std::uint32_t) + entry.size() <= most;
}

void add_entry(Bytes& page, ByteView entry) {
  if (entry.size() > 0xffffffffU) throw Error(ErrorCode::kLimitExceeded, "a record is too large for the vault");
  ByteWriter(page).u32(static_cast<std::uint32_t>(entry.size())).bytes(entry);
}

std::vector<ByteView> entries_of(ByteView page) {
  ByteReader in(page, ErrorCode::kVaultDamaged, "a log of the vault is damaged");
  std::vector<ByteView> entries;
  while (!in.empty()) entries.push_back(in.take(in.u32()));
  return entries;
}

}  // namespace kms::vault
