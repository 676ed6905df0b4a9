#pragma once
// SHA-1 and SHA-2 (FIPS 180-4) and SM3 (GB/T 32905), whole and streamed.
#include <cstdint>
#include <memory>
#include <string_view>

#include "core/base/bytes.h"

namespace kms::crypto {

enum class Hash : std::uint8_t { kSha1, kSha224, kSha256, kSha384, kSha512, kSm3 };

std::size_t digest_size(Hash hash);
const char* hash_name(Hash hash);  // as OpenSSL fetches it: "SHA2-256"
Bytes digest(Hash hash, ByteView message);
// The same for a process that has started OpenSSL's providers already: it uses the processor's instructions for SHA.
Bytes digest_by_openssl(Hash hash, ByteView message);

// One message, in pieces. Belongs to one thread; finish() ends it.
class Digest {
 public:
  explicit Digest(Hash hash);
  ~Digest();
  Digest(Digest&&) noexcept;
  Digest& operator=(Digest&&) noexcept;
  Digest(const Digest&) = delete;
  Digest& operator=(const Digest&) = delete;
  void update(ByteView piece);
  Bytes finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace kms::crypto
