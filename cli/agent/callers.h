#pragma once
// Who calls: proven by the kernel on the unix socket, by a signature on the loopback endpoint.
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "cli/agent/http.h"
#include "cli/agent/vault_keeper.h"
#include "core/service/audit.h"

namespace kms::agent {

struct Peer {
  bool unix_socket = false;
  std::uint32_t uid = 0;  // on the unix socket: SO_PEERCRED
  std::string address;    // of the other end, as audited
};

// Throws AccessDeniedException for a user of the system that is nobody in the vault.
Caller unix_caller(const UnlockedVault& vault, const Transaction& transaction, std::uint32_t unlocked_by,
                   const Peer& peer, const Request& request);
// Throws what AWS answers to a request without a signature, or with a wrong one. `service` is kms or sts.
Caller signed_caller(const Transaction& transaction, const Peer& peer, const Request& request, std::string_view service,
                     Time now);

// Slows guessing down. After some failures each of the same source has to wait longer, up to half a minute. What is
// right passes at once wherever that can be told without cost (signatures): nobody locks another one out. Thread-safe.
class Backoff {
 public:
  void require_patience(const std::string& source);             // ThrottlingException while it has to wait
  std::chrono::milliseconds failed(const std::string& source);  // how long to wait
  void succeeded(const std::string& source);

 private:
  using SteadyTime = std::chrono::steady_clock::time_point;
  struct Failures {
    unsigned count = 0;
    SteadyTime last;   // what is some minutes old is forgotten
    SteadyTime again;  // not before
  };
  std::mutex mutex_;
  std::map<std::string, Failures> sources_;
};

}  // namespace kms::agent
