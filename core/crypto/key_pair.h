#pragma once
// Asymmetric keys: RSA (RFC 8017), ECDSA (FIPS 186-5) on the NIST curves and secp256k1 (SEC 2), Ed25519 (RFC 8032),
// SM2 (GB/T 32918, GM/T 0009), ML-DSA (FIPS 204), ML-KEM (FIPS 203).
#include <cstdint>
#include <memory>
#include <optional>

#include "core/base/bytes.h"
#include "core/base/secret_bytes.h"
#include "core/crypto/digest.h"

namespace kms::crypto {

enum class KeyType : std::uint8_t {
  kRsa2048,
  kRsa3072,
  kRsa4096,
  kP256,
  kP384,
  kP521,
  kSecp256k1,
  kEd25519,
  kSm2,
  kMlDsa44,
  kMlDsa65,
  kMlDsa87,
  kMlKem512,
  kMlKem768,
  kMlKem1024
};

// Whether the OpenSSL that runs has this type: ML-DSA and ML-KEM came with OpenSSL 3.5, the others are always there.
// What makes or loads a key of a type that is not throws UnsupportedOperationException.
bool is_available(KeyType type);

enum class SignatureKind : std::uint8_t {
  kEcdsa,       // over a digest; DER (SEC 1 section C.5)
  kRsaPkcs1,    // RSASSA-PKCS1-v1_5 over a digest
  kRsaPss,      // RSASSA-PSS over a digest; MGF1 with the same hash, salt as long as the digest
  kEd25519,     // over the message itself
  kEd25519Ph,   // over SHA-512 of the message
  kSm2,         // over a digest: SM3 of Z and the message; DER
  kSm2Message,  // over the message itself, with Z made from the default identifier "1234567812345678"
  kMlDsa,       // over the message itself, with an empty context; `hash` plays no part
  kMlDsaMu,     // over the 64 bytes of mu, FIPS 204 algorithm 7 line 6, which stands for message and context
};

struct SignatureScheme {
  SignatureKind kind;
  Hash hash;
  bool operator==(const SignatureScheme&) const = default;
  // Whether sign() and verify() take the digest of the message, made with `hash`. Otherwise they take what `kind` says.
  bool takes_digest() const {
    return kind == SignatureKind::kEcdsa || kind == SignatureKind::kRsaPkcs1 || kind == SignatureKind::kRsaPss ||
           kind == SignatureKind::kSm2;
  }
};

// What ML-KEM makes for the holder of a key: the ciphertext for them, and the 32-byte secret that both now share.
struct Encapsulated {
  Bytes ciphertext;
  SecretBytes shared_secret;
};

// A public key, or a whole pair. Immutable; the operations may run on several threads at once.
class KeyPair {
 public:
  static KeyPair generate(KeyType type);

  // The stored form of a pair: fixed-width numbers, not DER, because loading them is several times faster.
  //   EC, SM2  private scalar, then the uncompressed public point (SEC 1 section 2.3.3)
  //   Ed25519  the 32-byte seed
  //   RSA      n e d p q dP dQ qInv (RFC 8017 section 3.2), each a u16 length and the number
  //   ML-DSA   the 32-byte seed; or the expanded private key of FIPS 204, for a key that came without its seed
  //   ML-KEM   the 64-byte seed, d then z; or the decapsulation key of FIPS 203, likewise
  static KeyPair from_stored(KeyType type, const SecretBytes& stored);  // VaultDamagedException when it is none
  SecretBytes to_stored() const;

  // From outside; nothing when the bytes are not a key of a known type.
  static std::optional<KeyPair> from_public_der(ByteView spki);                   // SubjectPublicKeyInfo (RFC 5280)
  static std::optional<KeyPair> from_public_point(KeyType type, ByteView point);  // SEC 1, compressed or not

  // A pair from outside: PKCS#8 PrivateKeyInfo in DER (RFC 5208), whole. Nothing when it is of no known type (an RSA
  // modulus of 2048, 3072 or 4096 bits, two primes, an odd public exponent of 2 to 64 bits), or its parts do not belong
  // together. Checking a large RSA key takes a good part of a second.
  static std::optional<KeyPair> from_private_der(const SecretBytes& pkcs8);
  SecretBytes to_private_der() const;

  Bytes public_der() const;                   // SubjectPublicKeyInfo
  Bytes public_point(bool compressed) const;  // of an EC key, SEC 1 section 2.3.3
  KeyType type() const;

  // What the key can do. A part is nothing where its type cannot, and refers to the KeyPair, which outlives it.
  class Signing;
  class Oaep;
  class Sm2Encryption;
  class Agreement;
  class Encapsulation;
  std::optional<Signing> signing() const;
  std::optional<Oaep> oaep() const;
  std::optional<Sm2Encryption> sm2() const;
  std::optional<Agreement> agreement() const;
  std::optional<Encapsulation> encapsulation() const;

  KeyPair(KeyPair&&) noexcept;
  KeyPair& operator=(KeyPair&&) noexcept;
  KeyPair(const KeyPair&) = delete;
  KeyPair& operator=(const KeyPair&) = delete;
  ~KeyPair();

 private:
  struct State;
  class Part;
  explicit KeyPair(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

class KeyPair::Part {
 protected:
  explicit Part(const KeyPair& pair) : pair_(&pair) {}
  const State& state() const { return *pair_->state_; }
  const KeyPair& pair() const { return *pair_; }

 private:
  const KeyPair* pair_;
};

// All but ML-KEM.
class KeyPair::Signing : Part {
 public:
  explicit Signing(const KeyPair& pair) : Part(pair) {}
  Bytes sign(SignatureScheme scheme, ByteView digest_or_message) const;
  [[nodiscard]] bool verify(SignatureScheme scheme, ByteView digest_or_message, ByteView signature) const;
};

// RSA: RSAES-OAEP with an empty label; MGF1 uses the same hash. Every failure to decrypt is the same nothing.
class KeyPair::Oaep : Part {
 public:
  explicit Oaep(const KeyPair& pair) : Part(pair) {}
  Bytes encrypt(Hash hash, const SecretBytes& plaintext) const;
  std::optional<SecretBytes> decrypt(Hash hash, ByteView ciphertext) const;
};

// SM2 public key encryption (GB/T 32918.4) with SM3, the ciphertext in DER (GM/T 0009). `plaintext` is not empty.
class KeyPair::Sm2Encryption : Part {
 public:
  explicit Sm2Encryption(const KeyPair& pair) : Part(pair) {}
  Bytes encrypt(const SecretBytes& plaintext) const;
  std::optional<SecretBytes> decrypt(ByteView ciphertext) const;
};

// Curves in Weierstrass form: ECDH.
class KeyPair::Agreement : Part {
 public:
  explicit Agreement(const KeyPair& pair) : Part(pair) {}
  // The x-coordinate of the shared point, as long as the field (SP 800-56A section 5.7.1.2). Nothing when the peer's
  // key is of another curve, or no point of it.
  std::optional<SecretBytes> derive(const KeyPair& peer_public) const;
};

// ML-KEM.
class KeyPair::Encapsulation : Part {
 public:
  explicit Encapsulation(const KeyPair& pair) : Part(pair) {}
  Encapsulated encapsulate() const;
  // Nothing for a ciphertext of a wrong length; for a changed one, another secret.
  std::optional<SecretBytes> decapsulate(ByteView ciphertext) const;
};

}  // namespace kms::crypto
