#include "core/crypto/digest.h"

#include <sodium.h>

#include <atomic>
#include <cstdint>

#include "core/crypto/fetched.h"
#include "core/crypto/handles.h"

namespace kms::crypto {

struct Digest::State {
  Hash hash;
  DigestContext context;
};

std::size_t digest_size(Hash hash) {
  switch (hash) {
    case Hash::kSha1:
      return 20;
    case Hash::kSha224:
      return 28;
    case Hash::kSha256:
    case Hash::kSm3:
      return 32;
    case Hash::kSha384:
      return 48;
    case Hash::kSha512:
      return 64;
  }
  throw Error(ErrorCode::kInternal, "no such hash");
}

const char* hash_name(Hash hash) {
  switch (hash) {
    case Hash::kSha1:
      return "SHA1";
    case Hash::kSha224:
      return "SHA2-224";
    case Hash::kSha256:
      return "SHA2-256";
    case Hash::kSha384:
      return "SHA2-384";
    case Hash::kSha512:
      return "SHA2-512";
    case Hash::kSm3:
      return "SM3";
  }
  throw Error(ErrorCode::kInternal, "no such hash");
}

namespace {

// OpenSSL's SHA-256 uses the processor's instructions and is several times as fast as libsodium's. Its providers cost a
// start as much as this many bytes of libsodium's do, and a short command, which hashes less, does not need them.
constexpr std::uint64_t kBytesWorthAStart = 64 << 10U;
std::atomic<std::uint64_t> hashed_bytes{0};

bool is_worth_a_start(std::size_t size) {
  if (hashed_bytes.load(std::memory_order_relaxed) >= kBytesWorthAStart) return true;
  return hashed_bytes.fetch_add(size, std::memory_order_relaxed) + size >= kBytesWorthAStart;
}

}  // namespace

Bytes digest(Hash hash, ByteView message) {
  if (hash == Hash::kSha256 && !is_worth_a_start(message.size())) {
    Bytes out(crypto_hash_sha256_BYTES);
    crypto_hash_sha256(out.data(), message.data(), message.size());
    return out;
  }
  return digest_by_openssl(hash, message);
}

Bytes digest_by_openssl(Hash hash, ByteView message) {
  Bytes out(digest_size(hash));
  const int done = EVP_Digest(message.data(), message.size(), out.data(), nullptr, fetched_digest(hash), nullptr);
  require_ok(done == 1, "digest");
  return out;
}

Digest::Digest(Hash hash) : state_(std::make_unique<State>()) {
  state_->hash = hash;
  state_->context.reset(require_made(EVP_MD_CTX_new(), "digest"));
  require_ok(EVP_DigestInit_ex2(state_->context.get(), fetched_digest(hash), nullptr) == 1, "digest");
}

Digest::~Digest() = default;
Digest::Digest(Digest&&) noexcept = default;
Digest& Digest::operator=(Digest&&) noexcept = default;

void Digest::update(ByteView piece) {
  require_ok(EVP_DigestUpdate(state_->context.get(), piece.data(), piece.size()) == 1, "digest");
}

Bytes Digest::finish() {
  Bytes out(digest_size(state_->hash));
  require_ok(EVP_DigestFinal_ex(state_->context.get(), out.data(), nullptr) == 1, "digest");
  return out;
}

}  // namespace kms::crypto
