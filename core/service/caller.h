#pragma once
// Who calls. A front end proves something (Proof); what that is worth is asked in the call's own transaction, which is
// the only place that a Caller comes from. Who somebody is follows from unique ids, which are never given twice, not
// from names.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/audit/event.h"
#include "core/base/clock.h"
#include "core/model/arn.h"
#include "core/model/identity.h"
#include "core/store/store.h"

namespace kms {

// What a front end has authenticated, and what the request says beside the operation. Nothing in it was looked up: a
// principal with the unique id that its credential was given to, or a user of the operating system whom the vault maps.
struct Proof {
  std::string principal;             // ARN; empty when the vault is to say whom `uid` is
  std::string principal_id;          // empty for the root of an account
  std::optional<std::uint32_t> uid;  // as the kernel gave it, and mapped: never the overflow uid
  std::string access_key_id;         // of the key that signed; it must still be the principal's
  std::string session_token;         // of the role that the principal acts as
  std::string region;                // where short key ids are looked up; empty: the home region of the vault
  std::string via_service;           // the built-in service that calls for the principal: file, secrets, signing
  std::string user_agent;
  std::string source_address;
  std::string listener;  // unix or loopback; empty for a process that opened the vault itself
};

// A value: refers to nothing.
class Caller {
 public:
  std::string principal;  // ARN
  AccountRegion home;     // where short key ids and alias names are looked up
  std::string user_agent;
  std::string source_address;
  std::string via_service;                     // as in Proof
  std::string principal_id;                    // of a user: the unique id that the credential was given to
  std::shared_ptr<const RoleSession> session;  // when a role acts: `principal` is the ARN of the session
  std::string listener;                        // as in Proof

  // The unique id of who calls, as aws:userid has it: AIDA..., AROA...:SESSION, or the account of a root.
  std::string user_id() const;
  // Whether it is an account's root itself.
  bool is_root() const;

 private:
  Caller() = default;
  friend Caller caller_of(const Transaction&, const Proof&);
  friend Caller imagined_root(const std::string&, const std::string&);
  friend Caller imagined_caller(const Identity&, const std::string&, Time);
};

// Throws what a front end answers to who is nobody: AccessDeniedException on the unix socket and in process,
// UnrecognizedClientException where requests are signed; NotFoundException for a region that is none of the vault's.
Caller caller_of(const Transaction& transaction, const Proof& proof);

// That the caller is still the one: the user and the role, and who assumed it, exist with the ids that the credential
// was given to, and a session has not expired (ExpiredTokenException). Everybody else's failure is an
// UnrecognizedClientException.
void require_current(const Transaction& transaction, const Caller& caller, Time now);

// The same for the trail.
EventAuthor author_of(const Caller& caller);
// Who makes a vault: the root of its account.
EventAuthor founding_author(const AccountRegion& home, std::string user_agent);

// For questions about what somebody could do, never for a call: the root of an account, a user, a session of a role.
Caller imagined_root(const std::string& account, const std::string& region);
Caller imagined_caller(const Identity& identity, const std::string& region, Time now);

}  // namespace kms
