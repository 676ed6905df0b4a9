#include "core/records/checkpoints.h"

#include "core/records/stored_record.h"

namespace kms {
namespace {

constexpr std::string_view kWitnessed = "witnessed";
constexpr std::string_view kTimes = "checkpoint-time";
constexpr std::string_view kSeenLogs = "seen-logs";

}  // namespace

std::optional<std::string> find_witnessed_checkpoint(const Transaction& transaction, const AccountRegion& home) {
  const auto stored = transaction.get(kWitnessed, cat(home.account, "/", home.region));
  return stored ? std::optional(StoredRecord(*stored).text("note")) : std::nullopt;
}

void put_witnessed_checkpoint(Transaction& transaction, const AccountRegion& home, std::string_view note) {
  transaction.put(kWitnessed, cat(home.account, "/", home.region), Json{{"note", note}}.dump());
}

SideRecord checkpoint_time_record(const AccountRegion& home, Time when) {
  return {std::string(kTimes), cat(home.account, "/", home.region), Json{{"when", milliseconds(when)}}.dump()};
}

std::optional<Time> find_checkpoint_time(const Transaction& transaction, const AccountRegion& home) {
  const auto stored = transaction.get(kTimes, cat(home.account, "/", home.region));
  return stored ? std::optional(StoredRecord(*stored).time("when")) : std::nullopt;
}

std::optional<SeenLog> find_seen_log(const Transaction& transaction, std::string_view origin) {
  const auto stored = transaction.get(kSeenLogs, origin);
  if (!stored) return std::nullopt;
  const StoredRecord record(*stored);
  return SeenLog{record.text("key"), record.text("note")};
}

void put_seen_log(Transaction& transaction, std::string_view origin, const SeenLog& log) {
  transaction.put(kSeenLogs, origin, Json{{"key", log.verifier_key}, {"note", log.note}}.dump());
}

}  // namespace kms
