#pragma once
// Who may be connected when not everybody can. A share of the places is kept for the unix socket, and a share of that
// for those who manage the agent: strangers cannot keep the owner from locking the vault.
#include <array>
#include <cstddef>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "cli/agent/connection.h"

namespace kms::agent {

enum class Group : std::uint8_t { kNetwork, kLocal, kManager };
inline constexpr std::size_t kGroups = 3;

// Whose connections are counted together: a user on the unix socket; over TCP an address, where all of the loopback
// network are one (whoever has one of them has them all), and a network of IPv6 (/64).
std::string source_of(const Peer& peer);

// Thread-safe.
class Admission {
 public:
  explicit Admission(std::size_t most) : most_(most) {}

  // False when there is no place for `connection`. Where its kind has all places that it may have, the connection gives
  // way that has waited for its client for longest, among those of the same source (`name`) where that has its half,
  // else of the source that has most. Those that served a caller who is known stay as long as there are others.
  [[nodiscard]] bool enter(const std::shared_ptr<Connection>& connection, Group group, const std::string& name);
  void leave(const Connection& connection);

  std::vector<std::shared_ptr<Connection>> all() const;
  std::size_t size() const;

 private:
  struct Place {
    std::shared_ptr<Connection> connection;
    bool leaves = false;  // was told to
  };
  struct Source {
    Group group = Group::kNetwork;
    std::list<Place> places;  // who came or was spared first, first
  };
  using Sources = std::map<std::string, Source>;
  struct Seat {
    Sources::iterator source;
    std::list<Place>::iterator place;
  };
  std::size_t count(Group group) const { return counts_.at(static_cast<std::size_t>(group)); }
  Source* crowded(Group group, const std::string& source);
  Source* largest(Group least, Group most);
  static std::shared_ptr<Connection> choose(Source& source);

  const std::size_t most_;
  mutable std::mutex mutex_;
  Sources sources_;
  std::unordered_map<const Connection*, Seat> seats_;
  std::array<std::size_t, kGroups> counts_{};
  std::size_t leaving_ = 0;
};

}  // namespace kms::agent
