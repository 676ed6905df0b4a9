#include "vault/sealed/renewal.h"

#include "core/base/error.h"
#include "vault/sealed/seal.h"

namespace kms::vault {

void Resealing::leave_out(std::string_view collection, std::string_view item) {
  left_out_.insert(record_key(old_keys_, collection, item));
}

bool Resealing::reseal(EngineTransaction& from, std::size_t most) {
  const std::uint64_t version = before_.sequence + 1;
  const Bytes old_state = state_key(old_keys_);
  const RecordTree tree(from, old_keys_, random_, before_.tree.value());
  auto listed = last_in_tree_ ? tree.first_behind(*last_in_tree_) : tree.first_from({});
  const auto cursor = from.cursor();
  bool more = last_.empty() ? cursor->first() : cursor->seek(last_);
  if (more && cursor->key() == last_) more = cursor->next();
  for (std::size_t count = 0; more && count < most; more = cursor->next(), ++count) {
    last_ = cursor->key();
    if (as_text(last_) == kEpochKey || last_ == old_state) continue;
    const Bytes sealed = cursor->value();
    const RecordKind kind = peek_record(sealed).kind;
    if (kind == RecordKind::kTree) continue;  // it is made anew
    if (is_in_tree(kind)) {
      last_in_tree_ = place_of(last_);
      if (!listed || listed->place != *last_in_tree_ || listed->mark != mark_of(sealed)) throw_put_back();
      listed = tree.first_behind(*last_in_tree_);
    }
    if (left_out_.contains(last_)) {
      ++met_left_out_;
      continue;
    }
    const OpenedRecord record = open_record(old_keys_, last_, sealed);
    const RecordName name{record.kind, record.collection, record.item};
    const bool secret = record.kind == RecordKind::kSecret;
    const Bytes key = record_key(next_, name);
    take_(key,
          seal_record(next_, key, version, name, secret ? record.secret.reveal() : ByteView(record.value), random_));
    ++records_;
    fingerprint_ ^= record_print(next_, key, version);
  }
  if (!more && listed) throw_put_back();
  return more;
}

State Resealing::finish() const {
  if (records_ + met_left_out_ != before_.records) {
    throw Error(ErrorCode::kVaultDamaged, "records are missing in data.mdb, or were added: run check");
  }
  State state = before_;
  state.records = records_;
  state.fingerprint = fingerprint_;
  return state;
}

}  // namespace kms::vault
