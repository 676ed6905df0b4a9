#include "formats/pem.h"

#include "core/base/encoding.h"

namespace kms::formats {

std::string encode_public_key_pem(ByteView der) {
  constexpr std::size_t kLine = 64;
  const std::string text = encode_base64(der);
  std::string out = "-----BEGIN PUBLIC KEY-----\n";
  for (std::size_t i = 0; i < text.size(); i += kLine) out.append(text, i, kLine) += '\n';
  return out += "-----END PUBLIC KEY-----\n";
}

}  // namespace kms::formats
