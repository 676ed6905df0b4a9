#pragma once
// Looking at what is durable, side records among it.
#include "core/store/store.h"

namespace kms {

// Runs `work` in a transaction that reads what was durable when this was called. Belongs outside of any transaction.
template <class Work>
auto read_flushed(Store& store, const Work& work) {
  store.flush();
  return work(*store.begin(Access::kRead));
}

}  // namespace kms
