#include "formats/recovery_share_set.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "core/base/bytes.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/crypto/pbkdf2.h"
#include "core/crypto/secret_sharing.h"

namespace kms::formats {
namespace {

constexpr unsigned kRounds = 4;
constexpr std::uint32_t kIterations = 2500;  // of a round
constexpr std::size_t kIdSize = 2;

// The network's round function, with the number of the round in front of the passphrase.
SecretBytes round_key(unsigned round, ByteView half, const SecretBytes& passphrase, const RecoveryShare& share) {
  constexpr std::string_view kCustom = "shamir";
  SecretBytes password(1 + passphrase.size());
  password.reveal()[0] = static_cast<std::uint8_t>(round);
  std::copy(passphrase.reveal().begin(), passphrase.reveal().end(), password.reveal().begin() + 1);
  Bytes prefix;
  if (!share.extendable) ByteWriter(prefix).text(kCustom).u16(share.id);
  SecretBytes salt(prefix.size() + half.size());
  const auto at = std::copy(prefix.begin(), prefix.end(), salt.reveal().begin());
  std::copy(half.begin(), half.end(), at);
  return crypto::pbkdf2_hmac_sha256(password, salt, kIterations << share.exponent, half.size());
}

enum class Direction { kEncrypt, kDecrypt };

// A Feistel network of four rounds, which is its own inverse with the rounds in reverse.
SecretBytes run_network(const SecretBytes& in, const SecretBytes& passphrase, const RecoveryShare& share,
                        Direction direction) {
  const std::size_t half = in.size() / 2;
  SecretBytes left = SecretBytes::copy_of(in.reveal().first(half));
  SecretBytes right = SecretBytes::copy_of(in.reveal().subspan(half));
  for (unsigned i = 0; i < kRounds; ++i) {
    const unsigned round = direction == Direction::kEncrypt ? i : kRounds - 1 - i;
    const SecretBytes key = round_key(round, right.reveal(), passphrase, share);
    for (std::size_t byte = 0; byte < half; ++byte) left.reveal()[byte] ^= key.reveal()[byte];
    std::swap(left, right);
  }
  SecretBytes out(in.size());
  const auto at = std::copy(right.reveal().begin(), right.reveal().end(), out.reveal().begin());
  std::copy(left.reveal().begin(), left.reveal().end(), at);
  return out;
}

std::string count_of(std::size_t count, std::string_view what) {
  return cat(std::to_string(count), " ", what, count == 1 ? "" : "s");
}

void require_count(std::size_t given, std::size_t needed, std::string_view of) {
  if (given == needed) return;
  const std::string advice = given < needed ? cat(": give ", std::to_string(needed - given), " more")
                                            : cat(": leave ", std::to_string(given - needed), " out");
  throw Error(ErrorCode::kUsage, cat(count_of(needed, "share"), of, needed == 1 ? " is" : " are", " needed, and ",
                                     std::to_string(given), given == 1 ? " was" : " were", " given", advice));
}

void require_set(const std::vector<RecoveryShare>& shares) {
  if (shares.empty()) throw Error(ErrorCode::kUsage, "no shares were given");
  for (std::size_t i = 1; i < shares.size(); ++i) {
    for (std::size_t before = 0; before < i; ++before) {
      const std::string_view why = share_misfit(shares[i], shares[before]);
      if (why.empty()) continue;
      throw Error(ErrorCode::kUsage,
                  cat("share ", std::to_string(i + 1), " ", why, " share ", std::to_string(before + 1)));
    }
  }
}

SecretBytes combined(const std::vector<crypto::SecretShare>& parts) {
  std::optional<SecretBytes> secret = crypto::combine_secret(parts);
  if (secret) return std::move(*secret);
  throw Error(ErrorCode::kInvalidCiphertext,
              "each share is intact, and together they give nothing: one of them is of another set");
}

}  // namespace

bool is_share_plan(const SharePlan& plan) {
  const bool in_bounds = plan.threshold >= 1 && plan.threshold <= plan.shares && plan.shares <= kMostRecoveryShares;
  return in_bounds && (plan.threshold > 1 || plan.shares == 1);
}

std::vector<RecoveryShare> make_recovery_shares(const SecretBytes& secret, const SecretBytes& passphrase,
                                                const SharePlan& plan, Random& random) {
  if (!is_share_plan(plan)) throw Error(ErrorCode::kInternal, "no such number of shares");
  constexpr unsigned kIdMask = 0x7fff;
  const Bytes id = random.bytes(kIdSize);
  RecoveryShare head;
  head.id = static_cast<std::uint16_t>(((static_cast<unsigned>(id[0]) << 8U) | id[1]) & kIdMask);
  head.needed = static_cast<std::uint8_t>(plan.threshold);
  const SecretBytes encrypted = run_network(secret, passphrase, head, Direction::kEncrypt);
  std::vector<RecoveryShare> shares;
  shares.reserve(plan.shares);
  for (crypto::SecretShare& part : crypto::split_secret(encrypted, plan.threshold, plan.shares, random)) {
    RecoveryShare& share = shares.emplace_back();
    share.id = head.id;
    share.needed = head.needed;
    share.member = part.x;
    share.value = std::move(part.y);
  }
  return shares;
}

std::string_view share_misfit(const RecoveryShare& share, const RecoveryShare& other) {
  const bool one_set = share.id == other.id && share.extendable == other.extendable &&
                       share.exponent == other.exponent && share.groups_needed == other.groups_needed &&
                       share.groups == other.groups && share.value.size() == other.value.size();
  if (!one_set || (share.group == other.group && share.needed != other.needed)) return "is of another set than";
  if (share.group == other.group && share.member == other.member) return "is the same share as";
  return {};
}

SecretBytes combine_recovery_shares(const std::vector<RecoveryShare>& shares, const SecretBytes& passphrase) {
  require_set(shares);
  const RecoveryShare& head = shares.front();
  std::map<std::uint8_t, std::vector<crypto::SecretShare>> groups;
  std::map<std::uint8_t, std::size_t> needed;
  for (const RecoveryShare& share : shares) {
    groups[share.group].push_back({share.member, SecretBytes::copy_of(share.value)});
    needed[share.group] = share.needed;
  }
  const bool one_group = head.groups == 1;
  for (const auto& [group, members] : groups) {
    require_count(members.size(), needed[group],
                  one_group ? std::string() : cat(" of group ", std::to_string(group + 1)));
  }
  if (groups.size() != head.groups_needed) {
    throw Error(ErrorCode::kUsage, cat("shares of ", count_of(head.groups_needed, "group"), " are needed, and of ",
                                       std::to_string(groups.size()), " were given"));
  }
  std::vector<crypto::SecretShare> parts;
  parts.reserve(groups.size());
  for (const auto& [group, members] : groups) parts.push_back({group, combined(members)});
  return run_network(combined(parts), passphrase, head, Direction::kDecrypt);
}

}  // namespace kms::formats
