#include "core/base/random.h"

#include <sys/random.h>

#include <cerrno>

#include "core/base/encoding.h"

namespace kms {
namespace {

constexpr std::size_t kUuidSize = 16;

std::string uuid_of(ByteView random) {
  Bytes raw = to_bytes(random);
  raw[6] = static_cast<std::uint8_t>((raw[6] & 0x0fU) | 0x40U);
  raw[8] = static_cast<std::uint8_t>((raw[8] & 0x3fU) | 0x80U);
  std::string text = encode_hex(raw);
  for (const std::size_t at : {8U, 13U, 18U, 23U}) text.insert(at, 1, '-');
  return text;
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
