#pragma once
// SecretBytes: owned key material or plaintext on the OpenSSL secure heap. Move-only, wiped when freed, never printed.
// Not protected: what a caller copies out of reveal(), and registers or stack that a cipher worked in.
#include <cstddef>
#include <cstdint>
#include <ostream>
#include <span>
#include <vector>

namespace kms {

// Call once, before the first SecretBytes; `bytes` is a power of two. Returns whether the heap is locked in RAM:
// under a small `ulimit -l` it works unlocked, and its pages may reach the swap device.
[[nodiscard]] bool init_secure_heap(std::size_t bytes);

// Instead of the call above: `start` makes it when the first secret needs memory, and a process without secrets goes
// without.
void start_secure_heap_when_needed(void (*start)());

// Throws instead of falling back to plain memory, which OPENSSL_secure_malloc would do without saying so.
void* secure_allocate(std::size_t size);
void secure_free(void* memory, std::size_t size) noexcept;

template <class T>
struct SecureAllocator {
  using value_type = T;
  T* allocate(std::size_t count) { return static_cast<T*>(secure_allocate(count * sizeof(T))); }
  void deallocate(T* memory, std::size_t count) noexcept { secure_free(memory, count * sizeof(T)); }
  bool operator==(const SecureAllocator&) const = default;
};

class SecretBytes {
 public:
  SecretBytes() = default;
  explicit SecretBytes(std::size_t size) : bytes_(size) {}
  // A copy of bytes that are secret from here on; wiping the original is up to the caller.
  static SecretBytes copy_of(std::span<const std::uint8_t> bytes);
  static SecretBytes copy_of(const SecretBytes& secret) { return copy_of(secret.reveal()); }
  SecretBytes(SecretBytes&&) noexcept = default;
  SecretBytes& operator=(SecretBytes&&) noexcept = default;
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  ~SecretBytes() = default;

  std::size_t size() const { return bytes_.size(); }
  bool empty() const { return bytes_.empty(); }
  void shrink(std::size_t size);  // keeps the first `size` bytes and wipes the others

  // The one door to the bytes: `grep -rn 'reveal('` lists every place that sees a secret.
  std::span<const std::uint8_t> reveal() const { return bytes_; }
  std::span<std::uint8_t> reveal() { return bytes_; }

  bool operator==(const SecretBytes& other) const;  // constant time in the contents, not in the length
  friend std::ostream& operator<<(std::ostream&, const SecretBytes&) = delete;

 private:
  std::vector<std::uint8_t, SecureAllocator<std::uint8_t>> bytes_;
};

}  // namespace kms
