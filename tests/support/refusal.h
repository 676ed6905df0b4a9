#pragma once
// What is said to an input that makes no sense.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "core/base/error.h"

namespace kms::testing {

// The message of the UsageException that `read` throws; what it reads, where it throws none.
template <class Read>
std::string refusal_of(const Read& read) {
  try {
    return "accepted: " + read().dump();
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::kUsage);
    return error.what();
  }
}

}  // namespace kms::testing
