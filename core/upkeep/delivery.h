#pragma once
// Notices of alerts on their way from the outbox (core/records/outbox.h) to where they are told.
//
//   step                                                     after a crash behind it
//   1. take_parcels(): in a commit, what is due gets a try   it is due again after the pause of that try
//      more, and the time of the next
//   2. delivered, outside of any transaction                 it is delivered again
//   3. settle(): in a commit, erased; or given up after the
//      last try, which leaves an event
//
// So a notice arrives at least once, and two who deliver at the same time do not take the same.
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/model/alert.h"
#include "core/records/outbox.h"
#include "core/service/context.h"

namespace kms {

inline constexpr std::int32_t kMostTries = 9;  // over nine hours
inline constexpr std::chrono::seconds kDeliveryPatience{10};

struct Parcel {
  Notice notice;
  AlertDestination destination;
};

// Reads one small record. Belongs outside of any transaction, as all of these.
bool is_delivery_due(const Context& context);
// At most `most` of what is due, those that happened first. Counts what alerts count, and leaves out what of an alert
// is more than it may have waiting.
std::vector<Parcel> take_parcels(const Context& context, std::size_t most);
// What became of one: nothing when it arrived, else why not.
void settle(const Context& context, const Parcel& parcel, const std::optional<std::string>& failure);

// Some that were not tried.
void put_back(const Context& context, std::span<const Parcel> parcels);

struct DeliveryReport {
  std::int32_t delivered = 0;
  std::int32_t failed = 0;  // those that were given up among them
};
// All that is due, until `budget` is used up: no try begins after that. Nothing where the context has no way to
// deliver.
DeliveryReport deliver_due(const Context& context, std::chrono::milliseconds budget);

}  // namespace kms
