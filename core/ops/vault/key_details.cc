#include "core/ops/vault/key_details.h"

#include <algorithm>
#include <utility>

#include "core/ops/kms/aliases.h"
#include "core/ops/kms/keys.h"
#include "core/ops/kms/rotation.h"
#include "core/records/keys.h"
#include "core/service/request_context.h"

namespace kms {
namespace {

// What the caller may see: of each key what the operations would tell that AWS has for it. A refusal is no event, since
// nobody asked for one key.
class Sight {
 public:
  explicit Sight(const Call& call)
      : call_(call),
        aliases_(may(row_with(&kHandlerTag<list_aliases>), nullptr)),
        metadata_(row_with(&kHandlerTag<describe_key>)),
        rotation_(row_with(&kHandlerTag<get_key_rotation_status>)),
        usage_(row_with(&kHandlerTag<get_key_last_usage>)) {}

  KeyDetails of(const Key& key) const {
    KeyDetails out{key.id.str(), key.arn(), {}, {}, {}, {}};
    if (aliases_) out.alias_names = aliases_of(call_.transaction, key);
    if (may(metadata_, &key)) out.key_metadata = shown_metadata(call_, key);
    if (may(rotation_, &key)) out.rotation = schedule_of(key);
    if (may(usage_, &key)) out.key_last_usage = last_usage(call_, key);
    return out;
  }

 private:
  const Operation& row_with(const char* tag) const {
    const auto& rows = call_.context.operations;
    return *std::find_if(rows.begin(), rows.end(), [&](const Operation& row) { return row.tag == tag; });
  }

  bool may(const Operation& row, const Key* key) const {
    const auto conditions = [this, key](policy::ConditionContext& out) {
      out = caller_conditions(call_.transaction, call_.caller, call_.now());
      if (key != nullptr) {
        add_key_conditions(out, call_.transaction, *key);
      } else {
        out.set("aws:ResourceAccount", call_.caller.home.account);
      }
    };
    const AccessQuestion question{row.first.text(), key == nullptr ? "*" : key->arn(),    key,
                                  nullptr,          policy::ConditionContext(conditions), {},
                                  &row.first};
    return call_.context.authorizer.decide(call_.transaction, call_.caller, question).allowed;
  }

  static RotationSchedule schedule_of(const Key& key) {
    if (!key.rotation.enabled || kPendingDeletionOnly.contains(key.state)) return {};
    return {key.rotation.period_days, key.rotation.next};
  }

  const Call& call_;
  const bool aliases_;
  const Operation& metadata_;
  const Operation& rotation_;
  const Operation& usage_;
};

}  // namespace

ListKeyDetailsResponse list_key_details(Call& call, const ListKeyDetailsRequest& request) {
  const Sight sight(call);
  EntryPage<KeyDetails> page(call, request.limit, 1000);
  scan_keys(call.transaction, call.caller.home, page.after(request.marker),
            [&](const Key& key) { return key.is_gone(call.now()) || page.add(sight.of(key), key.id.str()); });
  return page.answer<ListKeyDetailsResponse>();
}

}  // namespace kms
