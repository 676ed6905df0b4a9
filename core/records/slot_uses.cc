#include "core/records/slot_uses.h"

#include "core/records/stored_record.h"

namespace kms {
namespace {

constexpr std::string_view kSlotUses = "slot-use";
constexpr std::string_view kWhen = "when";
constexpr Memo<std::optional<Time>> kSlotUse{"slot use"};

}  // namespace

std::optional<Time> find_slot_use(const Transaction& transaction, std::string_view slot_id) {
  return *transaction.remembered(kSlotUse, {slot_id}, [&]() -> std::optional<Time> {
    const auto stored = transaction.get(kSlotUses, slot_id);
    return stored ? std::optional(StoredRecord(*stored).time(kWhen)) : std::nullopt;
  });
}

bool is_slot_use_to_note(const Transaction& transaction, std::string_view slot_id, Time now) {
  const auto last = find_slot_use(transaction, slot_id);
  return !last || now >= *last + std::chrono::hours(1);
}

void put_slot_use(Transaction& transaction, std::string_view slot_id, Time when) {
  transaction.put(kSlotUses, slot_id, Json{{kWhen, milliseconds(when)}}.dump());
}

void erase_slot_use(Transaction& transaction, std::string_view slot_id) {
  transaction.erase(kSlotUses, slot_id);
}

}  // namespace kms
