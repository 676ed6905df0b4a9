#pragma once
// `World world;` is a whole service in memory: a caller who may do everything, users x and y who may do nothing, and a
// clock that stands still.
#include <chrono>
#include <optional>
#include <random>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/json.h"
#include "core/ops/table.h"
#include "core/service/authorization.h"
#include "core/service/context.h"
#include "core/service/operation.h"
#include "core/upkeep/upkeep.h"
#include "tests/support/memory_store.h"

namespace kms::testing {

inline constexpr std::chrono::hours kDay{24};
inline constexpr std::string_view kAbsentKeyId = "0987dcba-09fe-87dc-65ba-ab0987654321";

struct FakeClock final : Clock {
  Time now() const override { return time; }
  BootTime boot_time() const override { return {since_boot, "one boot"}; }
  template <class Duration>
  void advance(Duration by) {  // as time passes; setting `time` alone is what a wrong clock does
    time += by;
    since_boot += by;
  }
  Time time = Time(std::chrono::seconds(1'700'000'000));
  std::chrono::milliseconds since_boot{0};
};

// The kernel's, until a test asks for bytes that repeat: which are those of its seed, in order, and no secret.
class TestRandom final : public Random {
 public:
  void fill(MutableBytes out) override;
  void repeat(unsigned seed) { repeated_.emplace(seed); }

 private:
  SystemRandom system_;
  std::optional<std::mt19937> repeated_;
};

// Refuses what a test says; the policies decide the rest.
struct ScriptedAuthorizer final : Authorizer {
  policy::Decision decide(const Transaction& transaction, const Caller& caller,
                          const AccessQuestion& question) const override;
  std::set<std::string, std::less<>> denied;  // actions or resources
  mutable std::vector<std::string> asked;     // "kms:DisableKey arn:aws:kms:..."
  mutable std::vector<AccessQuestion> questions;
  PolicyAuthorizer policies;
};

// Slots without cryptography.
struct FakeSlots final : SlotKeeper {
  std::vector<Slot> list(const Transaction& transaction) const override;
  Slot add(Transaction& transaction, SlotKind kind, std::string_view principal, const SecretBytes& credential, Time now,
           std::string_view label) override;
  void remove(Transaction& transaction, std::string_view id, std::string_view owner) override;
  Slot replace(Transaction& transaction, std::string_view id, const SecretBytes& credential, Time now) override;
  std::string unlocking_slot() const override { return "00000001"; }
  std::vector<Slot> slots{{"00000001", SlotKind::kKeyfile, "arn:aws:iam::111122223333:root", {}}};
};

// Of a store that has no files: an id alone.
struct FakeCare : VaultCare {
  const std::string& id() const override { return vault_id; }
  std::uint32_t format_version() const override { return 1; }
  std::uint64_t data_bytes() const override { return 0; }
  CheckReport check() override { return {}; }
  void take_failed_unlocks(const std::function<void(const UnlockNotes&)>& /*record*/) override {}
  std::int32_t close_segments() override {
    if (segments_to_close == 0) return 0;
    --segments_to_close;
    return 1;
  }
  std::int32_t segments_to_close = 0;  // one at a time
  std::string vault_id = "3f2b8c1e-5d47-4a90-8e6b-0c9d7a1f2e34";
};

// Who calls, as tests say it.
struct TestCaller {
  std::string principal = "arn:aws:iam::111122223333:root";  // who exists is known by name: World::proof() finds the id
  AccountRegion home{"111122223333", "eu-central-1"};
  std::string via_service = {};
  std::string principal_id = {};  // another one than the principal has now, when not empty
  std::string session_token = {};
  std::string listener = {};
  std::string user_agent = "test";
};

struct World {
  explicit World(std::span<const Operation> table = operations());

  Json call(std::string_view operation, const Json& request);
  Proof proof();             // of the caller
  std::string create_key();  // a symmetric key; answers its ARN
  std::string create_key(const Json& request);
  void add_identity(std::string_view name);  // user/alice, of the caller's account
  void set_state(std::string_view arn, KeyState state);
  Records data() const;               // everything but the audit trail and what each call notes
  std::vector<Json> audited() const;  // the audit trail

  // What any answer of any world had that the API model has not.
  static inline std::set<std::string, std::less<>> strays;

  FakeClock clock;
  TestRandom random;
  MemoryStore store;
  FakeSlots slots;
  FakeCare care;
  ScriptedAuthorizer authorizer;
  AuditRecorder audit;
  UpkeepOnRequest upkeep;
  TestCaller caller;
  Context context;
};

}  // namespace kms::testing
