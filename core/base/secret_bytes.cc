#include "core/base/secret_bytes.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <mutex>

#include "core/base/error.h"

namespace kms {
namespace {

void (*start_heap)() = nullptr;  // set once, before any thread

}  // namespace

bool init_secure_heap(std::size_t bytes) {
  constexpr std::size_t kSmallestBlock = 16;
  const int result = CRYPTO_secure_malloc_init(bytes, kSmallestBlock);
  if (result == 0) throw Error(ErrorCode::kInternal, "the secure heap cannot be set up");
  return result == 1;  // 2: in use, but not locked in RAM
}

void start_secure_heap_when_needed(void (*start)()) {
  start_heap = start;
}

void* secure_allocate(std::size_t size) {
  static std::once_flag started;
  if (start_heap != nullptr && CRYPTO_secure_malloc_initialized() == 0) std::call_once(started, start_heap);
  if (CRYPTO_secure_malloc_initialized() == 0) throw Error(ErrorCode::kInternal, "the secure heap is not set up");
  void* memory = OPENSSL_secure_malloc(size);
  if (memory == nullptr) throw Error(ErrorCode::kLimitExceeded, "the secure heap is full");
  return memory;
}

void secure_free(void* memory, std::size_t size) noexcept {
  OPENSSL_secure_clear_free(memory, size);
}

SecretBytes SecretBytes::copy_of(std::span<const std::uint8_t> bytes) {
  SecretBytes copy(bytes.size());
  std::copy(bytes.begin(), bytes.end(), copy.bytes_.begin());
  return copy;
}

void SecretBytes::shrink(std::size_t size) {
  if (size >= bytes_.size()) return;
  OPENSSL_cleanse(bytes_.data() + size, bytes_.size() - size);
  bytes_.resize(size);
}

bool SecretBytes::operator==(const SecretBytes& other) const {
  return size() == other.size() && CRYPTO_memcmp(bytes_.data(), other.bytes_.data(), size()) == 0;
}

}  // namespace kms
