#include "core/crypto/key_pair_state.h"

namespace kms::crypto {

std::optional<SecretBytes> KeyPair::derive(const KeyPair& peer_public) const {
  const Curve* curve = find_curve(state_->type);
  if (curve == nullptr || peer_public.type() != state_->type) return std::nullopt;
  const KeyContext context = make_context(state_->key.get());
  require_ok(EVP_PKEY_derive_init(context.get()) == 1, "key agreement");
  // Checks the peer's point in full: on the curve, of the right order, and not at infinity.
  if (EVP_PKEY_derive_set_peer(context.get(), peer_public.state_->key.get()) != 1) {
    ERR_clear_error();
    return std::nullopt;
  }
  SecretBytes shared(curve->field_size);
  std::size_t size = shared.size();
  require_ok(EVP_PKEY_derive(context.get(), shared.reveal().data(), &size) == 1 && size == shared.size(),
             "key agreement");
  return shared;
}

}  // namespace kms::crypto
