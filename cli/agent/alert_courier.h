#pragma once
// Tells what alerts of the agent's vault have to tell, and does what is due while nobody calls: a thread that looks
// once a second.
//
// States: waiting; taking and delivering, until nothing is due; ending, which a delivery under way delays by its
// patience at most. Lock: mutex_ guards ending_ alone, and nobody holds it while he works.
//
// It holds a lease of the vault only while it reads or writes records, never while it waits for a program or a server:
// so a destination that hangs keeps nobody from locking. What was delivered while the vault was locked is not known to
// be, and delivered again after the next unlocking.
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "cli/agent/vault_keeper.h"
#include "core/service/alert_delivery.h"
#include "core/upkeep/delivery.h"

namespace kms::agent {

// Its functions are the owner's. Ends when it has waited for a delivery that is under way.
class AlertCourier {
 public:
  // Both outlive it.
  AlertCourier(VaultKeeper& keeper, AlertDelivery& delivery);
  ~AlertCourier();
  AlertCourier(const AlertCourier&) = delete;
  AlertCourier& operator=(const AlertCourier&) = delete;
  AlertCourier(AlertCourier&&) = delete;
  AlertCourier& operator=(AlertCourier&&) = delete;

 private:
  void run();
  void look();
  std::vector<Parcel> take();
  void deliver(const std::vector<Parcel>& parcels);

  VaultKeeper& keeper_;
  AlertDelivery& delivery_;
  std::mutex mutex_;  // guards the next
  bool ending_ = false;
  std::condition_variable end_;
  std::thread thread_;  // last: it uses the others
};

}  // namespace kms::agent
