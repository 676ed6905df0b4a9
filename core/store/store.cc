#include "core/store/store.h"

namespace kms {

void add_trace(Transaction& transaction, const TraceView& trace) {
  if (trace.item.empty()) {
    (void)transaction.append(trace.collection, trace.value);
  } else {
    transaction.note(trace.collection, trace.item, trace.value);
  }
}

void Store::leave(std::span<const Trace> traces) {
  const auto transaction = begin(Access::kWrite);
  for (const Trace& trace : traces) add_trace(*transaction, trace);
  transaction->commit();
}

}  // namespace kms
