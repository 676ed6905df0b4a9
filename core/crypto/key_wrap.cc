#include "core/crypto/key_wrap.h"

#include "core/crypto/handles.h"

namespace kms::crypto {
namespace {

constexpr std::size_t kBlock = 8;
constexpr std::size_t kMaxKeySize = 64U << 10U;  // far above every key; keeps lengths within int

const char* cipher_name(std::size_t key_size) {
  switch (key_size) {
    case 16:
      return "id-aes128-wrap-pad";
    case 24:
      return "id-aes192-wrap-pad";
    case 32:
      return "id-aes256-wrap-pad";
    default:
      return nullptr;
  }
}

// The size of the output; nothing where the cipher refuses.
std::optional<std::size_t> run(const SecretBytes& kek, bool wrap, ByteView in, MutableBytes out) {
  const std::unique_ptr<EVP_CIPHER, FreeWith<EVP_CIPHER_free>> cipher(
      require_made(EVP_CIPHER_fetch(nullptr, cipher_name(kek.size()), nullptr), "key wrap"));
  const CipherContext context(require_made(EVP_CIPHER_CTX_new(), "key wrap"));
  EVP_CIPHER_CTX_set_flags(context.get(), EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
  // No IV: RFC 5649 section 3 sets it, with the length inside.
  require_ok(EVP_CipherInit_ex2(context.get(), cipher.get(), kek.reveal().data(), nullptr, wrap ? 1 : 0, nullptr) == 1,
             "key wrap");
  int size = 0;
  const int result = EVP_CipherUpdate(context.get(), out.data(), &size, in.data(), static_cast<int>(in.size()));
  ERR_clear_error();
  if (result != 1 || size <= 0) return std::nullopt;
  return static_cast<std::size_t>(size);
}

}  // namespace

Bytes wrap_key_with_padding(const SecretBytes& kek, const SecretBytes& key) {
  require_ok(cipher_name(kek.size()) != nullptr && !key.empty() && key.size() <= kMaxKeySize, "key wrap");
  Bytes wrapped((key.size() + kBlock - 1) / kBlock * kBlock + kBlock);
  require_ok(run(kek, true, key.reveal(), wrapped) == wrapped.size(), "key wrap");
  return wrapped;
}

std::optional<SecretBytes> unwrap_key_with_padding(const SecretBytes& kek, ByteView wrapped) {
  if (cipher_name(kek.size()) == nullptr) return std::nullopt;
  if (wrapped.size() < 2 * kBlock || wrapped.size() % kBlock != 0 || wrapped.size() > kMaxKeySize) return std::nullopt;
  SecretBytes key(wrapped.size());
  const auto size = run(kek, false, wrapped, key.reveal());
  if (!size) return std::nullopt;
  key.shrink(*size);
  return key;
}

}  // namespace kms::crypto
