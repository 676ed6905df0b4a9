#pragma once
// The keys of one AWS Encryption SDK message, derived from its data key, and the tag of its header.
#include "core/base/secret_bytes.h"
#include "core/crypto/aead.h"
#include "formats/envelope_header.h"

namespace kms::formats {

// Pairs that the keys were bound to without being stored ("required encryption context") are authenticated with the
// header: `unstored` in this class is canonical() of them, as a rule nothing.
class MessageKeys {
 public:
  // InvalidCiphertextException when the data key has not the size that the suite wants.
  MessageKeys(const EnvelopeSuite& suite, ByteView message_id, const SecretBytes& data_key);

  ByteView commitment() const { return commitment_; }  // empty unless the suite commits

  // The whole header, from its serialised body.
  Bytes seal_header(const EnvelopeSuite& suite, ByteView body, ByteView unstored) const;

  // The commitment, in constant time, before any use of the cipher; then the tag. InvalidCiphertextException.
  void check_header(const ParsedHeader& parsed, ByteView unstored) const;

  // Under the message's key. One a thread.
  crypto::AesGcm make_cipher() const { return crypto::AesGcm(key_); }

 private:
  SecretBytes key_;
  Bytes commitment_;
};

}  // namespace kms::formats
