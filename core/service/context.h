#pragma once
// What a call works with: the store, who decides, the trail, clock, random, and what is optional of these.
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/audit/event.h"
#include "core/audit/recorder.h"
#include "core/base/clock.h"
#include "core/base/enum_names.h"
#include "core/base/random.h"
#include "core/keys/backend.h"
#include "core/keys/data_key_cache.h"
#include "core/model/key.h"
#include "core/policy/evaluate.h"
#include "core/service/alert_delivery.h"
#include "core/service/caller.h"
#include "core/service/field.h"
#include "core/store/slots.h"
#include "core/store/store.h"
#include "core/store/vault_care.h"

namespace kms {

struct Operation;
struct Context;

// One question: may the caller do this to that?
struct AccessQuestion {
  std::string action;              // as policies spell it: kms:Encrypt, kmsctl:AddSlot
  std::string resource;            // an ARN, or "*" for the account
  const Key* key = nullptr;        // when the resource is a key
  const Identity* role = nullptr;  // when it is a role to be assumed: its trust policy decides as a key policy would
  policy::ConditionContext conditions = {};
  TextMap encryption_context = {};
  // What policies need to know of the action; null for one that key policies do not speak of. Must outlive the
  // question.
  const policy::Action* known = nullptr;
  // Decide as if this were the key's policy: would it let its author change it again?
  const std::string* proposed_policy = nullptr;
};

class Authorizer {
 public:
  virtual ~Authorizer() = default;
  // The decision is a value, so that it can be explained as well as enforced.
  virtual policy::Decision decide(const Transaction& transaction, const Caller& caller,
                                  const AccessQuestion& question) const = 0;
};

// Limits how often principals may call. It remembers the calls by itself.
class Limiter {
 public:
  virtual ~Limiter() = default;
  // Throws ThrottlingException. `key` is the one that the request is about, or null.
  virtual void admit(const Transaction& transaction, const Caller& caller, const Operation& operation, const Key* key,
                     Time now) = 0;

  // A call of the caller was refused or failed. Nothing when that happens too often: no event is to be written then.
  // Else how many have had none since the last that had one.
  virtual std::optional<std::uint64_t> admit_failure(const Caller& caller, Time now) = 0;
};

// What is done without a caller (core/upkeep). Thread-safe.
class Upkeep {
 public:
  virtual ~Upkeep() = default;
  // Whether something is to be done before a call sees the records. Looks at a few small records.
  virtual bool is_due(const Transaction& transaction, Time now) const = 0;
  // Does it. Belongs outside of any transaction.
  virtual void do_what_is_due(const Context& context) const = 0;
  // Makes the managed key that `reference` names and `caller` is the first to use (lacks_managed_key()). The same.
  virtual void provide_managed_key(const Context& context, const Caller& caller, std::string_view reference) const = 0;
};

// What holds the vault open: one command, or an agent that serves many calls.
enum class OpenedBy : std::uint8_t { kCommand, kAgent };
template <>
struct EnumNames<OpenedBy> {
  static constexpr auto kAll =
      std::to_array<EnumName<OpenedBy>>({{OpenedBy::kCommand, "command"}, {OpenedBy::kAgent, "agent"}});
};

// Everything outside the call itself that a call may reach. Tests build one in memory.
struct Context {
  const Clock& clock;
  Random& random;
  Store& store;
  SlotKeeper& slots;
  const Authorizer& authorizer;
  AuditRecorder& audit;
  const Upkeep& upkeep;
  std::span<const Operation> operations;
  Limiter* limiter = nullptr;         // none: calls are not limited
  DataKeyCache* data_keys = nullptr;  // none: nothing is cached
  VaultCare* care = nullptr;          // none: the store has no files
  KeyBackends keys = {};              // what there is besides the vault
  AlertDelivery* delivery = nullptr;  // none: what alerts have to tell waits for somebody who has one
  // Who asked for what is being done in the name of the vault, as upkeep on request: the trail names them.
  const Caller* asked_by = nullptr;
  OpenedBy opened_by = OpenedBy::kCommand;  // likewise
};

}  // namespace kms
