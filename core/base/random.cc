#include "core/base/random.h"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>

#include "core/base/encoding.h"
#include "core/base/text.h"

namespace kms {
namespace {

constexpr std::size_t kUuidSize = 16;

std::string uuid_of(ByteView random) {
  std::array<std::uint8_t, kUuidSize> raw{};
  std::ranges::copy(random, raw.begin());
  raw[6] = static_cast<std::uint8_t>((raw[6] & 0x0fU) | 0x40U);
  raw[8] = static_cast<std::uint8_t>((raw[8] & 0x3fU) | 0x80U);
  const std::string digits = encode_hex(raw);
  const std::string_view all = digits;
  return cat(all.substr(0, 8), "-", all.substr(8, 4), "-", all.substr(12, 4), "-", all.substr(16, 4), "-",
             all.substr(20));
}

}  // namespace

Bytes Random::bytes(std::size_t count) {
  Bytes out(count);
  fill(out);
  return out;
}

SecretBytes Random::secret(std::size_t count) {
  SecretBytes out(count);
  fill(out.reveal());
  return out;
}

void SystemRandom::fill(MutableBytes out) {
  while (!out.empty()) {
    const ssize_t got = getrandom(out.data(), out.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) throw Error(ErrorCode::kInternal, "the kernel gives no random bytes");
    out = out.subspan(static_cast<std::size_t>(got));
  }
}

std::string make_uuid(Random& random) {
  return uuid_of(random.bytes(kUuidSize));
}

std::pair<std::string, std::string> make_two_uuids(Random& random) {
  const Bytes raw = random.bytes(2 * kUuidSize);
  return {uuid_of(ByteView(raw).first(kUuidSize)), uuid_of(ByteView(raw).last(kUuidSize))};
}

}  // namespace kms
