// The input is a header without its checksum, so that every run passes it. What is accepted is written again byte for
// byte; all else is one of the two errors of the contract.
#include <cstdlib>

#include "core/base/secret_bytes.h"
#include "core/crypto/init.h"
#include "vault/sealed/header.h"

extern "C" int LLVMFuzzerInitialize(int* /*argc*/, char*** /*argv*/) {
  kms::crypto::init();
  (void)kms::init_secure_heap(1U << 20U);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace kms;
  const Bytes file = vault::encode_header_file({data, size}, {});
  try {
    const vault::ParsedHeader parsed = vault::parse_header(file);
    const Bytes body = vault::encode_header_body(parsed.header);
    if (body != parsed.body || vault::encode_header_file(body, parsed.macs) != file) abort();
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kVaultDamaged && error.code() != ErrorCode::kUnsupportedOperation) abort();
  }
  return 0;
}
