#include "cli/agent/admission.h"

#include <algorithm>
#include <boost/asio/ip/address.hpp>

#include "core/base/text.h"

namespace kms::agent {
namespace {

constexpr std::size_t kMostLeaving = 64;  // who were told to and still have their file
constexpr int kLooks = 64;                // for somebody who can give way: what a newcomer may cost

}  // namespace

std::string source_of(const Peer& peer) {
  if (peer.unix_socket) return cat("uid ", std::to_string(peer.uid));
  boost::system::error_code error;
  auto address = boost::asio::ip::make_address(peer.address, error);
  if (error) return peer.address;
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    address = boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, address.to_v6());
  }
  if (address.is_loopback()) return "loopback";
  if (address.is_v4()) return address.to_string();
  auto bytes = address.to_v6().to_bytes();
  std::fill(bytes.begin() + bytes.size() / 2, bytes.end(), static_cast<unsigned char>(0));
  return cat(boost::asio::ip::make_address_v6(bytes).to_string(), "/64");
}

// Of the groups between them, by the order of the enumeration.
Admission::Source* Admission::largest(Group least, Group most) {
  Source* found = nullptr;
  for (auto& [name, source] : sources_) {
    if (source.group < least || source.group > most) continue;
    if (found == nullptr || source.places.size() > found->places.size()) found = &source;
  }
  return found;
}

// Whose connections have to make room for one more; nothing when there is room.
Admission::Source* Admission::crowded(Group group, const std::string& source) {
  const std::size_t for_managers = std::max<std::size_t>(most_ / 16, 1);
  const std::size_t for_local = std::max<std::size_t>(most_ / 4, 2);
  const std::size_t network = count(Group::kNetwork);
  const std::size_t others = network + count(Group::kLocal);
  if (group == Group::kManager) {
    if (others + count(Group::kManager) < most_) return nullptr;
    Source* const strangers = largest(Group::kNetwork, Group::kLocal);
    return strangers != nullptr ? strangers : largest(group, group);
  }
  const auto known = sources_.find(source);
  if (known != sources_.end() && known->second.places.size() >= most_ / 2) return &known->second;
  const bool full = others + for_managers >= most_ || (group == Group::kNetwork && network + for_local >= most_);
  return full ? largest(group, group) : nullptr;
}

// Those who serve a caller now are passed by, and once those who did: they go to the end.
std::shared_ptr<Connection> Admission::choose(Source& source) {
  std::list<Place>& places = source.places;
  for (int looks = 0; looks < kLooks && !places.empty(); ++looks) {
    Place& first = places.front();
    const bool stays = first.leaves || !first.connection->waits() || first.connection->take_known();
    if (!stays) first.leaves = true;
    std::shared_ptr<Connection> chosen = stays ? nullptr : first.connection;
    places.splice(places.end(), places, places.begin());
    if (chosen) return chosen;
  }
  return nullptr;
}

bool Admission::enter(const std::shared_ptr<Connection>& connection, Group group, const std::string& name) {
  // Who becomes a manager is another source from then on.
  const std::string source = cat(std::to_string(static_cast<int>(group)), " ", name);
  const std::lock_guard lock(mutex_);
  if (Source* const full = crowded(group, source)) {
    const auto leaving = leaving_ < kMostLeaving ? choose(*full) : nullptr;
    if (!leaving) return false;
    ++leaving_;
    leaving->give_way();
  }
  const auto at = sources_.try_emplace(source, Source{group, {}}).first;
  at->second.places.push_back({connection});
  seats_.emplace(connection.get(), Seat{at, std::prev(at->second.places.end())});
  ++counts_.at(static_cast<std::size_t>(group));
  return true;
}

void Admission::leave(const Connection& connection) {
  const std::lock_guard lock(mutex_);
  const auto seat = seats_.find(&connection);
  if (seat == seats_.end()) return;
  const auto [source, place] = seat->second;
  if (place->leaves) --leaving_;
  --counts_.at(static_cast<std::size_t>(source->second.group));
  source->second.places.erase(place);
  if (source->second.places.empty()) sources_.erase(source);
  seats_.erase(seat);
}

std::vector<std::shared_ptr<Connection>> Admission::all() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<Connection>> found;
  found.reserve(seats_.size());
  for (const auto& [name, source] : sources_) {
    for (const Place& place : source.places) found.push_back(place.connection);
  }
  return found;
}

std::size_t Admission::size() const {
  const std::lock_guard lock(mutex_);
  return seats_.size();
}

}  // namespace kms::agent
