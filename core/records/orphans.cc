#include "core/records/orphans.h"

#include <nlohmann/json.hpp>

#include "core/records/stored_record.h"

namespace kms {
namespace {

// Longer than any call lasts.
constexpr auto kLongestMaking = std::chrono::hours(1);

std::string orphans_of(const AccountRegion& home) {
  return collection("orphan", home);
}

Orphan decode_orphan(const AccountRegion& home, std::string_view key, std::string_view stored) {
  const StoredRecord record(stored);
  return {home, StoredRecord::present(KeyId::parse(key)), record.text("key_store"), record.time("since"),
          record.flag("left", false)};
}

}  // namespace

bool is_left(const Orphan& orphan, Time now) {
  return orphan.left || now - orphan.since >= kLongestMaking;
}

void put_orphan(Transaction& transaction, const Orphan& orphan) {
  const Json record{{"key_store", orphan.key_store_id}, {"since", milliseconds(orphan.since)}, {"left", orphan.left}};
  transaction.put(orphans_of(orphan.home), orphan.key.str(), record.dump());
}

void erase_orphan(Transaction& transaction, const Orphan& orphan) {
  transaction.erase(orphans_of(orphan.home), orphan.key.str());
}

std::optional<Orphan> find_orphan(const Transaction& transaction, const AccountRegion& home, const KeyId& key) {
  const auto stored = transaction.get(orphans_of(home), key.str());
  if (!stored) return std::nullopt;
  return decode_orphan(home, key.str(), *stored);
}

void scan_orphans(const Transaction& transaction, const AccountRegion& home, std::string_view after,
                  const std::function<bool(const Orphan&)>& visit) {
  transaction.scan(orphans_of(home), after, [&](std::string_view key, std::string_view stored) {
    return visit(decode_orphan(home, key, stored));
  });
}

}  // namespace kms
