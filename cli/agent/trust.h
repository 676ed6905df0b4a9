#pragma once
// Whom a client tells secrets, and where a socket may stand: both are decided by user ids that the kernel reports.
#include <cstdint>
#include <optional>
#include <string>

namespace kms::agent {

// Whose agent a client talks to, beside its own user's and root's.
struct TrustedUsers {
  std::optional<std::uint32_t> named;        // by --agent-uid or $KMSCTL_AGENT_UID
  std::optional<std::uint32_t> vault_owner;  // of the vault's directory, where the user named one
};

// The uid of a user's name, or the number itself. UsageException for neither.
std::uint32_t user_id(const std::string& name);
// Nothing when there is no such file.
std::optional<std::uint32_t> owner_of(const std::string& path);

// `fd` is connected to `socket`. AccessDeniedException, with what to type, for the overflow uid and unless the process
// at the other end is of this user, root or a trusted user, and the directory of the socket belongs to one of these and
// no one else can write to it: whoever can, could put the socket of another service there.
void require_trusted_peer(int fd, const std::string& socket, const TrustedUsers& trusted);

// FileException unless the directory belongs to this user or root and nobody else can write to it.
void require_private_directory(const std::string& directory);

}  // namespace kms::agent
