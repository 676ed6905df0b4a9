#include <openssl/ec.h>
#include <openssl/objects.h>

#include "core/crypto/key_pair_state.h"

namespace kms::crypto {
namespace {

using Group = std::unique_ptr<EC_GROUP, FreeWith<EC_GROUP_free>>;
using Point = std::unique_ptr<EC_POINT, FreeWith<EC_POINT_clear_free>>;
using NumberContext = std::unique_ptr<BN_CTX, FreeWith<BN_CTX_free>>;

// OpenSSL's SM2 keys sign and encrypt only, and its EC keys take no SM2 curve: so by the group's own operations, whose
// product of one point and one scalar runs in constant time. The cofactor is 1: every point of the curve has its order.
std::optional<SecretBytes> derive_sm2(const SecretBytes& own, std::size_t field_size, ByteView peer_point) {
  const Group group(require_made(EC_GROUP_new_by_curve_name(NID_sm2), "key agreement"));
  const NumberContext numbers(require_made(BN_CTX_secure_new(), "key agreement"));
  const Point peer(require_made(EC_POINT_new(group.get()), "key agreement"));
  if (EC_POINT_oct2point(group.get(), peer.get(), peer_point.data(), peer_point.size(), numbers.get()) != 1 ||
      EC_POINT_is_at_infinity(group.get(), peer.get()) == 1) {
    ERR_clear_error();
    return std::nullopt;
  }
  const BigNumber scalar(require_made(BN_secure_new(), "key agreement"));
  const BigNumber x(require_made(BN_secure_new(), "key agreement"));
  const Point product(require_made(EC_POINT_new(group.get()), "key agreement"));
  SecretBytes shared(field_size);
  require_ok(
      BN_bin2bn(own.reveal().data(), static_cast<int>(field_size), scalar.get()) != nullptr &&
          EC_POINT_mul(group.get(), product.get(), nullptr, peer.get(), scalar.get(), numbers.get()) == 1 &&
          EC_POINT_get_affine_coordinates(group.get(), product.get(), x.get(), nullptr, numbers.get()) == 1 &&
          BN_bn2binpad(x.get(), shared.reveal().data(), static_cast<int>(field_size)) == static_cast<int>(field_size),
      "key agreement");
  return shared;
}

}  // namespace

std::optional<SecretBytes> KeyPair::Agreement::derive(const KeyPair& peer_public) const {
  if (peer_public.type() != state().type) return std::nullopt;
  const Curve* const curve = find_curve(state().type);
  if (state().type == KeyType::kSm2) {
    return derive_sm2(pair().to_stored(), curve->field_size,
                      peer_public.public_point(false));  // the scalar comes first
  }
  const KeyContext context = make_context(state().key.get());
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
