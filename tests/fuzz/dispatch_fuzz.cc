// Any JSON document as the request of every operation: dispatch() answers, audits, and neither throws nor crashes.
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <vector>

#include "core/base/secret_bytes.h"
#include "core/crypto/init.h"
#include "tests/support/world.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto request = kms::Json::parse(data, data + size, nullptr, /*allow_exceptions=*/false);
  if (request.is_discarded()) return -1;  // not worth keeping in the corpus
  const std::string text = request.dump(-1, ' ', false, kms::Json::error_handler_t::replace);
  kms::testing::World world;
  std::size_t calls = 0;
  for (const kms::Operation& operation : kms::operations()) {
    if (operation.name == "CreateKey" && text.find("RSA_") != std::string::npos) continue;  // seconds, and no parser
    const kms::Json answer = world.call(operation.name, request);
    ++calls;
    const auto type = answer.find("__type");
    if (type != answer.end() && *type == "KMSInternalException") std::abort();  // no input may look like a bug
  }
  if (world.audited().size() != calls) std::abort();
  return 0;
}

extern "C" int LLVMFuzzerInitialize(int* /*argc*/, char*** /*argv*/) {
  kms::crypto::init();
  (void)kms::init_secure_heap(1U << 20U);
  return 0;
}
