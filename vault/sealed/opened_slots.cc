#include "vault/sealed/opened_slots.h"

#include <utility>

#include "core/base/text.h"

namespace kms::vault {
namespace {

std::string_view kind_text(SlotKind kind) {
  if (kind == SlotKind::kPassphrase) return "passphrase";
  return kind == SlotKind::kKeyfile ? "keyfile" : "recovery code";
}

}  // namespace

const HeaderKeys& keys_among(const OpenedSlots& slots, std::uint32_t epoch) {
  const HeaderKeys* newest = nullptr;
  for (const HeaderKeys& keys : dynamic_cast<const OpenedHeader&>(slots).keys()) {
    if (keys.epoch <= epoch && (newest == nullptr || newest->epoch < keys.epoch)) newest = &keys;
  }
  if (newest == nullptr) throw_stale_slots();
  return *newest;
}

void throw_stale_slots() {
  throw Error(ErrorCode::kConflict, "the credentials of the vault were changed meanwhile; run the command again");
}

std::optional<RootAndAnchor> open_if_kind(const VaultId& vault, const SlotEntry& slot, const Credential& credential,
                                          const SlotCosts& costs) {
  if (slot.kind != credential.kind || !fits_kind(credential.kind, credential.secret)) return std::nullopt;
  if (slot.kind == SlotKind::kPassphrase) require_sane_cost(slot.cost, costs.minimum_cost);
  return open_slot(vault, slot, credential.secret);
}

void throw_opens_nothing(SlotKind kind) {
  throw Error(ErrorCode::kWrongPassphrase,
              cat("the ", kind_text(kind), " opens no slot of this vault",
                  kind == SlotKind::kPassphrase ? "; a recovery code is taken in its place" : ""));
}

std::unique_ptr<const OpenedSlots> open_header(const Header& header, const Credential& credential,
                                               const SlotCosts& costs) {
  for (const Section& section : header.sections) {
    for (const SlotEntry& slot : section.slots) {
      if (slot.kind == SlotKind::kPassphrase) require_sane_cost(slot.cost, costs.minimum_cost);
    }
  }
  std::vector<HeaderKeys> keys;
  for (const Section& section : header.sections) {
    for (const SlotEntry& slot : section.slots) {
      auto opened = open_if_kind(header.id, slot, credential, costs);
      if (!opened) continue;
      keys.push_back({section.epoch, slot.id, std::move(opened->root), std::move(opened->anchor)});
      break;
    }
  }
  if (keys.empty()) throw_opens_nothing(credential.kind);
  return std::make_unique<OpenedHeader>(std::move(keys));
}

}  // namespace kms::vault
