#pragma once
// Ciphertext as text: base64 (RFC 4648 section 4) in lines of 76 characters. A message in binary begins with 0x01 or
// 0x02, and so its base64 with 'A': that tells the two apart.
#include <string>

#include "formats/file_envelope.h"

namespace kms::formats {

class ArmorEncoder {
 public:
  explicit ArmorEncoder(WriteFn write) : write_(std::move(write)) {}
  void write(ByteView piece);
  void finish();  // once, at the end

 private:
  void encode(ByteView whole_lines);
  WriteFn write_;
  Bytes pending_;  // less than a line
};

// Reads binary as it is and decodes text. White space may stand anywhere in text; whatever else is no base64 is an
// InvalidCiphertextException. The answer refers to nothing but `read`.
ReadFn detect_armor(ReadFn read);

}  // namespace kms::formats
