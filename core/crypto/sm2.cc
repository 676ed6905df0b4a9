#include <openssl/asn1.h>

#include <string_view>

#include "core/crypto/key_pair_state.h"

namespace kms::crypto {
namespace {

// Of everybody who was given no other (GM/T 0009 section 10).
constexpr std::string_view kDefaultId = "1234567812345678";
constexpr std::size_t kMaxCiphertext = 8U << 10U;

void set_default_id(EVP_PKEY_CTX* context) {
  require_ok(EVP_PKEY_CTX_set1_id(context, kDefaultId.data(), static_cast<int>(kDefaultId.size())) == 1, "SM2");
}

// One DER element and no more: OpenSSL would leave what follows unread.
bool is_one_element(ByteView bytes) {
  const unsigned char* content = bytes.data();
  long length = 0;
  int tag = 0;
  int tag_class = 0;
  const int result = ASN1_get_object(&content, &length, &tag, &tag_class, static_cast<long>(bytes.size()));
  ERR_clear_error();
  constexpr int kConstructed = V_ASN1_CONSTRUCTED;  // alone: no error, and a definite length
  return result == kConstructed && tag == V_ASN1_SEQUENCE && content + length == bytes.data() + bytes.size();
}

}  // namespace

Bytes sign_sm2_message(EVP_PKEY* key, ByteView message) {
  const DigestContext context(require_made(EVP_MD_CTX_new(), "SM2"));
  EVP_PKEY_CTX* settings = nullptr;  // belongs to `context`
  require_ok(EVP_DigestSignInit_ex(context.get(), &settings, "SM3", nullptr, nullptr, key, nullptr) == 1, "SM2");
  set_default_id(settings);
  Bytes signature(static_cast<std::size_t>(EVP_PKEY_get_size(key)));
  std::size_t size = signature.size();
  require_ok(EVP_DigestSign(context.get(), signature.data(), &size, message.data(), message.size()) == 1, "SM2");
  signature.resize(size);
  return signature;
}

bool verify_sm2_message(EVP_PKEY* key, ByteView message, ByteView signature) {
  const DigestContext context(require_made(EVP_MD_CTX_new(), "SM2"));
  EVP_PKEY_CTX* settings = nullptr;
  require_ok(EVP_DigestVerifyInit_ex(context.get(), &settings, "SM3", nullptr, nullptr, key, nullptr) == 1, "SM2");
  set_default_id(settings);
  const int result =
      EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(), message.size());
  ERR_clear_error();
  return result == 1;
}

Bytes KeyPair::Sm2Encryption::encrypt(const SecretBytes& plaintext) const {
  require_ok(!plaintext.empty(), "SM2");
  const KeyContext context = make_context(state().key.get());
  const ByteView secret = plaintext.reveal();
  std::size_t size = 0;
  require_ok(EVP_PKEY_encrypt_init(context.get()) == 1 &&
                 EVP_PKEY_encrypt(context.get(), nullptr, &size, secret.data(), secret.size()) == 1,
             "SM2");
  Bytes out(size);
  require_ok(EVP_PKEY_encrypt(context.get(), out.data(), &size, secret.data(), secret.size()) == 1, "SM2");
  out.resize(size);
  return out;
}

std::optional<SecretBytes> KeyPair::Sm2Encryption::decrypt(ByteView ciphertext) const {
  if (ciphertext.empty() || ciphertext.size() > kMaxCiphertext || !is_one_element(ciphertext)) return std::nullopt;
  const KeyContext context = make_context(state().key.get());
  require_ok(EVP_PKEY_decrypt_init(context.get()) == 1, "SM2");
  SecretBytes out(ciphertext.size());  // the plaintext is shorter
  std::size_t size = out.size();
  const int result = EVP_PKEY_decrypt(context.get(), out.reveal().data(), &size, ciphertext.data(), ciphertext.size());
  ERR_clear_error();
  if (result != 1) return std::nullopt;
  out.shrink(size);
  return out;
}

}  // namespace kms::crypto
