#include "core/crypto/init.h"

#include <malloc.h>
#include <openssl/crypto.h>
#include <sodium.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "core/crypto/handles.h"

namespace kms::crypto {
namespace {

void* allocate(std::size_t size, const char*, int) {
  return size == 0 ? nullptr : std::malloc(size);
}

void release(void* memory, const char*, int) {
  if (memory == nullptr) return;
  sodium_memzero(memory, malloc_usable_size(memory));
  std::free(memory);
}

// Not realloc(), which leaves the old bytes behind where it moves them.
void* reallocate(void* memory, std::size_t size, const char* file, int line) {
  if (size == 0) {
    release(memory, file, line);
    return nullptr;
  }
  void* moved = allocate(size, file, line);
  if (moved == nullptr || memory == nullptr) return moved;
  std::memcpy(moved, memory, std::min(size, malloc_usable_size(memory)));
  release(memory, file, line);
  return moved;
}

bool start() {
  require_ok(CRYPTO_set_mem_functions(allocate, reallocate, release) == 1, "OpenSSL start");
  require_ok(OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT, nullptr) == 1, "OpenSSL start");
  require_ok(sodium_init() >= 0, "libsodium start");
  return true;
}

}  // namespace

void init() {
  [[maybe_unused]] static const bool started = start();
}

}  // namespace kms::crypto
