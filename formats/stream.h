#pragma once
// How the codecs of this folder meet a file, pipe or socket: through two functions that the caller brings.
#include <functional>

#include "core/base/bytes.h"

namespace kms::formats {

// Fills the buffer and says how much it filled: less than all of it only at the end of input. Errors are thrown.
using ReadFn = std::function<std::size_t(MutableBytes)>;

// Takes all of the bytes, or throws.
using WriteFn = std::function<void(ByteView)>;

}  // namespace kms::formats
