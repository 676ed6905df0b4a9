#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>
#include <openssl/crypto.h>

#include <iostream>

#include "core/base/secret_bytes.h"
#include "core/crypto/init.h"

int main(int argc, char** argv) {
  constexpr std::size_t kSecureHeapBytes = 1U << 20U;
  kms::crypto::init();
  if (!kms::init_secure_heap(kSecureHeapBytes)) std::cerr << "note: the secure heap is not locked in RAM\n";
  const int status = doctest::Context(argc, argv).run();
  // The program ends without it. Here a leak checker looks, which does not see what only the secure heap points to.
  OPENSSL_cleanup();
  return status;
}
