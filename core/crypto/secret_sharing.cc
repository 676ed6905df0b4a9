#include "core/crypto/secret_sharing.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/crypto/gf256.h"
#include "core/crypto/mac.h"

namespace kms::crypto {
namespace {

constexpr std::uint8_t kSecretAt = 255;
constexpr std::uint8_t kDigestAt = 254;
constexpr std::size_t kDigestSize = 4;

void require_share_rule(bool ok, const char* rule) {
  if (!ok) throw Error(ErrorCode::kInternal, rule);
}

std::vector<Gf256Point> points_of(const std::vector<SecretShare>& shares) {
  std::vector<Gf256Point> points;
  points.reserve(shares.size());
  for (const SecretShare& share : shares) points.push_back({share.x, share.y.reveal()});
  return points;
}

SecretBytes value_at(const std::vector<SecretShare>& shares, std::uint8_t x) {
  SecretBytes value(shares.front().y.size());
  gf256_interpolate(points_of(shares), x, value.reveal());
  return value;
}

// What stands at 254 in front of random bytes: the first bytes of HMAC-SHA-256 of the secret under these as the key.
SecretBytes digest_of(const SecretBytes& secret, ByteView random) {
  Bytes mac = hmac_sha256(SecretBytes::copy_of(random), secret.reveal());
  SecretBytes digest = SecretBytes::copy_of(ByteView(mac).first(kDigestSize));
  wipe(mac);
  return digest;
}

SecretBytes with_digest(const SecretBytes& secret, Random& random) {
  SecretBytes value = random.secret(secret.size());
  const SecretBytes digest = digest_of(secret, ByteView(value.reveal()).subspan(kDigestSize));
  std::copy_n(digest.reveal().begin(), kDigestSize, value.reveal().begin());
  return value;
}

}  // namespace

std::vector<SecretShare> split_secret(const SecretBytes& secret, std::size_t threshold, std::size_t count,
                                      Random& random) {
  require_share_rule(threshold >= 1 && threshold <= count && count <= kMostSecretShares, "no such number of shares");
  require_share_rule(secret.size() >= kLeastSharedSecret, "a shared secret has 16 bytes or more");
  std::vector<SecretShare> shares;
  shares.reserve(count);
  if (threshold == 1) {
    for (std::size_t x = 0; x < count; ++x)
      shares.push_back({static_cast<std::uint8_t>(x), SecretBytes::copy_of(secret)});
    return shares;
  }
  // The polynomials go through the secret, its digest and threshold - 2 shares by chance; the other shares follow.
  std::vector<SecretShare> base;
  base.reserve(threshold);
  for (std::size_t x = 0; x + 2 < threshold; ++x)
    base.push_back({static_cast<std::uint8_t>(x), random.secret(secret.size())});
  base.push_back({kDigestAt, with_digest(secret, random)});
  base.push_back({kSecretAt, SecretBytes::copy_of(secret)});
  for (std::size_t i = 0; i < count; ++i) {
    const auto x = static_cast<std::uint8_t>(i);
    shares.push_back({x, value_at(base, x)});
  }
  return shares;
}

std::optional<SecretBytes> combine_secret(const std::vector<SecretShare>& shares) {
  require_share_rule(!shares.empty(), "no shares");
  for (const SecretShare& share : shares) {
    require_share_rule(share.y.size() == shares.front().y.size() && share.y.size() >= kLeastSharedSecret,
                       "shares of one secret are alike in length");
    const auto alike = [&share](const SecretShare& other) { return other.x == share.x; };
    require_share_rule(std::count_if(shares.begin(), shares.end(), alike) == 1, "a share counts once");
  }
  if (shares.size() == 1) return SecretBytes::copy_of(shares.front().y);
  SecretBytes secret = value_at(shares, kSecretAt);
  SecretBytes found = value_at(shares, kDigestAt);
  const SecretBytes digest = digest_of(secret, ByteView(found.reveal()).subspan(kDigestSize));
  found.shrink(kDigestSize);
  if (!(digest == found)) return std::nullopt;
  return secret;
}

}  // namespace kms::crypto
