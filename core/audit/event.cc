#include "core/audit/event.h"

#include "core/base/text.h"

namespace kms {

EventAuthor vault_author(const AccountRegion& home) {
  EventAuthor author;
  author.home = home;
  author.kind = AuthorKind::kVault;
  author.source_address = kThisMachine;
  return author;
}

std::string audit_log(const AccountRegion& home) {
  return cat("audit/", home.account, "/", home.region);
}

}  // namespace kms
