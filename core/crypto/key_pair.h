#pragma once
// Asymmetric keys: RSA (RFC 8017), ECDSA (FIPS 186-5) on the NIST curves and secp256k1 (SEC 2), Ed25519 (RFC 8032).
#include <cstdint>
#include <memory>
#include <optional>

#include "core/base/bytes.h"
#include "core/base/secret_bytes.h"
#include "core/crypto/digest.h"

namespace kms::crypto {

enum class KeyType : std::uint8_t { kRsa2048, kRsa3072, kRsa4096, kP256, kP384, kP521, kSecp256k1, kEd25519 };

enum class SignatureKind : std::uint8_t {
  kEcdsa,      // over a digest; DER (SEC 1 section C.5)
  kRsaPkcs1,   // RSASSA-PKCS1-v1_5 over a digest
  kRsaPss,     // RSASSA-PSS over a digest; MGF1 with the same hash, salt as long as the digest
  kEd25519,    // over the message itself
  kEd25519Ph,  // over SHA-512 of the message
};

struct SignatureScheme {
  SignatureKind kind;
  Hash hash;
  // Whether sign() and verify() take the digest of the message, made with `hash`, or the message.
  bool takes_digest() const { return kind != SignatureKind::kEd25519 && kind != SignatureKind::kEd25519Ph; }
};

// A public key, or a whole pair. Immutable; the operations may run on several threads at once.
class KeyPair {
 public:
  static KeyPair generate(KeyType type);

  // The stored form of a pair: fixed-width numbers, not DER, because loading them is several times faster.
  //   EC       private scalar, then the uncompressed public point (SEC 1 section 2.3.3)
  //   Ed25519  the 32-byte seed
  //   RSA      n e d p q dP dQ qInv (RFC 8017 section 3.2), each a u16 length and the number
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

  Bytes sign(SignatureScheme scheme, ByteView digest_or_message) const;
  [[nodiscard]] bool verify(SignatureScheme scheme, ByteView digest_or_message, ByteView signature) const;

  // ECDH: the x-coordinate of the shared point, as long as the field (SP 800-56A section 5.7.1.2). Nothing when the
  // peer's key is of another curve, or no point of it.
  std::optional<SecretBytes> derive(const KeyPair& peer_public) const;

  // RSAES-OAEP with an empty label; MGF1 uses the same hash. Every failure to decrypt is the same nothing.
  Bytes encrypt_oaep(Hash hash, const SecretBytes& plaintext) const;
  std::optional<SecretBytes> decrypt_oaep(Hash hash, ByteView ciphertext) const;

  KeyPair(KeyPair&&) noexcept;
  KeyPair& operator=(KeyPair&&) noexcept;
  KeyPair(const KeyPair&) = delete;
  KeyPair& operator=(const KeyPair&) = delete;
  ~KeyPair();

 private:
  struct State;
  explicit KeyPair(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace kms::crypto
