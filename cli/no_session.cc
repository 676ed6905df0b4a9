#include "cli/no_session.h"

#include <nlohmann/json.hpp>

#include "core/base/error.h"

namespace kms::cli {
namespace {

[[noreturn]] void refuse() {
  throw Error(ErrorCode::kInternal, "there is nothing behind this session");
}

}  // namespace

Json NoSession::call(std::string_view operation, Json request) {
  return call_through("", operation, std::move(request));
}

Json NoSession::call_through(std::string_view service, std::string_view operation, Json request) {
  return call_in("", service, operation, std::move(request));
}

Json NoSession::call_in(const std::string& /*region*/, std::string_view /*service*/, std::string_view /*operation*/,
                        Json /*request*/) {
  refuse();
}

Terminal& NoSession::terminal() {
  refuse();
}

Random& NoSession::random() {
  refuse();
}

const Clock& NoSession::clock() const {
  refuse();
}

}  // namespace kms::cli
