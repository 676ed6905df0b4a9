#pragma once
// What a caller of the agent has proven: by the kernel on the unix socket, by a signature on the loopback endpoint.
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "cli/agent/http.h"
#include "cli/agent/standings.h"
#include "core/service/caller.h"
#include "core/service/context.h"

namespace kms::agent {

// Whether a connection is for nothing but figures over HTTP, and what they tell: only numbers, or names of principals,
// too.
enum class Scrape : std::uint8_t { kNo, kNumbers, kNames };

struct Peer {
  bool unix_socket = false;
  std::uint32_t uid = 0;  // on the unix socket: SO_PEERCRED
  std::string address;    // of the other end, as audited
  Scrape scrape = Scrape::kNo;
};

// Users that the user namespace of this process does not map all look like this one. Whoever looks so is nobody.
std::uint32_t overflow_uid();
void require_known_uid(const Peer& peer);  // AccessDeniedException for the overflow uid
// Who can end the process anyway: the user that runs it, and root.
bool is_operator(const Peer& peer);

// What a peer of the unix socket has proven: that the kernel says who it is. `standing` is whom the peer has unlocked
// the vault as, where it did. Throws as require_known_uid().
Proof unix_proof(const std::optional<Standing>& standing, const Peer& peer, const Request& request);
// What a signature proves. Throws what AWS answers to a request without one, or with a wrong one. `service` is kms or
// sts.
Proof signed_proof(const Context& context, const Peer& peer, const Request& request, std::string_view service);
// Of a signed request whose body is still to come: throws what signed_proof() would throw whatever the body is.
void check_signer(const Context& context, const Request& header, std::string_view service);

}  // namespace kms::agent
