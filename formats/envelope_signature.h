#pragma once
// The signature of a signed AWS Encryption SDK message: ECDSA over every byte before the footer, by a key pair that
// exists for this one message. Its public key stands in the encryption context, so the header's tag and the wrapped
// data keys vouch for it.
#include <optional>
#include <string>

#include "core/crypto/digest.h"
#include "core/crypto/key_pair.h"
#include "formats/encryption_context.h"
#include "formats/envelope_suite.h"

namespace kms::formats {

class EnvelopeSigner {
 public:
  explicit EnvelopeSigner(const EnvelopeSignature& signature);  // makes the key pair
  std::string public_key_text() const;  // the value of kPublicKeyContextName: base64 of the compressed point
  void update(ByteView bytes) { running_.update(bytes); }
  Bytes footer();  // u16 length, signature in DER. Ends the message.

 private:
  EnvelopeSignature signature_;
  crypto::KeyPair key_;
  crypto::Digest running_;
};

class EnvelopeVerifier {
 public:
  // InvalidCiphertextException when the context names no key for the suite's curve.
  EnvelopeVerifier(const EnvelopeSignature& signature, const EncryptionContext& context);
  void update(ByteView bytes) { running_.update(bytes); }
  [[nodiscard]] bool verify(ByteView signature);  // ends the message

 private:
  EnvelopeSignature signature_;
  crypto::KeyPair key_;
  crypto::Digest running_;
};

// The two must agree: a signed suite has the key in its context, an unsigned one has not. InvalidCiphertextException.
void require_public_key_matches(const EnvelopeSuite& suite, const EncryptionContext& context);

}  // namespace kms::formats
