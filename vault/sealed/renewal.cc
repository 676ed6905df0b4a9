#include "vault/sealed/renewal.h"

#include "core/base/error.h"
#include "vault/sealed/seal.h"

namespace kms::vault {

void Resealing::leave_out(std::string_view collection, std::string_view item) {
  left_out_.insert(record_key(old_keys_, collection, item));
}

bool Resealing::copy(const EngineTransaction& from, EngineTransaction& to, std::size_t most) {
  RecordTable renewed(to, next_, random_);
  State state = after_;
  state.changes = before_.changes;
  state.sequence = before_.sequence;
  renewed.start_state(state);
  const Bytes old_state = state_key(old_keys_);
  const auto cursor = from.cursor();
  bool more = last_.empty() ? cursor->first() : cursor->seek(last_);
  if (more && cursor->key() == last_) more = cursor->next();
  for (std::size_t count = 0; more && count < most; more = cursor->next(), ++count) {
    last_ = cursor->key();
    if (as_text(last_) == kEpochKey || last_ == old_state) continue;
    if (left_out_.contains(last_)) {
      ++met_left_out_;
      continue;
    }
    const OpenedRecord record = open_record(old_keys_, last_, cursor->value());
    const bool secret = record.kind == RecordKind::kSecret;
    renewed.put_unremembered({record.kind, record.collection, record.item},
                             secret ? record.secret.reveal() : ByteView(record.value));
  }
  after_ = renewed.changed_state();
  return more;
}

State Resealing::finish() const {
  if (after_.records + met_left_out_ != before_.records) {
    throw Error(ErrorCode::kVaultDamaged, "records are missing in data.mdb, or were added: run check");
  }
  State state = before_;
  state.records = after_.records;
  state.fingerprint = after_.fingerprint;
  return state;
}

}  // namespace kms::vault
