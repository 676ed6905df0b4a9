// An agent tells what alerts have to tell by itself, and a destination that hangs keeps nobody from anything.
#include "cli/agent/alert_courier.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>

#include "core/ops/table.h"
#include "core/records/vault.h"
#include "core/service/dispatch.h"
#include "tests/unit/vault/vault_world.h"

using namespace kms;
using namespace kms::agent;

namespace {

// Holds what is delivered until it is let go.
class Gate final : public AlertDelivery {
 public:
  std::optional<std::string> unfit(const AlertDestination& /*destination*/) override { return std::nullopt; }
  std::optional<std::string> deliver(const AlertDestination& /*destination*/, std::string_view /*alert*/,
                                     std::string_view /*notice*/, std::chrono::milliseconds /*patience*/) override {
    std::unique_lock lock(mutex_);
    ++tries_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return open_; });
    return std::nullopt;
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  void wait_for(int tries) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(30), [&] { return tries_ >= tries; });
  }
  int tries() {
    const std::lock_guard lock(mutex_);
    return tries_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int tries_ = 0;
  bool open_ = false;
};

struct CourierWorld {
  CourierWorld() {
    const SecretBytes key = test::raw_key('k');
    vault::create(world.path, {{SlotKind::kKeyfile, test::kRoot, &key}}, Time(), world.random, world.options,
                  [&](Transaction& transaction) {
                    put_first_records(transaction, {"111122223333", "us-east-1"}, world.random);
                  });
    unlock();
    const Json alert{{"Name", "root"}, {"Condition", "root-use"}, {"Channel", "syslog"}};
    CHECK(call("CreateAlert", alert) == Json::object());
  }
  void unlock() { (void)keeper.unlock(test::keyfile('k'), test::proof_of_uid(4711)); }
  Json call(std::string_view operation, const Json& request) {
    const auto lease = keeper.enter();
    Proof proof;
    proof.principal = test::kRoot;
    proof.source_address = kThisMachine;
    return dispatch(lease->context(), proof, operation, request);
  }

  Gate gate;
  test::VaultWorld world;
  SystemClock clock;
  Metrics metrics;
  VaultKeeper keeper{world.path, operations(), clock, world.random, metrics, {{}, &gate}};
};

}  // namespace

TEST_SUITE("agent/alert_courier") {
  TEST_CASE("what an alert has to tell is told without a call that asks for it") {
    CourierWorld world;
    world.gate.open();
    const AlertCourier courier(world.keeper, world.gate);
    world.gate.wait_for(1);
    CHECK(world.gate.tries() >= 1);
  }

  TEST_CASE("a destination that hangs keeps nobody from calling and locking, and what it gets is told again") {
    CourierWorld world;
    auto courier = std::make_unique<AlertCourier>(world.keeper, world.gate);
    world.gate.wait_for(1);
    CHECK(world.call("ListKeys", Json::object()).contains("Keys"));
    world.keeper.lock();
    CHECK_FALSE(world.keeper.unlocked());
    world.gate.open();
    courier.reset();  // it could not write down that it was delivered
    world.unlock();
    const Json waiting = world.call("DescribeAlert", {{"Name", "root"}}).at("Waiting");
    CHECK(std::any_of(waiting.begin(), waiting.end(), [](const Json& notice) { return notice.at("Tries") == 1; }));
  }
}
