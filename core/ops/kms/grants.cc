#include "core/ops/kms/grants.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "core/base/encoding.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/model/principal.h"
#include "core/ops/kms/strangers.h"
#include "core/records/grants.h"
#include "core/records/identities.h"
#include "core/records/keys.h"
#include "core/service/authorization.h"
#include "core/service/request_context.h"
#include "core/service/resolve.h"
#include "core/service/response.h"

namespace kms {
namespace {

constexpr std::size_t kMostGrants = 50000;  // of one key

void require_one_at_most(const std::string& a, const std::string& b, std::string_view what) {
  if (!a.empty() && !b.empty()) {
    throw Error(ErrorCode::kValidation, cat("You cannot specify ", what, " in the same request."));
  }
}

void check_pairs(const TextMap& pairs) {
  constexpr std::size_t kMostPairs = 8;
  constexpr std::size_t kLongest = 384;
  if (pairs.size() > kMostPairs) {
    throw Error(ErrorCode::kValidation, "A grant constraint can have at most 8 encryption context pairs.");
  }
  for (const auto& [name, value] : pairs) {
    if (count_characters(value) > kLongest) {
      throw Error(ErrorCode::kValidation,
                  cat("The value of '", name, "' in a grant constraint can have at most 384 characters."));
    }
  }
}

void check_operations(const Key& key, const Grant& grant) {
  const bool constrained =
      !grant.constraints.encryption_context_equals.empty() || !grant.constraints.encryption_context_subset.empty();
  bool any_takes_context = false;
  for (const GrantOperation operation : grant.operations) {
    if (!is_grantable(operation, key)) {
      throw Error(ErrorCode::kValidation, cat("Operation ", to_text(operation), " is not valid in a grant for ",
                                              key.arn(), ", whose key usage is ", to_text(key.usage), "."));
    }
    any_takes_context = any_takes_context || takes_encryption_context(operation);
  }
  if (constrained && (!any_takes_context || key.spec != KeySpec::kSymmetric)) {
    throw Error(ErrorCode::kValidation,
                "A constraint on the encryption context needs an operation of a symmetric key that takes one.");
  }
}

ConstraintsMember member_of(const GrantConstraints& constraints) {
  return {unless_empty(constraints.encryption_context_subset), unless_empty(constraints.encryption_context_equals),
          unless_empty(constraints.source_arn)};
}

GrantListEntry grant_entry(const Key& key, const Grant& grant) {
  GrantListEntry entry;
  entry.key_id = key.arn();
  entry.grant_id = grant.id;
  entry.name = grant.name;
  entry.creation_date = grant.creation_date;
  entry.grantee_principal = grant.grantee();  // a service shows under both names
  entry.retiring_principal = unless_empty(grant.retiring_principal);
  entry.issuing_account = grant.issuing_account;
  entry.operations = grant.operations;
  ConstraintsMember constraints = member_of(grant.constraints);
  const bool constrained =
      constraints.encryption_context_subset || constraints.encryption_context_equals || constraints.source_arn;
  if (constrained) entry.constraints = std::move(constraints);
  entry.grantee_service_principal = unless_empty(grant.grantee_service_principal);
  entry.retiring_service_principal = unless_empty(grant.retiring_service_principal);
  return entry;
}

std::string existing_id(const Call& call, const std::string& principal) {
  if (principal.empty()) return {};
  try {
    const UniqueIds ids = unique_ids(call.transaction, {principal});
    return ids.empty() ? std::string() : ids.begin()->second;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kMalformedPolicy) throw;
    throw Error(ErrorCode::kInvalidArn, cat("Invalid principal ARN '", principal, "': it does not exist"));
  }
}

Grant grant_of(const Call& call, const CreateGrantRequest& request) {
  const Key& key = *call.key;
  Grant grant{key.id,
              {},
              request.name,
              call.now(),
              request.grantee_principal,
              request.grantee_service_principal,
              request.retiring_principal,
              request.retiring_service_principal,
              root_principal(account_of(call.caller.principal)),
              request.operations,
              {}};
  std::sort(grant.operations.begin(), grant.operations.end());
  grant.operations.erase(std::unique(grant.operations.begin(), grant.operations.end()), grant.operations.end());
  if (request.constraints) {
    grant.constraints = {request.constraints->encryption_context_subset.value_or(TextMap()),
                         request.constraints->encryption_context_equals.value_or(TextMap()),
                         request.constraints->source_arn.value_or(""), /*unknown=*/false};
  }
  grant.grantee_id = existing_id(call, grant.grantee_principal);
  grant.retiring_id = existing_id(call, grant.retiring_principal);
  return grant;
}

// The same terms under the same name are the same grant.
std::optional<Grant> find_same(const Call& call, const Grant& wanted) {
  if (!wanted.name.empty()) {
    for (Grant& each : find_grants_named(call.transaction, *call.key, wanted.name)) {
      if (each.same_terms(wanted)) return std::move(each);
    }
  }
  if (count_grants(call.transaction, *call.key) >= kMostGrants) {
    throw Error(ErrorCode::kLimitExceeded, cat(call.key->arn(), " has 50000 grants, the most a key can have."));
  }
  return std::nullopt;
}

// Whom a grant names from outside of the account of its key; sorted, each once.
std::vector<std::string> strangers_of(const Grant& grant, std::string_view account) {
  std::set<std::string> names;
  for (const std::string* principal : {&grant.grantee_principal, &grant.retiring_principal}) {
    if (!principal->empty() && account_of(*principal) != account) names.insert(*principal);
  }
  for (const std::string* service : {&grant.grantee_service_principal, &grant.retiring_service_principal}) {
    if (!service->empty()) names.insert(*service);
  }
  return {names.begin(), names.end()};
}

[[noreturn]] void throw_no_grant(const Key& key, std::string_view id) {
  throw Error(ErrorCode::kNotFound, cat("Grant ID ", id, " is not found for key ", key.arn()));
}

// Of the account that the token names, which may be another one than the caller's.
Key grant_key(const Call& call, const GrantName& named) {
  const AccountRegion home{named.account, call.caller.home.region};
  return resolve_key(call.transaction, home, named.key.str(), KeyReference::kIdOrArn, call.now());
}

// Whether the caller is the principal that a grant names, and no other one under its old name.
bool is_named(const Call& call, const std::string& principal, const std::string& id) {
  const Caller& caller = call.caller;
  const bool named = principal == caller.principal || (caller.session && principal == caller.session->role_arn);
  return named && !principal.empty() && (id.empty() || unique_id_of(call.transaction, principal) == id);
}

// Who may retire: who is named for it, the grantee if the grant says so, and the account that made it. Policies cannot
// allow it, but they can deny it.
void require_may_retire(const Call& call, const Key& key, const Grant& grant) {
  const AskedBy row = find_action(call.context.operations, "kms:RetireGrant");
  AccessQuestion question{row.operation->first.text(), key.arn(), &key, nullptr, call.conditions(key)};
  question.known = &row.operation->first;
  ConditionFiller filler(&question.conditions, Half::kBoth, !call.caller.via_service.empty());
  ConstraintsMember constraints = member_of(grant.constraints);
  filler.visit(constraints);
  add_grant_conditions(filler);
  filler.take_encryption_context();
  auto decision = call.context.authorizer.decide(call.transaction, call.caller, question);
  const bool grantee_may = std::find(grant.operations.begin(), grant.operations.end(), GrantOperation::kRetireGrant) !=
                           grant.operations.end();
  const bool may = call.caller.principal == grant.issuing_account ||
                   is_named(call, grant.retiring_principal, grant.retiring_id) ||
                   (grantee_may && is_named(call, grant.grantee_principal, grant.grantee_id));
  if (may && !decision.explicit_deny) return;
  if (!decision.explicit_deny) decision.reason = "because the grant does not let the caller retire it";
  throw_access_denied(call.caller, question, decision);
}

// Whoever may create grants by a grant alone passes on no more than that grant allows.
void require_within(const Call& call, const Key& key, const Grant& wanted) {
  if (call.granted_by.empty()) return;
  for (const std::string& id : call.granted_by) {
    const auto parent = find_grant(call.transaction, key, id);
    if (parent && wanted.is_within(*parent)) return;
  }
  throw Error(ErrorCode::kAccessDenied, cat("User: ", call.caller.principal,
                                            " is not authorized to perform: kms:CreateGrant on resource: ", key.arn(),
                                            " because the grant that allows it allows less than the new one would"));
}

}  // namespace

void CreateGrantRequest::check() const {
  require_one_at_most(grantee_principal, grantee_service_principal, "GranteePrincipal and GranteeServicePrincipal");
  require_one_at_most(retiring_principal, retiring_service_principal, "RetiringPrincipal and RetiringServicePrincipal");
  if (grantee_principal.empty() && grantee_service_principal.empty()) {
    throw Error(ErrorCode::kValidation, "Either GranteePrincipal or GranteeServicePrincipal is required.");
  }
  if (operations.empty()) throw Error(ErrorCode::kValidation, "A grant needs at least one operation.");
  const bool has_source = constraints && constraints->source_arn;
  const bool has_retiring = !retiring_principal.empty() || !retiring_service_principal.empty();
  if (!grantee_service_principal.empty() && (!has_source || !has_retiring)) {
    throw Error(ErrorCode::kValidation, "A grant for a service needs a SourceArn constraint and a retiring principal.");
  }
  for (const std::string& principal : {grantee_principal, retiring_principal}) {
    if (!principal.empty() && account_of(principal).empty()) {
      throw Error(ErrorCode::kInvalidArn, cat("Invalid principal ARN '", principal, "'"));
    }
  }
  if (!constraints) return;
  // As a grant has it, an empty one asks for nothing: who writes it may mean the opposite.
  const auto& exact = constraints->encryption_context_equals;
  if (exact && exact->empty()) {
    throw Error(ErrorCode::kValidation, "EncryptionContextEquals needs at least one encryption context pair.");
  }
  if (exact) check_pairs(*exact);
  if (constraints->encryption_context_subset) check_pairs(*constraints->encryption_context_subset);
}

CreateGrantResponse create_grant(Call& call, const CreateGrantRequest& request) {
  const Key& key = call.key.value();
  Grant grant = grant_of(call, request);
  check_operations(key, grant);
  require_within(call, key, grant);
  if (const auto same = find_same(call, grant)) {
    grant = *same;
  } else {
    grant.id = encode_hex(call.context.random.bytes(32));
    put_grant(call.transaction, key, grant);
    tell_newly_allowed(call.event, strangers_of(grant, key.home.account));
  }
  *call.event.response_elements = {{"grantId", grant.id}, {"keyId", key.arn()}};
  return {make_grant_token(call.transaction, key, grant, call.context.random), grant.id};
}

void ListGrantsRequest::check() const {
  require_one_at_most(grantee_principal, grantee_service_principal, "GranteePrincipal and GranteeServicePrincipal");
}

ListGrantsResponse list_grants(Call& call, const ListGrantsRequest& request) {
  const Key& key = call.key.value();
  if (!request.grant_id.empty() && !find_grant(call.transaction, key, request.grant_id)) {
    throw_no_grant(key, request.grant_id);
  }
  EntryPage<GrantListEntry> page(call, request.limit, 100);
  const std::string grantee = cat(request.grantee_principal, request.grantee_service_principal);
  const auto visit = [&](const Grant& grant) {
    const bool wanted = (request.grant_id.empty() || grant.id == request.grant_id) &&
                        (request.grantee_principal.empty() || grant.grantee_principal == request.grantee_principal) &&
                        (request.grantee_service_principal.empty() ||
                         grant.grantee_service_principal == request.grantee_service_principal);
    return !wanted || page.add(grant_entry(key, grant), grant.id);
  };
  const std::string after = page.after(request.marker);
  if (grantee.empty()) {
    scan_grants(call.transaction, key, after, visit);
  } else {
    scan_grants_of(call.transaction, key, grantee, after, visit);
  }
  return page.answer<ListGrantsResponse>();
}

void ListRetirableGrantsRequest::check() const {
  require_one_at_most(retiring_principal, retiring_service_principal, "RetiringPrincipal and RetiringServicePrincipal");
  if (retiring_principal.empty() && retiring_service_principal.empty()) {
    throw Error(ErrorCode::kValidation, "Either RetiringPrincipal or RetiringServicePrincipal is required.");
  }
}

ListGrantsResponse list_retirable_grants(Call& call, const ListRetirableGrantsRequest& request) {
  const AccountRegion& home = call.caller.home;
  const std::string& principal =
      request.retiring_principal.empty() ? request.retiring_service_principal : request.retiring_principal;
  EntryPage<GrantListEntry> page(call, request.limit, 100);
  scan_retirable(call.transaction, home, principal, page.after(request.marker),
                 [&](std::string_view place, const KeyId& id, std::string_view grant_id) {
                   const auto key = find_key(call.transaction, home, id, call.now());
                   const auto grant = key ? find_grant(call.transaction, *key, grant_id) : std::nullopt;
                   return !grant || page.add(grant_entry(*key, *grant), place);
                 });
  return page.answer<ListGrantsResponse>();
}

void RetireGrantRequest::check() const {
  const bool named = !key_id.empty() && !grant_id.empty();
  const bool half_named = key_id.empty() != grant_id.empty();
  if (half_named || named == !grant_token.empty()) {
    throw Error(ErrorCode::kValidation, "Specify either a grant token, or a key ARN and a grant ID.");
  }
}

EmptyResponse retire_grant(Call& call, const RetireGrantRequest& request) {
  std::optional<Key> key;
  std::string id = request.grant_id;
  if (request.grant_token.empty()) {
    key = resolve_key(call.transaction, call.caller.home, request.key_id, KeyReference::kIdOrArn, call.now());
  } else {
    const auto named = read_grant_token(call.transaction, request.grant_token);
    if (!named) throw Error(ErrorCode::kInvalidGrantToken, "The grant token is not valid.");
    key = grant_key(call, *named);
    id = named->grant;
  }
  call.event.resources.push_back(key->arn());
  const auto grant = find_grant(call.transaction, *key, id);
  if (grant) require_may_retire(call, *key, *grant);
  if (!grant) throw_no_grant(*key, id);
  erase_grant(call.transaction, *key, *grant);
  *call.event.additional_data = {{"grantId", id}};
  return {};
}

EmptyResponse revoke_grant(Call& call, const RevokeGrantRequest& request) {
  const Key& key = call.key.value();
  const auto grant = find_grant(call.transaction, key, request.grant_id);
  if (!grant) throw_no_grant(key, request.grant_id);
  erase_grant(call.transaction, key, *grant);
  return {};
}

}  // namespace kms
