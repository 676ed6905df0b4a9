#include "formats/envelope_keys.h"

#include <array>

#include "core/crypto/kdf.h"

namespace kms::formats {
namespace {

constexpr std::array<std::uint8_t, crypto::kGcmIvSize> kHeaderIv{};  // writers of every version use zeros

Bytes joined(ByteView first, ByteView second) {
  Bytes out = to_bytes(first);
  out.insert(out.end(), second.begin(), second.end());
  return out;
}

}  // namespace

MessageKeys::MessageKeys(const EnvelopeSuite& suite, ByteView message_id, const SecretBytes& data_key) {
  if (data_key.size() != suite.key_size) {
    throw Error(ErrorCode::kInvalidCiphertext, "the data key has not the size that the algorithm suite needs");
  }
  if (!suite.kdf) {
    key_ = SecretBytes::copy_of(data_key.reveal());
    return;
  }
  Bytes info;
  ByteWriter(info).u16(suite.id);
  if (!suite.commits()) {
    ByteWriter(info).bytes(message_id);
    key_ = crypto::hkdf(*suite.kdf, data_key, {}, info, suite.key_size);
    return;
  }
  ByteWriter(info).text("DERIVEKEY");
  const SecretBytes prk = crypto::hkdf_extract(*suite.kdf, message_id, data_key);
  key_ = crypto::hkdf_expand(*suite.kdf, prk, info, suite.key_size);
  commitment_ = to_bytes(crypto::hkdf_expand(*suite.kdf, prk, as_bytes("COMMITKEY"), kCommitmentSize).reveal());
}

Bytes MessageKeys::seal_header(const EnvelopeSuite& suite, ByteView body, ByteView unstored) const {
  std::array<std::uint8_t, crypto::kGcmTagSize> tag{};
  make_cipher().seal(kHeaderIv, joined(body, unstored), {}, {}, tag);
  Bytes header = to_bytes(body);
  ByteWriter writer(header);
  if (suite.version == 1) writer.bytes(kHeaderIv);
  writer.bytes(tag);
  return header;
}

void MessageKeys::check_header(const ParsedHeader& parsed, ByteView unstored) const {
  if (parsed.header.suite->commits() && !equal_secrets(commitment_, parsed.header.commitment)) {
    throw Error(ErrorCode::kInvalidCiphertext, "the data key is not the one that the file commits to");
  }
  if (!make_cipher().open(parsed.iv, joined(parsed.body(), unstored), {}, parsed.tag, {})) {
    throw Error(ErrorCode::kInvalidCiphertext, "the header is damaged or the encryption context differs");
  }
}

}  // namespace kms::formats
