#include "core/service/caller.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/model/principal.h"
#include "core/records/credentials.h"
#include "core/records/identities.h"
#include "core/records/vault.h"
#include "core/service/session_token.h"

namespace kms {
namespace {

constexpr const char* kInvalidToken = "The security token included in the request is invalid.";

// Whether the principal is still the one that something was given to.
bool is_current(const Transaction& transaction, std::string_view principal, std::string_view id) {
  if (id.empty()) return is_root_principal(principal);
  return unique_id_of(transaction, principal) == id;
}

[[noreturn]] void refuse(const Proof& proof) {
  if (!proof.access_key_id.empty()) throw Error(ErrorCode::kUnrecognizedClient, kInvalidToken);
  if (!proof.uid) {
    throw Error(ErrorCode::kAccessDenied, cat(proof.principal, " is not the one that this credential was given to"));
  }
  const std::string uid = std::to_string(*proof.uid);
  throw Error(ErrorCode::kAccessDenied,
              cat("the user ", uid, " of this system is nobody in the vault; its owner can change that with: kmsctl ",
                  "principal map-uid ", uid, " user/NAME"));
}

struct Authenticated {
  std::string principal;
  std::string principal_id;
};

Authenticated authenticated(const Transaction& transaction, const Proof& proof) {
  if (proof.principal.empty()) {
    const auto mapping = proof.uid ? find_uid_mapping(transaction, *proof.uid) : std::nullopt;
    if (!mapping || !is_current(transaction, mapping->principal, mapping->principal_id)) refuse(proof);
    return {mapping->principal, mapping->principal_id};
  }
  if (!is_current(transaction, proof.principal, proof.principal_id)) refuse(proof);
  if (proof.access_key_id.starts_with("AKIA")) {
    const auto key = find_access_key(transaction, proof.access_key_id);
    if (!key || key->principal_id != proof.principal_id || key->principal != proof.principal) refuse(proof);
  }
  return {proof.principal, proof.principal_id};
}

std::string require_region(const Transaction& transaction, const std::string& region) {
  if (region.empty()) return find_home(transaction).region;
  const auto regions = find_regions(transaction);
  if (std::find(regions.begin(), regions.end(), region) != regions.end()) return region;
  throw Error(ErrorCode::kNotFound,
              cat("Region ", region, " is not part of this vault; add it with: kmsctl region add ", region));
}

// A token counts for the one that it was given to, by id.
RoleSession require_session(const Transaction& transaction, const Proof& proof, const Authenticated& who) {
  auto session = read_session_token(transaction, proof.session_token);
  if (session && session->source == who.principal && session->source_id == who.principal_id) {
    return *std::move(session);
  }
  if (!proof.access_key_id.empty()) throw Error(ErrorCode::kUnrecognizedClient, kInvalidToken);
  throw Error(ErrorCode::kAccessDenied, cat("the session token is none that this vault gave to ", who.principal));
}

}  // namespace

std::string Caller::user_id() const {
  if (session) return cat(session->role_id, ":", session->name);
  return principal_id.empty() ? std::string(account_of(principal)) : principal_id;
}

bool Caller::is_root() const {
  return !session && is_root_principal(principal);
}

Caller caller_of(const Transaction& transaction, const Proof& proof) {
  Authenticated who = authenticated(transaction, proof);
  Caller caller;
  if (!proof.session_token.empty()) {
    caller.session = std::make_shared<const RoleSession>(require_session(transaction, proof, who));
    caller.principal = caller.session->arn();
  } else {
    caller.principal = std::move(who.principal);
    caller.principal_id = std::move(who.principal_id);
  }
  const std::string_view owner = caller.session ? caller.session->role_arn : caller.principal;
  caller.home = {std::string(account_of(owner)), require_region(transaction, proof.region)};
  caller.user_agent = proof.user_agent;
  caller.source_address = proof.source_address;
  caller.via_service = proof.via_service;
  caller.listener = proof.listener;
  return caller;
}

void require_current(const Transaction& transaction, const Caller& caller, Time now) {
  const RoleSession* const session = caller.session.get();
  if (session != nullptr && now >= session->expires) {
    throw Error(ErrorCode::kExpiredToken, "The security token included in the request is expired");
  }
  const bool current = session == nullptr ? is_current(transaction, caller.principal, caller.principal_id)
                                          : is_current(transaction, session->role_arn, session->role_id) &&
                                                is_current(transaction, session->source, session->source_id);
  if (!current) throw Error(ErrorCode::kUnrecognizedClient, kInvalidToken);
}

EventAuthor author_of(const Caller& caller) {
  const AuthorKind kind = caller.session ? AuthorKind::kRole : caller.is_root() ? AuthorKind::kRoot : AuthorKind::kUser;
  return {caller.home,      kind, caller.principal, caller.user_id(), caller.session, caller.source_address,
          caller.user_agent};
}

EventAuthor founding_author(const AccountRegion& home, std::string user_agent) {
  EventAuthor author = vault_author(home);
  author.principal = root_principal(home.account);
  author.user_id = home.account;
  author.kind = AuthorKind::kRoot;
  author.user_agent = std::move(user_agent);
  return author;
}

Caller imagined_root(const std::string& account, const std::string& region) {
  Caller caller;
  caller.principal = root_principal(account);
  caller.home = {account, region};
  return caller;
}

Caller imagined_caller(const Identity& identity, const std::string& region, Time now) {
  Caller caller;
  caller.principal = identity.name.arn();
  caller.home = {identity.name.account, region};
  if (identity.name.kind != IdentityKind::kRole) {
    caller.principal_id = identity.id;
    return caller;
  }
  const RoleSession session{identity.name.arn(), identity.id, "explain", "", "", now, now};
  caller.principal = session.arn();
  caller.session = std::make_shared<const RoleSession>(session);
  return caller;
}

}  // namespace kms
