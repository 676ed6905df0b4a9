#include "core/crypto/key_pair.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <array>
#include <string_view>
#include <vector>

#include "core/crypto/key_pair_state.h"

namespace kms::crypto {
namespace {

using ParamBuilder = std::unique_ptr<OSSL_PARAM_BLD, FreeWith<OSSL_PARAM_BLD_free>>;
using Params = std::unique_ptr<OSSL_PARAM, FreeWith<OSSL_PARAM_free>>;

constexpr std::size_t kEd25519SeedSize = 32;
constexpr const char* kDamaged = "stored key material cannot be read";

constexpr std::array<Curve, 5> kCurves = {{{KeyType::kP256, "prime256v1", 32},
                                           {KeyType::kP384, "secp384r1", 48},
                                           {KeyType::kP521, "secp521r1", 66},
                                           {KeyType::kSecp256k1, "secp256k1", 32},
                                           {KeyType::kSm2, "SM2", 32}}};

unsigned rsa_bits(KeyType type) {
  switch (type) {
    case KeyType::kRsa2048:
      return 2048;
    case KeyType::kRsa3072:
      return 3072;
    case KeyType::kRsa4096:
      return 4096;
    default:
      return 0;
  }
}

constexpr std::array kPostQuantumTypes = {KeyType::kMlDsa44,  KeyType::kMlDsa65,  KeyType::kMlDsa87,
                                          KeyType::kMlKem512, KeyType::kMlKem768, KeyType::kMlKem1024};

// n and e are public; the others exist in a pair alone.
constexpr std::array<const char*, 8> kRsaNumbers = {OSSL_PKEY_PARAM_RSA_N,         OSSL_PKEY_PARAM_RSA_E,
                                                    OSSL_PKEY_PARAM_RSA_D,         OSSL_PKEY_PARAM_RSA_FACTOR1,
                                                    OSSL_PKEY_PARAM_RSA_FACTOR2,   OSSL_PKEY_PARAM_RSA_EXPONENT1,
                                                    OSSL_PKEY_PARAM_RSA_EXPONENT2, OSSL_PKEY_PARAM_RSA_COEFFICIENT1};

KeyHandle load_ec(const Curve& curve, ByteView scalar, ByteView point) {
  const ParamBuilder builder(require_made(OSSL_PARAM_BLD_new(), "key"));
  OSSL_PARAM_BLD* build = builder.get();
  BigNumber number;
  bool ok = OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, curve.group, 0) == 1 &&
            OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) == 1;
  if (!scalar.empty()) {
    number.reset(require_made(BN_secure_new(), "key"));
    ok = ok && BN_bin2bn(scalar.data(), static_cast<int>(scalar.size()), number.get()) != nullptr &&
         OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_PRIV_KEY, number.get()) == 1;
  }
  require_ok(ok, "key");
  const Params params(require_made(OSSL_PARAM_BLD_to_param(build), "key"));
  return from_params(curve.type == KeyType::kSm2 ? "SM2" : "EC",
                     scalar.empty() ? EVP_PKEY_PUBLIC_KEY : EVP_PKEY_KEYPAIR, params.get());
}

KeyHandle load_rsa(ByteView stored) {
  const ParamBuilder builder(require_made(OSSL_PARAM_BLD_new(), "key"));
  std::vector<BigNumber> numbers;
  ByteReader reader(stored, ErrorCode::kVaultDamaged, kDamaged);
  for (const char* name : kRsaNumbers) {
    const ByteView digits = reader.take(reader.u16());
    BigNumber& number = numbers.emplace_back(require_made(BN_secure_new(), "key"));
    require_ok(BN_bin2bn(digits.data(), static_cast<int>(digits.size()), number.get()) != nullptr &&
                   OSSL_PARAM_BLD_push_BN(builder.get(), name, number.get()) == 1,
               "key");
  }
  reader.require_end();
  const Params params(require_made(OSSL_PARAM_BLD_to_param(builder.get()), "key"));
  return from_params("RSA", EVP_PKEY_KEYPAIR, params.get());
}

BigNumber number_of(const EVP_PKEY* key, const char* name) {
  BIGNUM* raw = BN_secure_new();
  BigNumber number(require_made(raw, "key"));
  require_ok(EVP_PKEY_get_bn_param(key, name, &raw) == 1, "key");
  return number;
}

SecretBytes store_rsa(const EVP_PKEY* key) {
  std::vector<BigNumber> numbers;
  std::size_t size = 0;
  for (const char* name : kRsaNumbers) {
    numbers.push_back(number_of(key, name));
    size += 2 + static_cast<std::size_t>(BN_num_bytes(numbers.back().get()));
  }
  SecretBytes stored(size);
  std::uint8_t* out = stored.reveal().data();
  for (const BigNumber& number : numbers) {
    const auto length = static_cast<std::size_t>(BN_num_bytes(number.get()));
    *out++ = static_cast<std::uint8_t>(length >> 8U);
    *out++ = static_cast<std::uint8_t>(length);
    out += BN_bn2bin(number.get(), out);
  }
  return stored;
}

Bytes point_of(EVP_PKEY* key, const Curve& curve, bool compressed) {
  const char* format = compressed ? "compressed" : "uncompressed";
  require_ok(EVP_PKEY_set_utf8_string_param(key, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT, format) == 1, "key");
  Bytes point(1 + 2 * curve.field_size);
  std::size_t size = 0;
  require_ok(EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size(), &size) == 1,
             "key");
  point.resize(size);
  return point;
}

// Infinity, which SEC 1 section 2.3.4 writes as one byte, is the public key of nobody; OpenSSL loads it.
bool is_at_infinity(const EVP_PKEY* key, const Curve* curve) {
  if (curve == nullptr) return false;
  std::size_t size = 0;
  const bool found = EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, nullptr, 0, &size) == 1;
  ERR_clear_error();
  return !found || size <= 1;
}

SecretBytes store_ec(const EVP_PKEY* key, const Curve& curve, ByteView point) {
  const BigNumber scalar = number_of(key, OSSL_PKEY_PARAM_PRIV_KEY);
  SecretBytes stored(curve.field_size + point.size());
  const MutableBytes out = stored.reveal();
  require_ok(BN_bn2binpad(scalar.get(), out.data(), static_cast<int>(curve.field_size)) > 0, "key");
  std::copy(point.begin(), point.end(), out.begin() + static_cast<std::ptrdiff_t>(curve.field_size));
  return stored;
}

}  // namespace

KeyHandle from_params(const char* algorithm, int selection, OSSL_PARAM* params) {
  const KeyContext context(require_made(EVP_PKEY_CTX_new_from_name(nullptr, algorithm, nullptr), algorithm));
  EVP_PKEY* key = nullptr;
  if (EVP_PKEY_fromdata_init(context.get()) != 1 || EVP_PKEY_fromdata(context.get(), &key, selection, params) != 1) {
    ERR_clear_error();
    return nullptr;
  }
  return KeyHandle(key);
}

const Curve* find_curve(KeyType type) {
  for (const Curve& curve : kCurves) {
    if (curve.type == type) return &curve;
  }
  return nullptr;
}

std::optional<KeyType> type_of(const EVP_PKEY* key) {
  if (EVP_PKEY_is_a(key, "ED25519") == 1) return KeyType::kEd25519;
  if (EVP_PKEY_is_a(key, "RSA") == 1) {
    for (const KeyType type : {KeyType::kRsa2048, KeyType::kRsa3072, KeyType::kRsa4096}) {
      if (EVP_PKEY_get_bits(key) == static_cast<int>(rsa_bits(type))) return type;
    }
    return std::nullopt;
  }
  for (const KeyType type : kPostQuantumTypes) {
    if (EVP_PKEY_is_a(key, find_post_quantum(type)->name) == 1) return type;
  }
  std::array<char, 32> group{};
  if ((EVP_PKEY_is_a(key, "EC") != 1 && EVP_PKEY_is_a(key, "SM2") != 1) ||
      EVP_PKEY_get_group_name(key, group.data(), group.size(), nullptr) != 1) {
    return std::nullopt;
  }
  // A curve is named and not spelled out (RFC 5480 section 2.1.1): its parameters would be the sender's to choose.
  int spelled_out = 0;
  if (EVP_PKEY_get_int_param(key, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &spelled_out) != 1 ||
      spelled_out != 0) {
    return std::nullopt;
  }
  for (const Curve& curve : kCurves) {
    if (std::string_view(group.data()) == curve.group) return curve.type;
  }
  return std::nullopt;
}

KeyPair::KeyPair(std::unique_ptr<State> state) : state_(std::move(state)) {}
KeyPair::KeyPair(KeyPair&&) noexcept = default;
KeyPair& KeyPair::operator=(KeyPair&&) noexcept = default;
KeyPair::~KeyPair() = default;

KeyType KeyPair::type() const {
  return state_->type;
}

KeyPair KeyPair::generate(KeyType type) {
  if (const PostQuantum* algorithm = find_post_quantum(type)) {
    return KeyPair(std::make_unique<State>(State{type, generate_post_quantum(*algorithm)}));
  }
  EVP_PKEY* key = nullptr;
  if (type == KeyType::kSm2) {
    key = EVP_PKEY_Q_keygen(nullptr, nullptr, "SM2");
  } else if (const Curve* curve = find_curve(type)) {
    key = EVP_EC_gen(curve->group);
  } else if (type == KeyType::kEd25519) {
    key = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
  } else {
    key = EVP_RSA_gen(rsa_bits(type));
  }
  return KeyPair(std::make_unique<State>(State{type, KeyHandle(require_made(key, "key generation"))}));
}

KeyPair KeyPair::from_stored(KeyType type, const SecretBytes& stored) {
  const ByteView bytes = stored.reveal();
  KeyHandle key;
  if (const Curve* curve = find_curve(type)) {
    ByteReader reader(bytes, ErrorCode::kVaultDamaged, kDamaged);
    const ByteView scalar = reader.take(curve->field_size);
    key = load_ec(*curve, scalar, reader.rest());
  } else if (const PostQuantum* algorithm = find_post_quantum(type)) {
    key = load_post_quantum(*algorithm, bytes);
  } else if (type == KeyType::kEd25519) {
    if (bytes.size() == kEd25519SeedSize) {
      key.reset(EVP_PKEY_new_raw_private_key_ex(nullptr, "ED25519", nullptr, bytes.data(), bytes.size()));
    }
  } else {
    key = load_rsa(bytes);
  }
  if (key == nullptr) throw Error(ErrorCode::kVaultDamaged, kDamaged);
  return KeyPair(std::make_unique<State>(State{type, std::move(key)}));
}

SecretBytes KeyPair::to_stored() const {
  if (const Curve* curve = find_curve(state_->type)) return store_ec(state_->key.get(), *curve, public_point(false));
  if (const auto* algorithm = find_post_quantum(state_->type)) return store_post_quantum(*algorithm, state_->key.get());
  if (state_->type != KeyType::kEd25519) return store_rsa(state_->key.get());
  SecretBytes seed(kEd25519SeedSize);
  std::size_t size = seed.size();
  require_ok(EVP_PKEY_get_raw_private_key(state_->key.get(), seed.reveal().data(), &size) == 1, "key");
  return seed;
}

std::optional<KeyPair> KeyPair::from_public_der(ByteView spki) {
  const unsigned char* position = spki.data();
  KeyHandle key(d2i_PUBKEY(nullptr, &position, static_cast<long>(spki.size())));
  ERR_clear_error();
  if (key == nullptr || position != spki.data() + spki.size()) return std::nullopt;
  const auto type = type_of(key.get());
  if (!type || is_at_infinity(key.get(), find_curve(*type))) return std::nullopt;
  return KeyPair(std::make_unique<State>(State{*type, std::move(key)}));
}

std::optional<KeyPair> KeyPair::from_public_point(KeyType type, ByteView point) {
  const Curve* curve = find_curve(type);
  if (curve == nullptr || point.empty()) return std::nullopt;
  KeyHandle key = load_ec(*curve, {}, point);
  if (key == nullptr || is_at_infinity(key.get(), curve)) return std::nullopt;
  return KeyPair(std::make_unique<State>(State{type, std::move(key)}));
}

Bytes KeyPair::public_der() const {
  const int size = i2d_PUBKEY(state_->key.get(), nullptr);
  require_ok(size > 0, "public key");
  Bytes der(static_cast<std::size_t>(size));
  unsigned char* out = der.data();
  require_ok(i2d_PUBKEY(state_->key.get(), &out) == size, "public key");
  return der;
}

Bytes KeyPair::public_point(bool compressed) const {
  const Curve* curve = find_curve(state_->type);
  require_ok(curve != nullptr, "point of a key that has none");
  // The wanted form is a setting of the key object; a copy keeps this one immutable.
  const KeyHandle copy(require_made(EVP_PKEY_dup(state_->key.get()), "public key"));
  return point_of(copy.get(), *curve, compressed);
}

namespace {

bool is_ml_kem(KeyType type) {
  return type == KeyType::kMlKem512 || type == KeyType::kMlKem768 || type == KeyType::kMlKem1024;
}

}  // namespace

std::optional<KeyPair::Signing> KeyPair::signing() const {
  if (is_ml_kem(type())) return std::nullopt;
  return Signing(*this);
}

std::optional<KeyPair::Oaep> KeyPair::oaep() const {
  const KeyType of = type();
  if (of != KeyType::kRsa2048 && of != KeyType::kRsa3072 && of != KeyType::kRsa4096) return std::nullopt;
  return Oaep(*this);
}

std::optional<KeyPair::Sm2Encryption> KeyPair::sm2() const {
  if (type() != KeyType::kSm2) return std::nullopt;
  return Sm2Encryption(*this);
}

std::optional<KeyPair::Agreement> KeyPair::agreement() const {
  if (find_curve(type()) == nullptr) return std::nullopt;
  return Agreement(*this);
}

std::optional<KeyPair::Encapsulation> KeyPair::encapsulation() const {
  if (!is_ml_kem(type())) return std::nullopt;
  return Encapsulation(*this);
}

}  // namespace kms::crypto
