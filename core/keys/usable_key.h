#pragma once
// What can be done with a key, wherever its material is. Each part is null where the key has another usage; that its
// algorithm fits the key is asked before (core/model/key_spec.h). Parts last as long as the UsableKey, and are for one
// thread at a time. Any of them may throw KMSInvalidStateException where the material is out of reach.
#include <optional>
#include <string>

#include "core/base/bytes.h"
#include "core/base/random.h"
#include "core/base/secret_bytes.h"
#include "core/crypto/key_pair.h"
#include "core/model/key_spec.h"
#include "formats/encryption_context.h"

namespace kms {

struct Opened {
  SecretBytes plaintext;
  std::string material_id;  // of a symmetric key: the one that sealed it
};

class UsableKey {
 public:
  class Sealer {
   public:
    virtual ~Sealer() = default;
    virtual Bytes seal(EncryptionAlgorithm algorithm, const formats::EncryptionContext& context,
                       const SecretBytes& plaintext, Random& random) const = 0;
    // Every failure is the same nothing.
    virtual std::optional<Opened> open(EncryptionAlgorithm algorithm, const formats::EncryptionContext& context,
                                       ByteView ciphertext) const = 0;
  };

  class Signer {
   public:
    virtual ~Signer() = default;
    // `input` is a digest or a message, as the scheme says.
    virtual Bytes sign(crypto::SignatureScheme scheme, ByteView input) const = 0;
    [[nodiscard]] virtual bool verify(crypto::SignatureScheme scheme, ByteView input, ByteView signature) const = 0;
  };

  class MacMaker {
   public:
    virtual ~MacMaker() = default;
    virtual Bytes mac(MacAlgorithm algorithm, ByteView message) const = 0;
  };

  class Agreement {
   public:
    virtual ~Agreement() = default;
    // `peer` is a SubjectPublicKeyInfo. Nothing where it is no key of the same curve.
    virtual std::optional<SecretBytes> derive(ByteView peer) const = 0;
  };

  class Decapsulator {
   public:
    virtual ~Decapsulator() = default;
    virtual crypto::Encapsulated encapsulate() const = 0;
    virtual std::optional<SecretBytes> decapsulate(ByteView ciphertext) const = 0;  // nothing: of a wrong length
  };

  virtual ~UsableKey() = default;
  virtual const Sealer* sealer() const { return nullptr; }
  virtual const Signer* signer() const { return nullptr; }
  virtual const MacMaker* mac() const { return nullptr; }
  virtual const Agreement* agreement() const { return nullptr; }
  virtual const Decapsulator* decapsulator() const { return nullptr; }
};

}  // namespace kms
