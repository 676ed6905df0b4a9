#include "core/records/vault.h"

#include <algorithm>
#include <array>

#include "core/records/stored_record.h"

namespace kms {
namespace {

constexpr std::string_view kVault = "vault";
constexpr std::string_view kLayout = "layout";
constexpr std::string_view kOwned = "owned";
// A table of its own: what changes each minute drops nothing else that is remembered.
constexpr std::string_view kClock = "clock";
constexpr std::string_view kTime = "time";
constexpr std::string_view kDue = "due";
constexpr std::size_t kOwnedSize = 32;

constexpr Memo<AccountRegion> kHome{"home"};
constexpr Memo<std::int64_t> kLayoutOfRecords{"layout"};
constexpr Memo<std::vector<std::string>> kRegions{"regions"};
constexpr Memo<std::optional<Time>> kNextDue{"next due"};
constexpr Memo<SeenTime> kSeenTime{"seen time"};

constexpr std::array<std::pair<OwnedKey, std::string_view>, 6> kOwnedKeys = {
    {{OwnedKey::kGrantToken, "grant token"},
     {OwnedKey::kImportToken, "import token"},
     {OwnedKey::kTransport, "transport"},
     {OwnedKey::kSessionToken, "session token"},
     {OwnedKey::kAuditLog, "audit log"},
     {OwnedKey::kWitness, "witness"}}};

}  // namespace

void put_first_records(Transaction& transaction, const AccountRegion& home, Random& random) {
  transaction.put(kVault, "home", Json{{"account", home.account}, {"region", home.region}}.dump());
  put_regions(transaction, {home.region});
  put_layout(transaction, kCurrentLayout);
  put_missing_owned_keys(transaction, random);
}

void put_missing_owned_keys(Transaction& transaction, Random& random) {
  for (const auto& [which, name] : kOwnedKeys) {
    if (!transaction.get_secret(kOwned, name)) transaction.put_secret(kOwned, name, random.secret(kOwnedSize));
  }
}

AccountRegion find_home(const Transaction& transaction) {
  return *transaction.remembered(kHome, {}, [&]() -> AccountRegion {
    const auto stored = transaction.get(kVault, "home");
    if (!stored) throw Error(ErrorCode::kVaultDamaged, "the record of the account is missing");
    const StoredRecord record(*stored);
    return {record.text("account"), record.text("region")};
  });
}

std::vector<std::string> find_regions(const Transaction& transaction) {
  return *transaction.remembered(kRegions, {}, [&] {
    const auto stored = transaction.get(kVault, "regions");
    StoredRecord::require(stored.has_value());
    return StoredRecord(*stored).list("regions");
  });
}

void put_regions(Transaction& transaction, const std::vector<std::string>& regions) {
  std::vector<std::string> sorted = regions;
  std::sort(sorted.begin(), sorted.end());
  transaction.put(kVault, "regions", Json{{"regions", sorted}}.dump());
}

SecretBytes owned_key(const Transaction& transaction, OwnedKey which) {
  const auto* const row =
      std::find_if(kOwnedKeys.begin(), kOwnedKeys.end(), [&](const auto& each) { return each.first == which; });
  auto key = transaction.get_secret(kOwned, row->second);
  if (!key) throw Error(ErrorCode::kVaultDamaged, "a key of the vault itself is missing");
  return *std::move(key);
}

std::int64_t find_layout(const Transaction& transaction) {
  return *transaction.remembered(kLayoutOfRecords, {}, [&]() -> std::int64_t {
    const auto stored = transaction.get(kVault, kLayout);
    return stored ? StoredRecord(*stored).number("layout") : 1;
  });
}

void put_layout(Transaction& transaction, std::int64_t layout) {
  transaction.put(kVault, kLayout, Json{{"layout", layout}}.dump());
}

std::optional<Time> find_next_due(const Transaction& transaction) {
  return *transaction.remembered(kNextDue, {}, [&]() -> std::optional<Time> {
    auto stored = transaction.get(kDue, "next");
    if (!stored) stored = transaction.get(kVault, "due");  // likewise
    if (!stored) return std::nullopt;
    return StoredRecord(*stored).optional_time("next");
  });
}

void put_next_due(Transaction& transaction, std::optional<Time> when) {
  Json record = Json::object();
  if (when) record["next"] = milliseconds(*when);
  transaction.put(kDue, "next", record.dump());
}

void note_due(Transaction& transaction, Time when) {
  const auto next = find_next_due(transaction);
  if (!next || when < *next) put_next_due(transaction, when);
}

SeenTime find_seen_time(const Transaction& transaction) {
  return *transaction.remembered(kSeenTime, {}, [&]() -> SeenTime {
    auto stored = transaction.get(kClock, kTime);
    if (!stored) stored = transaction.get(kVault, kTime);  // where versions before kept it
    if (!stored) return {};
    const StoredRecord record(*stored);
    return {record.time("latest"), record.flag("went_back", false)};
  });
}

void put_seen_time(Transaction& transaction, const SeenTime& seen) {
  transaction.put(kClock, kTime, Json{{"latest", milliseconds(seen.latest)}, {"went_back", seen.went_back}}.dump());
}

bool is_time_to_note(const Transaction& transaction, Time now) {
  return now >= find_seen_time(transaction).latest + std::chrono::minutes(1);
}

void note_time(Transaction& transaction, Time now) {
  if (!is_time_to_note(transaction, now)) return;
  SeenTime seen = find_seen_time(transaction);
  seen.latest = now;
  put_seen_time(transaction, seen);
}

}  // namespace kms
