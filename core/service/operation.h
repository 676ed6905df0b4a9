#pragma once
// A row of the operation table. Routing, validation, command line and manuals all follow from it.
#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/model/key.h"
#include "core/service/context.h"
#include "core/service/field.h"
#include "core/service/resolve.h"
#include "core/service/store.h"

namespace kms {

// What a handler works with. By then the request is valid and the caller authorized.
struct Call {
  const Context& context;
  const Caller& caller;
  Transaction& transaction;
  AuditEvent& event;
  std::optional<Key> key = {};         // set when the request names a key
  std::optional<Key> second_key = {};  // and when it names another: the destination of ReEncrypt

  std::vector<std::string> granted_by = {};  // ids of the grants that allowed the call, when nothing else did
  // Of a call that only reads: what it does once its own transaction has ended, because that begins others, as upkeep
  // does. Gives the answer. May throw; refers to nothing of the Call.
  std::function<Json()> afterwards = {};

  Time now() const { return event.time; }
  // Of a question about a key, apart from what the request says: who asks, when, and what the key is.
  policy::ConditionContext conditions(const Key& about) const;
};

// A valid request together with its handler.
class BoundRequest {
 public:
  virtual ~BoundRequest() = default;
  virtual std::string key_reference() const = 0;         // empty when the request names no key
  virtual std::string second_key_reference() const = 0;  // empty when it names no second one
  virtual std::string_view alias() const = 0;            // empty unless the operation acts on an alias
  virtual std::string identity() const = 0;              // a name or ARN; empty unless it acts on an identity
  virtual bool dry_run() const = 0;
  virtual const std::vector<std::string>& grant_tokens() const = 0;
  virtual Json run(Call& call) const = 0;
};

// What the caller needs permission for: the keys, the alias as well, the account ("*"), an identity, or what only the
// handler knows, which then asks by itself.
enum class Resource : std::uint8_t { kKey, kAliasAndKey, kAccount, kIdentity, kNothing };

// What GetKeyLastUsage counts as a use of a key.
inline constexpr std::array<std::string_view, 14> kTrackedOperations = {"Decapsulate",
                                                                        "Decrypt",
                                                                        "DeriveSharedSecret",
                                                                        "Encapsulate",
                                                                        "Encrypt",
                                                                        "GenerateDataKey",
                                                                        "GenerateDataKeyPair",
                                                                        "GenerateDataKeyPairWithoutPlaintext",
                                                                        "GenerateDataKeyWithoutPlaintext",
                                                                        "GenerateMac",
                                                                        "ReEncrypt",
                                                                        "Sign",
                                                                        "Verify",
                                                                        "VerifyMac"};

struct Operation : OperationInfo {
  Access access;
  Resource resource;
  KeyReference key_reference;
  KeyStates key_states;  // of the first key; a handler checks the second
  bool tracks_use;       // whether GetKeyLastUsage counts a success
  std::unique_ptr<BoundRequest> (*read)(const Json& request);
  // The permissions, when they are not named as the operation is.
  std::string_view action;         // "kms:ReEncryptFrom", "kmsctl:AddSlot"
  std::string_view second_action;  // on the second key
  // Whether AWS has the operation too; ours may need permission for what AWS has.
  bool of_aws_kms = true;
  bool reads_traces = false;  // what calls leave behind (core/service/store.h)
  bool of_agent = false;      // done to the agent: only the agent itself calls it
};

}  // namespace kms
