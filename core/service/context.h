#pragma once
#include <span>
#include <string>
#include <string_view>

#include "core/base/clock.h"
#include "core/base/random.h"
#include "core/service/audit.h"
#include "core/service/slots.h"
#include "core/service/store.h"

namespace kms {

struct Operation;

// The decision is a value, so that it can be explained as well as enforced.
struct Decision {
  bool allowed = false;
  std::string reason;  // ends the sentence "... because"
};

class Authorizer {
 public:
  virtual ~Authorizer() = default;
  // `action` as policies spell it: kms:Encrypt, kmsctl:AddSlot. `resource` is an ARN, or "*" for the account.
  virtual Decision decide(const Transaction& transaction, const Caller& caller, std::string_view action,
                          std::string_view resource) const = 0;
};

// What the default key policy says while no identity has a policy of its own: the root principal of the account that
// holds the resource may do everything, and nobody else anything.
class AccountRootAuthorizer final : public Authorizer {
 public:
  Decision decide(const Transaction& transaction, const Caller& caller, std::string_view action,
                  std::string_view resource) const override;
};

// Everything outside the call itself that a call may reach. Tests build one in memory.
struct Context {
  const Clock& clock;
  Random& random;
  Store& store;
  SlotKeeper& slots;
  const Authorizer& authorizer;
  AuditSink& audit;
  std::span<const Operation> operations;
};

}  // namespace kms
