#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>
#include <openssl/crypto.h>

#include <cstdlib>
#include <iostream>

#include "core/base/secret_bytes.h"
#include "core/crypto/init.h"
#include "tests/support/world.h"

int main(int argc, char** argv) {
  // A command that starts an agent starts its own program: which would be all tests once more, and so on.
  if (std::getenv("LISTEN_PID") != nullptr) {
    std::cerr << "a test has started an agent\n";
    return EXIT_FAILURE;
  }
  constexpr std::size_t kSecureHeapBytes = 1U << 20U;
  kms::crypto::init();
  if (!kms::init_secure_heap(kSecureHeapBytes)) std::cerr << "note: the secure heap is not locked in RAM\n";
  int status = doctest::Context(argc, argv).run();
  // Every answer that any test saw has to be one that the API model declares.
  for (const std::string& stray : kms::testing::World::strays) {
    std::cerr << "not in the API model: " << stray << "\n";
    status = 1;
  }
  // No leak checker sees what lies there.
  constexpr std::size_t kOwnGenerators = 4096;  // of OpenSSL itself, until the end
  if (const std::size_t left = CRYPTO_secure_used(); left > kOwnGenerators) {
    std::cerr << "leaked on the secure heap: " << left << " bytes\n";
    status = 1;
  }
  // The program ends without it. Here a leak checker looks, which does not see what only the secure heap points to.
  OPENSSL_cleanup();
  return status;
}
