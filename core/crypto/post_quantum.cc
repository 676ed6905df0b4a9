#include <openssl/core_names.h>
#include <openssl/params.h>

#include <array>

#include "core/crypto/key_pair_state.h"

// Algorithms by name, at run time: the headers may be those of OpenSSL 3.0, which has neither.
namespace kms::crypto {
namespace {

// OSSL_PKEY_PARAM_ML_DSA_SEED and OSSL_PKEY_PARAM_ML_KEM_SEED.
constexpr const char* kSeed = "seed";
constexpr std::size_t kSharedSecretSize = 32;

// Sizes: FIPS 204 table 2, FIPS 203 table 3.
constexpr std::array<PostQuantum, 6> kAlgorithms = {{{KeyType::kMlDsa44, "ML-DSA-44", 32, 2560},
                                                     {KeyType::kMlDsa65, "ML-DSA-65", 32, 4032},
                                                     {KeyType::kMlDsa87, "ML-DSA-87", 32, 4896},
                                                     {KeyType::kMlKem512, "ML-KEM-512", 64, 1632},
                                                     {KeyType::kMlKem768, "ML-KEM-768", 64, 2400},
                                                     {KeyType::kMlKem1024, "ML-KEM-1024", 64, 3168}}};

void require_available(const PostQuantum& algorithm) {
  if (is_available(algorithm.type)) return;
  throw Error(ErrorCode::kUnsupportedOperation,
              std::string("this build's OpenSSL has no ") + algorithm.name + "; it needs OpenSSL 3.5 or newer");
}

std::optional<SecretBytes> octets_of(const EVP_PKEY* key, const char* name, std::size_t size) {
  SecretBytes out(size);
  std::size_t length = 0;
  const bool ok = EVP_PKEY_get_octet_string_param(key, name, out.reveal().data(), out.size(), &length) == 1;
  ERR_clear_error();
  if (!ok || length != size) return std::nullopt;
  return out;
}

}  // namespace

const PostQuantum* find_post_quantum(KeyType type) {
  for (const PostQuantum& algorithm : kAlgorithms) {
    if (algorithm.type == type) return &algorithm;
  }
  return nullptr;
}

bool is_available(KeyType type) {
  const PostQuantum* algorithm = find_post_quantum(type);
  if (algorithm == nullptr) return true;
  const std::unique_ptr<EVP_KEYMGMT, FreeWith<EVP_KEYMGMT_free>> found(
      EVP_KEYMGMT_fetch(nullptr, algorithm->name, nullptr));
  ERR_clear_error();
  return found != nullptr;
}

KeyHandle generate_post_quantum(const PostQuantum& algorithm) {
  require_available(algorithm);
  const KeyContext context(
      require_made(EVP_PKEY_CTX_new_from_name(nullptr, algorithm.name, nullptr), "key generation"));
  EVP_PKEY* key = nullptr;
  require_ok(EVP_PKEY_keygen_init(context.get()) == 1 && EVP_PKEY_generate(context.get(), &key) == 1, "key generation");
  return KeyHandle(key);
}

KeyHandle load_post_quantum(const PostQuantum& algorithm, ByteView stored) {
  require_available(algorithm);
  if (stored.size() != algorithm.seed_size && stored.size() != algorithm.private_size) return nullptr;
  const char* name = stored.size() == algorithm.seed_size ? kSeed : OSSL_PKEY_PARAM_PRIV_KEY;
  SecretBytes copy = SecretBytes::copy_of(stored);  // the parameter's type is not const
  std::array<OSSL_PARAM, 2> params = {OSSL_PARAM_construct_octet_string(name, copy.reveal().data(), copy.size()),
                                      OSSL_PARAM_construct_end()};
  return from_params(algorithm.name, EVP_PKEY_KEYPAIR, params.data());
}

SecretBytes store_post_quantum(const PostQuantum& algorithm, const EVP_PKEY* key) {
  auto stored = octets_of(key, kSeed, algorithm.seed_size);
  if (!stored) stored = octets_of(key, OSSL_PKEY_PARAM_PRIV_KEY, algorithm.private_size);
  require_ok(stored.has_value(), "key");
  return std::move(*stored);
}

Encapsulated KeyPair::Encapsulation::encapsulate() const {
  const KeyContext context = make_context(state().key.get());
  std::size_t size = 0;
  std::size_t secret_size = 0;
  require_ok(EVP_PKEY_encapsulate_init(context.get(), nullptr) == 1 &&
                 EVP_PKEY_encapsulate(context.get(), nullptr, &size, nullptr, &secret_size) == 1,
             "encapsulation");
  Encapsulated made{Bytes(size), SecretBytes(secret_size)};
  require_ok(EVP_PKEY_encapsulate(context.get(), made.ciphertext.data(), &size, made.shared_secret.reveal().data(),
                                  &secret_size) == 1 &&
                 size == made.ciphertext.size() && secret_size == made.shared_secret.size(),
             "encapsulation");
  return made;
}

std::optional<SecretBytes> KeyPair::Encapsulation::decapsulate(ByteView ciphertext) const {
  const KeyContext context = make_context(state().key.get());
  require_ok(EVP_PKEY_decapsulate_init(context.get(), nullptr) == 1, "decapsulation");
  SecretBytes shared(kSharedSecretSize);
  std::size_t size = shared.size();
  const int result =
      EVP_PKEY_decapsulate(context.get(), shared.reveal().data(), &size, ciphertext.data(), ciphertext.size());
  ERR_clear_error();
  if (result != 1 || size != shared.size()) return std::nullopt;
  return shared;
}

}  // namespace kms::crypto
