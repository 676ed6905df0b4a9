#pragma once
// What a fuzz target does once, before its first input.
#include <openssl/rand.h>
#include <sanitizer/lsan_interface.h>

#include <array>

#include "core/base/secret_bytes.h"
#include "core/crypto/init.h"

inline int start_fuzzing() {
  kms::crypto::init();
  (void)kms::init_secure_heap(1U << 20U);
  // OpenSSL's generators hold their ciphers from within the secure heap, where the leak detector does not look.
  __lsan_disable();
  std::array<unsigned char, 1> byte{};
  RAND_bytes(byte.data(), 1);
  RAND_priv_bytes(byte.data(), 1);
  __lsan_enable();
  return 0;
}
