// Any bytes as a request on the loopback endpoint: HTTP, the signature, the form of STS. Nothing gets through, since no
// input can be signed; nothing crashes.
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "cli/agent/answers.h"
#include "cli/agent/callers.h"
#include "cli/agent/http_connection.h"
#include "core/base/error.h"
#include "core/service/credential_records.h"
#include "core/service/vault_records.h"
#include "tests/fuzz/start.h"
#include "tests/support/world.h"

namespace {

using namespace kms;
using namespace kms::agent;

// With the access key that the seeds name, so that whole signatures are computed.
testing::World& world() {
  static testing::World made;
  static const bool ready = [] {
    const auto transaction = made.store.begin(Access::kWrite);
    transaction->put("access key", "AKIAFUZZFUZZFUZZFUZZ",
                     R"({"id":"AKIAFUZZFUZZFUZZFUZZ","principal":"arn:aws:iam::111122223333:root","created":0})");
    transaction->put_secret("access key secret", "AKIAFUZZFUZZFUZZFUZZ", made.random.secret(40));
    transaction->commit();
    return true;
  }();
  (void)ready;
  return made;
}

template <class Step>
void expect_error(const Step& step) {
  try {
    step();
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kInternal) std::abort();
    (void)response_head(failure_of(Wire::kQuery, error, "id"), true, "");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  RequestParser parser;
  parser.header_limit(kHeaderLimit);
  parser.body_limit(kBodyLimit);
  parser.eager(true);
  std::size_t at = 0;
  boost::system::error_code error;
  while (at < size && !parser.is_done()) {
    const std::size_t used = parser.put(boost::asio::buffer(data + at, size - at), error);
    if (error || used == 0) break;
    at += used;
  }
  if (!parser.is_done()) return 0;
  const Request& request = parser.get();
  Json form;
  expect_error([&] { (void)read_query_request(view_of(request.body()), form); });
  const auto transaction = world().store.begin(Access::kRead);
  expect_error([&] {
    (void)signed_caller(*transaction, {false, 0, "127.0.0.1"}, request, "kms", world().clock.now());
    std::abort();  // somebody found the secret
  });
  return 0;
}

extern "C" int LLVMFuzzerInitialize(int* /*argc*/, char*** /*argv*/) {
  return start_fuzzing();
}
