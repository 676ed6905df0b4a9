#pragma once
// A row of the operation table. Routing, validation, command line and manuals all follow from it.
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/model/key.h"
#include "core/policy/action.h"
#include "core/service/conditions.h"
#include "core/service/context.h"
#include "core/service/field.h"
#include "core/service/outside_effects.h"
#include "core/service/resolve.h"
#include "core/store/store.h"

namespace kms {

// What a handler works with. By then the request is valid and the caller authorized.
struct Call {
  const Context& context;
  const Caller& caller;
  Transaction& transaction;
  AuditEvent& event;
  OutsideEffects& outside;
  std::optional<Key> key = {};         // set when the request names a key
  std::optional<Key> second_key = {};  // and when it names another: the destination of ReEncrypt

  std::vector<std::string> granted_by = {};  // ids of the grants that allowed the call, when nothing else did
  // Of a call that only reads: what it does once its own transaction has ended, because that begins others, as upkeep
  // does. Gives the answer. May throw; refers to nothing of the Call.
  std::function<Json()> afterwards = {};

  // What it leaves behind beside its event, when it only reads and succeeds. Nothing depends on that.
  std::vector<SideRecord> notes = {};

  // Of a row that looks at the trail: it was asked what is new, and there was nothing. Such a look leaves no event.
  bool saw_nothing_new = false;

  Time now() const { return event.time; }
  // Of a question about a key, apart from what the request says: who asks, when, and what the key is.
  policy::ConditionContext conditions(const Key& about) const;
};

// What else a request asks for, which its handler's file knows.
struct FurtherQuestion {
  std::string_view action;  // empty: the same one, about `key`; else about `resource`
  std::string region;       // the caller's when empty
  std::optional<Key> key = std::nullopt;
  std::string resource = "*";
  bool by_request = false;  // policies may go by the members of the request
};

// A valid request together with its handler.
class BoundRequest {
 public:
  virtual ~BoundRequest() = default;
  virtual std::string key_reference() const = 0;                    // empty when the request names no key
  virtual std::string second_key_reference() const = 0;             // empty when it names no second one
  virtual std::optional<CiphertextKey> ciphertext_key() const = 0;  // when a ciphertext names the key, and nothing else
  virtual std::string_view alias() const = 0;                       // empty unless the operation acts on an alias
  virtual std::string identity() const = 0;  // a name or ARN; empty unless it acts on an identity
  virtual bool dry_run() const = 0;
  virtual const std::vector<std::string>& grant_tokens() const = 0;
  virtual std::vector<FurtherQuestion> further_questions(const Call& call) const = 0;
  virtual void add_conditions(ConditionFiller& filler) const = 0;
  virtual Json run(Call& call) const = 0;
};

// What the caller needs permission for: the keys, the alias as well, the account ("*"), an identity, or what only the
// handler knows, which then asks by itself.
enum class Resource : std::uint8_t { kKey, kAliasAndKey, kAccount, kIdentity, kNothing };

// How the operations of a service are called and named.
struct Service {
  std::string_view signing_name;   // in the scope of a signature; empty: it takes no signed requests
  std::string_view target_prefix;  // of X-Amz-Target
  std::string_view event_source;   // in the audit trail
  std::string_view action_prefix;  // of permissions
  bool key_policies;  // whether key policies and grants speak of its permissions; else identity policies alone
  bool of_vault;      // it is about the vault, which is its home account's
};
inline constexpr Service kKmsService{"kms", "TrentService.", "kms.amazonaws.com", "kms:", true, false};
inline constexpr Service kStsService{"sts", "Kmsctl.", "sts.amazonaws.com", "sts:", false, false};
inline constexpr Service kCloudTrailService{"cloudtrail",
                                            "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.",
                                            "cloudtrail.amazonaws.com",
                                            "cloudtrail:",
                                            false,
                                            false};
inline constexpr Service kVaultService{"", "Kmsctl.", "kmsctl", "kmsctl:", false, true};
// What is done to the agent: no call reaches these rows but the agent's own.
inline constexpr Service kAgentService{"", "KmsctlAgent.", "kmsctl", "kmsctl:", false, true};
// The one whose permission it is; null for another's.
const Service* service_of(std::string_view action);

// What may be done with a key that KMS manages: showing it; using it, through its service alone; nothing else.
enum class ManagedUse : std::uint8_t { kNone, kShows, kUses };

// What classes of requests quotas count: none, by the kind of the key, or always with those for symmetric keys.
enum class QuotaClass : std::uint8_t { kNone, kByKey, kSymmetric };

// What the agent does once the call is allowed, or asks for itself.
enum class AgentVerb : std::uint8_t { kNone, kUnlock, kLock, kReload, kStop, kMetrics };

// What sets an operation apart from most.
struct Traits {
  const Service* service = &kKmsService;
  const Service* permission = nullptr;  // whose permission it needs; null: its own service's
  std::string_view action = {};         // the permission, when it is not named as the operation is
  std::string_view second_action = {};  // on the second key, likewise
  bool tracks_use = false;              // whether GetKeyLastUsage counts a success
  bool quick = false;                   // neither waits for the disk nor makes a key of RSA
  bool crosses_accounts = false;        // works on keys of other accounts
  bool no_encryption_context = false;   // constraints of grants on that are not asked
  bool by_grant_only = false;           // policies do not allow it
  bool reads_side_records = false;      // what calls leave behind (core/store/store.h)
  bool looks_at_trail = false;          // and at nothing else: the owner of an account may have such looks left out
  bool does_upkeep = false;             // itself, and tells what it did: nothing is done before it
  bool makes_managed_keys = false;      // asked about a managed key that is not there yet, it makes it
  bool shows_idle_days = false;         // policies may go by how long the key was not used
  AgentVerb verb = AgentVerb::kNone;
  ManagedUse managed = ManagedUse::kNone;
  QuotaClass quota = QuotaClass::kNone;
  std::string_view same_key = {};                       // the condition key that tells whether both keys are one
  const std::vector<Field>& (*asks_about)() = nullptr;  // more members that policies may go by, which the handler knows
};

// Of a handler, the struct that it takes and the one that it gives.
template <class Request, class Response>
Request request_of(Response (*handler)(Call&, const Request&));  // never defined: for its type
template <class Request, class Response>
Response response_of(Response (*handler)(Call&, const Request&));
template <auto kHandler>
using RequestOf = decltype(request_of(kHandler));
template <auto kHandler>
using ResponseOf = decltype(response_of(kHandler));

// Its address tells a handler from all others.
template <auto kHandler>
inline constexpr char kHandlerTag = 0;

struct Operation : OperationInfo, Traits {
  const char* tag;  // of the handler
  Access access;
  Resource resource;
  KeyReference key_reference;
  KeyStates key_states;  // of the first key; a handler checks the second
  // `audited` becomes what the audit trail may hold of the request.
  std::unique_ptr<BoundRequest> (*read)(const Json& request, Json& audited);
  // The conditions of a request that says no more than the filler supposes.
  void (*suppose)(ConditionFiller& filler);
  policy::Action first;   // what the caller needs permission for
  policy::Action second;  // on the second key

  bool of_aws_kms() const { return service == &kKmsService; }
  // Whether the SDKs of AWS call it in AWS JSON.
  bool of_aws_json() const { return of_aws_kms() || service == &kCloudTrailService; }
};

// The name of the row of what is done to the agent.
std::string_view name_of(std::span<const Operation> operations, AgentVerb verb);

// The row that asks for a permission, and with which half of its request.
struct AskedBy {
  const Operation* operation = nullptr;  // null: none
  Half half = Half::kFirst;
};
AskedBy find_action(std::span<const Operation> operations, std::string_view action);

// In lower case, the condition keys of the operation's own; families with their / or : alone.
std::vector<std::string> condition_keys(const Operation& operation);

}  // namespace kms
