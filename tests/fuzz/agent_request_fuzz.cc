// Any bytes as a request on the loopback endpoint: HTTP, the signature, the form of STS. Nothing gets through, since no
// input can be signed; nothing crashes.
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "cli/agent/answers.h"
#include "cli/agent/callers.h"
#include "cli/agent/http_connection.h"
#include "core/base/error.h"
#include "core/records/credentials.h"
#include "core/records/vault.h"
#include "tests/fuzz/start.h"
#include "tests/support/commit.h"
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
    commit_now(*transaction);
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
  std::string bytes(reinterpret_cast<const char*>(data), size);
  std::optional<Refusal> refusal;
  HeaderScanner scanner;
  for (std::size_t part = 0; part < size; part += 64) {  // as it may come
    if (scanner.scan(std::string_view(bytes).substr(0, part), refusal) || refusal) break;
  }
  const auto end = HeaderScanner().scan(bytes, refusal);
  if (!end || refusal || check_version(bytes.data(), *end)) return 0;
  RequestParser parser;
  parser.header_limit(kHeaderLimit);
  parser.body_limit(kBodyLimit);
  parser.eager(true);
  boost::system::error_code error;
  (void)parser.put(boost::asio::buffer(bytes.data(), *end), error);
  if (error || !parser.is_header_done()) return 0;
  if (check_header(parser.get())) return 0;
  (void)plain_answer(parser.get());
  if (!parser.is_done()) (void)parser.put(boost::asio::buffer(bytes.data() + *end, size - *end), error);
  if (!parser.is_done()) return 0;
  const Request& request = parser.get();
  Json form;
  expect_error([&] { (void)read_query_request(form_of(request), form); });
  expect_error([&] {
    (void)signed_proof(world().context, {false, 0, "127.0.0.1"}, request, "kms");
    std::abort();  // somebody found the secret
  });
  return 0;
}

extern "C" int LLVMFuzzerInitialize(int* /*argc*/, char*** /*argv*/) {
  return start_fuzzing();
}
