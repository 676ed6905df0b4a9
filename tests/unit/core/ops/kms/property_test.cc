// Random sequences of calls against a small model of KMS: keys, aliases, grants, rotation and deletion, while a clock
// runs. Each answer is foretold by the model; a seed that fails is printed and repeats.
#include <doctest/doctest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <set>
#include <vector>

#include "core/base/encoding.h"
#include "core/base/text.h"
#include "core/upkeep/upkeep.h"
#include "tests/support/effort.h"
#include "tests/support/world.h"

using namespace kms;
using kms::testing::World;
using std::chrono::hours;

namespace {

constexpr int kSeeds = repetitions(20);
constexpr int kRandomSteps = 1000;
constexpr const char* kRandomUser = "arn:aws:iam::111122223333:user/x";
constexpr const char* kNoError = "ok";

// What the model knows of a key.
struct ModelKey {
  std::string state = "Enabled";
  int materials = 1;
  int on_demand = 0;
  std::optional<Time> next_rotation;
  int period = 0;
  std::optional<Time> deletion;
  std::set<std::string> aliases;
  std::map<std::string, std::string> grants;  // by name
  bool gone(Time now) const { return deletion && now >= *deletion; }
};

struct Sealed {
  std::string key;
  std::string blob;
  std::string plaintext;
};

class Run {
 public:
  explicit Run(unsigned seed) : dice_(seed) {}

  void step() {
    static const std::vector<void (Run::*)()> kActions = {
        &Run::create_key,        &Run::encrypt,       &Run::encrypt,      &Run::decrypt,      &Run::decrypt,
        &Run::disable,           &Run::enable,        &Run::schedule,     &Run::cancel,       &Run::rotate,
        &Run::schedule_rotation, &Run::stop_rotation, &Run::create_alias, &Run::delete_alias, &Run::encrypt_by_alias,
        &Run::create_grant,      &Run::revoke_grant,  &Run::pass_time,    &Run::describe,     &Run::list};
    (this->*kActions[pick(kActions.size())])();
    world_.store.records.logs.clear();  // a transaction of the memory store copies all there is
  }

  void check_all() {
    for (const auto& [arn, key] : keys_) check_key(arn, key);
  }

 private:
  std::size_t pick(std::size_t count) { return std::uniform_int_distribution<std::size_t>(0, count - 1)(dice_); }
  Time now() const { return world_.clock.time; }

  // Any key that was ever made, also one that is gone.
  const std::string* any() {
    if (names_.empty()) return nullptr;
    return &names_[pick(names_.size())];
  }

  void expect(const Json& answer, const std::string& outcome) { CHECK(answer.value("__type", kNoError) == outcome); }

  // What use of a key gives: nothing special, or an error.
  std::string use_of(const ModelKey& key) const {
    if (key.gone(now())) return "NotFoundException";
    if (key.state == "Enabled") return kNoError;
    return key.state == "Disabled" ? "DisabledException" : "KMSInvalidStateException";
  }
  std::string change_of(const ModelKey& key) const {
    if (key.gone(now())) return "NotFoundException";
    return key.state == "PendingDeletion" ? "KMSInvalidStateException" : kNoError;
  }

  // Scheduled rotations happen with the next call.
  void settle() {
    for (auto& [arn, key] : keys_) {
      if (key.gone(now()) || key.state != "Enabled" || !key.next_rotation || now() < *key.next_rotation) continue;
      ++key.materials;
      while (*key.next_rotation <= now()) *key.next_rotation += hours(24 * key.period);
    }
  }

  void create_key() {
    if (names_.size() > 30) return;
    settle();
    const std::string arn = world_.create_key();
    names_.push_back(arn);
    keys_[arn] = ModelKey();
  }

  void remember(const std::string& arn, const Json& answer, const std::string& plaintext) {
    if (answer.contains("CiphertextBlob")) ciphertexts_.push_back({arn, answer["CiphertextBlob"], plaintext});
  }

  void encrypt() {
    const std::string* arn = any();
    if (arn == nullptr) return;
    settle();
    const std::string plaintext = encode_base64(world_.random.bytes(1 + pick(40)));
    const Json answer = world_.call("Encrypt", {{"KeyId", *arn}, {"Plaintext", plaintext}});
    expect(answer, use_of(keys_[*arn]));
    remember(*arn, answer, plaintext);
  }

  void encrypt_by_alias() {
    const std::string name = cat("alias/", std::to_string(pick(12)));
    settle();
    const Json answer = world_.call("Encrypt", {{"KeyId", name}, {"Plaintext", "AAEC"}});
    for (const auto& [arn, key] : keys_) {
      if (key.gone(now()) || !key.aliases.contains(name)) continue;
      remember(arn, answer, "AAEC");
      return expect(answer, use_of(key));
    }
    expect(answer, "NotFoundException");
  }

  void decrypt() {
    if (ciphertexts_.empty()) return;
    settle();
    const Sealed& one = ciphertexts_[pick(ciphertexts_.size())];
    const Json answer = world_.call("Decrypt", {{"CiphertextBlob", one.blob}});
    // Whoever named no key is not told that there is none.
    const std::string outcome = keys_[one.key].gone(now()) ? "AccessDeniedException" : use_of(keys_[one.key]);
    expect(answer, outcome);
    if (outcome == kNoError) CHECK(answer["Plaintext"] == one.plaintext);
  }

  void set_state(const char* operation, const char* state) {
    const std::string* arn = any();
    if (arn == nullptr) return;
    settle();
    ModelKey& key = keys_[*arn];
    const std::string outcome = change_of(key);
    expect(world_.call(operation, {{"KeyId", *arn}}), outcome);
    if (outcome == kNoError) key.state = state;
  }
  void disable() { set_state("DisableKey", "Disabled"); }
  void enable() { set_state("EnableKey", "Enabled"); }

  void schedule() {
    const std::string* arn = any();
    if (arn == nullptr || pick(3) != 0) return;
    settle();
    ModelKey& key = keys_[*arn];
    const std::string outcome = change_of(key);
    const int days = 7 + static_cast<int>(pick(24));
    expect(world_.call("ScheduleKeyDeletion", {{"KeyId", *arn}, {"PendingWindowInDays", days}}), outcome);
    if (outcome != kNoError) return;
    key.state = "PendingDeletion";
    key.deletion = now() + hours(24 * days);
  }

  void cancel() {
    const std::string* arn = any();
    if (arn == nullptr) return;
    settle();
    ModelKey& key = keys_[*arn];
    const bool pending = key.state == "PendingDeletion";
    const std::string outcome = key.gone(now()) ? "NotFoundException" : pending ? kNoError : "KMSInvalidStateException";
    expect(world_.call("CancelKeyDeletion", {{"KeyId", *arn}}), outcome);
    if (outcome != kNoError) return;
    key.state = "Disabled";
    key.deletion.reset();
  }

  void rotate() {
    const std::string* arn = any();
    if (arn == nullptr) return;
    settle();
    ModelKey& key = keys_[*arn];
    std::string outcome = use_of(key);
    if (outcome == kNoError && key.on_demand == 25) outcome = "LimitExceededException";
    if (outcome == kNoError && key.next_rotation && *key.next_rotation - now() < std::chrono::minutes(20)) {
      outcome = "ConflictException";
    }
    expect(world_.call("RotateKeyOnDemand", {{"KeyId", *arn}}), outcome);
    if (outcome != kNoError) return;
    ++key.materials;
    ++key.on_demand;
  }

  void schedule_rotation() {
    const std::string* arn = any();
    if (arn == nullptr) return;
    settle();
    ModelKey& key = keys_[*arn];
    const int days = 90 + static_cast<int>(pick(30));
    const std::string outcome = use_of(key);
    expect(world_.call("EnableKeyRotation", {{"KeyId", *arn}, {"RotationPeriodInDays", days}}), outcome);
    if (outcome != kNoError) return;
    key.period = days;
    key.next_rotation = now() + hours(24 * days);
  }

  void stop_rotation() {
    const std::string* arn = any();
    if (arn == nullptr) return;
    settle();
    ModelKey& key = keys_[*arn];
    const std::string outcome = use_of(key);
    expect(world_.call("DisableKeyRotation", {{"KeyId", *arn}}), outcome);
    if (outcome == kNoError) key.next_rotation.reset();
  }

  void create_alias() {
    const std::string* arn = any();
    if (arn == nullptr) return;
    settle();
    const std::string name = cat("alias/", std::to_string(pick(12)));
    bool taken = false;  // an alias is gone when its key is
    for (const auto& [other, key] : keys_) taken = taken || (!key.gone(now()) && key.aliases.contains(name));
    const std::string outcome = change_of(keys_[*arn]);
    expect(world_.call("CreateAlias", {{"AliasName", name}, {"TargetKeyId", *arn}}),
           outcome == kNoError && taken ? "AlreadyExistsException" : outcome);
    if (outcome != kNoError || taken) return;
    for (auto& [other, key] : keys_) key.aliases.erase(name);
    keys_[*arn].aliases.insert(name);
  }

  void delete_alias() {
    const std::string name = cat("alias/", std::to_string(pick(12)));
    settle();
    const Json answer = world_.call("DeleteAlias", {{"AliasName", name}});
    for (auto& [arn, key] : keys_) {
      if (!key.aliases.contains(name)) continue;
      // Of a key that is gone it can be deleted, unless it was destroyed with the key.
      if (!key.gone(now())) expect(answer, kNoError);
      key.aliases.erase(name);
      return;
    }
    expect(answer, "NotFoundException");
  }

  void create_grant() {
    const std::string* arn = any();
    if (arn == nullptr) return;
    settle();
    ModelKey& key = keys_[*arn];
    const std::string name = cat("g", std::to_string(pick(4)));
    const std::string outcome = use_of(key);
    const Json answer =
        world_.call("CreateGrant",
                    {{"KeyId", *arn}, {"GranteePrincipal", kRandomUser}, {"Operations", {"Encrypt"}}, {"Name", name}});
    expect(answer, outcome);
    if (outcome != kNoError) return;
    const std::string id = answer["GrantId"];
    if (key.grants.contains(name)) CHECK(key.grants[name] == id);  // the same call makes one grant
    key.grants[name] = id;
  }

  void revoke_grant() {
    const std::string* arn = any();
    if (arn == nullptr) return;
    settle();
    ModelKey& key = keys_[*arn];
    const std::string name = cat("g", std::to_string(pick(4)));
    const bool there = key.grants.contains(name);
    const std::string id = there ? key.grants[name] : std::string(64, '0');
    const std::string outcome = key.gone(now()) || !there ? "NotFoundException" : kNoError;
    expect(world_.call("RevokeGrant", {{"KeyId", *arn}, {"GrantId", id}}), outcome);
    if (outcome == kNoError) key.grants.erase(name);
  }

  void pass_time() {
    world_.clock.advance(hours(1 + pick(24 * 5)));
    settle();
    if (pick(4) != 0) return;
    // At two sights, a day apart, what is past its date is destroyed.
    keep_up(world_.context, UpkeepMode::kNow);
    world_.clock.advance(hours(25));
    settle();
    keep_up(world_.context, UpkeepMode::kNow);
  }

  void check_key(const std::string& arn, const ModelKey& key) {
    const Json answer = world_.call("DescribeKey", {{"KeyId", arn}});
    if (key.gone(now())) return expect(answer, "NotFoundException");
    CHECK(answer["KeyMetadata"]["KeyState"] == key.state);
    const Json rotations = world_.call("ListKeyRotations", {{"KeyId", arn}, {"Limit", 1000}});
    CHECK(rotations["Rotations"].size() == static_cast<std::size_t>(key.materials - 1));
    const Json status = world_.call("GetKeyRotationStatus", {{"KeyId", arn}});
    const bool rotates = key.next_rotation && key.state != "PendingDeletion";
    CHECK(status["KeyRotationEnabled"] == rotates);
    if (rotates) CHECK(status["NextRotationDate"] == epoch_seconds(*key.next_rotation));
    CHECK(world_.call("ListGrants", {{"KeyId", arn}, {"Limit", 100}})["Grants"].size() == key.grants.size());
    CHECK(world_.call("ListAliases", {{"KeyId", arn}, {"Limit", 100}})["Aliases"].size() == key.aliases.size());
  }

  void describe() {
    const std::string* arn = any();
    if (arn == nullptr) return;
    settle();
    check_key(*arn, keys_[*arn]);
  }

  void list() {
    settle();
    std::set<std::string> listed;
    const Json page = world_.call("ListKeys", {{"Limit", 1000}});
    for (const Json& key : page["Keys"]) listed.insert(key["KeyArn"].get<std::string>());
    std::set<std::string> expected;
    for (const auto& [arn, key] : keys_) {
      if (!key.gone(now())) expected.insert(arn);
    }
    CHECK(listed == expected);
  }

  std::mt19937 dice_;
  World world_;
  std::vector<std::string> names_;
  std::map<std::string, ModelKey> keys_;
  std::vector<Sealed> ciphertexts_;
};

}  // namespace

TEST_SUITE("ops/property") {
  TEST_CASE("any sequence of calls is answered as a small model of KMS foretells") {
    for (unsigned seed = 1; seed <= kSeeds; ++seed) {
      CAPTURE(seed);
      Run run(seed);
      for (int step = 0; step < kRandomSteps; ++step) {
        CAPTURE(step);
        run.step();
      }
      run.check_all();
    }
  }
}
