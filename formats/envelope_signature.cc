#include "formats/envelope_signature.h"

#include "core/base/encoding.h"
#include "formats/envelope_header.h"

namespace kms::formats {
namespace {

using crypto::KeyPair;
using crypto::SignatureKind;

// Only the compressed form has this size (SEC 1 section 2.3.3).
std::size_t compressed_size(crypto::KeyType type) {
  return type == crypto::KeyType::kP256 ? 33 : 49;
}

KeyPair key_in(const EnvelopeSignature& signature, const EncryptionContext& context) {
  const auto found = context.find(std::string(kPublicKeyContextName));
  if (found != context.end()) {
    const auto point = decode_base64(found->second);
    if (point && point->size() == compressed_size(signature.key)) {
      auto key = KeyPair::from_public_point(signature.key, *point);
      if (key) return std::move(*key);
    }
  }
  throw Error(ErrorCode::kInvalidCiphertext, "the header has no usable key for the file's signature");
}

}  // namespace

EnvelopeSigner::EnvelopeSigner(const EnvelopeSignature& signature)
    : signature_(signature), key_(KeyPair::generate(signature.key)), running_(signature.hash) {}

std::string EnvelopeSigner::public_key_text() const {
  return encode_base64(key_.public_point(true));
}

Bytes EnvelopeSigner::footer() {
  const Bytes digest = running_.finish();
  // About every second signature has the usual size; one that has not is as valid, but makes the file's size a
  // surprise.
  Bytes signature;
  do {
    signature = key_.signing()->sign({SignatureKind::kEcdsa, signature_.hash}, digest);
  } while (signature.size() != signature_.usual_size);
  Bytes out;
  ByteWriter(out).u16(static_cast<std::uint16_t>(signature.size())).bytes(signature);
  return out;
}

EnvelopeVerifier::EnvelopeVerifier(const EnvelopeSignature& signature, const EncryptionContext& context)
    : signature_(signature), key_(key_in(signature, context)), running_(signature.hash) {}

bool EnvelopeVerifier::verify(ByteView signature) {
  return key_.signing()->verify({SignatureKind::kEcdsa, signature_.hash}, running_.finish(), signature);
}

void require_public_key_matches(const EnvelopeSuite& suite, const EncryptionContext& context) {
  if (context.contains(std::string(kPublicKeyContextName)) == suite.signature.has_value()) return;
  throw Error(ErrorCode::kInvalidCiphertext, suite.signature
                                                 ? "the header has no key for the file's signature"
                                                 : "the header has a key for a signature that is not there");
}

}  // namespace kms::formats
