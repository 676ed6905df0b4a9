#include "cli/agent/alert_courier.h"

#include <chrono>
#include <exception>
#include <span>

#include "core/upkeep/upkeep.h"

namespace kms::agent {
namespace {

constexpr std::chrono::seconds kBetweenLooksForAlerts{1};
constexpr std::size_t kParcelsOfCourier = 4;

}  // namespace

AlertCourier::AlertCourier(VaultKeeper& keeper, AlertDelivery& delivery)
    : keeper_(keeper), delivery_(delivery), thread_([this] { run(); }) {}

AlertCourier::~AlertCourier() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  end_.notify_one();
  thread_.join();
}

void AlertCourier::run() {
  std::unique_lock lock(mutex_);
  while (!end_.wait_for(lock, kBetweenLooksForAlerts, [&] { return ending_; })) {
    lock.unlock();
    try {
      look();
    } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): as a full disk; the outbox keeps what it has
    }
    lock.lock();
  }
}

void AlertCourier::look() {
  for (auto parcels = take(); !parcels.empty(); parcels = take()) {
    deliver(parcels);
    const std::lock_guard lock(mutex_);
    if (ending_) return;
  }
}

std::vector<Parcel> AlertCourier::take() {
  const auto lease = keeper_.enter();
  if (!lease) return {};
  const Context& context = lease->context();
  (void)keep_up(context, UpkeepMode::kWhenDue);
  return is_delivery_due(context) ? take_parcels(context, kParcelsOfCourier) : std::vector<Parcel>();
}

void AlertCourier::deliver(const std::vector<Parcel>& parcels) {
  for (const Parcel& parcel : parcels) {
    const auto failure =
        delivery_.deliver(parcel.destination, parcel.notice.alert, parcel.notice.text, kDeliveryPatience);
    if (const auto lease = keeper_.enter()) settle(lease->context(), parcel, failure);
  }
}

}  // namespace kms::agent
