#pragma once
// A copy of a vault, as a backup has it: whether what it holds is consistent, what it has that the vault has no more,
// and how it begins its own life. There is no caller: who has the copy open has all of it.
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "core/audit/event.h"
#include "core/base/clock.h"
#include "core/model/key.h"
#include "core/service/context.h"
#include "core/store/store.h"

namespace kms {

// What is wrong with records that are intact each: a sentence each. Compares the trails that `logs` names with their
// trees, and opens each of their events.
std::vector<std::string> find_problems(Store& copy, std::span<const std::string> logs, Time now);

// Whether the store has at least so many entries in each of these logs: one that has fewer is of an earlier time, and
// what it lacks was not there yet.
bool reaches(Store& store, const std::map<std::string, std::uint64_t>& logs);

// The ARNs of all keys, of every account and Region.
std::set<std::string> arns_of_keys(Store& store);
// The keys of the copy that are not among `present`: the vault has destroyed them since.
std::vector<Key> keys_beyond(Store& copy, const std::set<std::string>& present);

struct Restoration {
  std::string incarnation;  // random: no two lives of a vault have the same
  Time backup_time;
  std::uint64_t backup_sequence = 0;
  std::string slot;            // of the credential that opened the backup
  bool slots_kept = false;     // those of the vault at that time
  std::vector<Key> destroyed;  // keys_beyond() the vault
  bool resurrects = false;     // and they come back
};
// Destroys the keys that do not come back, and appends the event that tells of all: the first of the new life.
void record_restoration(const Context& context, Transaction& transaction, const EventAuthor& author,
                        const Restoration& restoration, Time now);

}  // namespace kms
