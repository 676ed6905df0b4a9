#pragma once
// Base64 text around an encrypted file or a ciphertext blob, for channels that carry text alone: RFC 4648 section 4 in
// lines of 76 characters. There is no header line: every version of both formats begins with 01 or 02, so their base64
// begins with the letter A.
#include <functional>

#include "formats/stream.h"

namespace kms::formats {

// Writes text for the bytes that it is given. finish() writes what is left; without it the text is cut short.
class ArmorEncoder {
 public:
  explicit ArmorEncoder(WriteFn write) : write_(std::move(write)) {}
  void write(ByteView bytes);
  void finish();

 private:
  WriteFn write_;
  Bytes pending_;  // bytes that fill no line yet
};

// Reads either form as bytes: text when the input begins with the letter A or with an empty line. Lines may have any
// length, end in spaces or tabs, and be empty; anything else that is not canonical base64 is
// InvalidCiphertextException.
class ArmorDecoder {
 public:
  explicit ArmorDecoder(ReadFn read) : read_(std::move(read)) {}
  std::size_t read(MutableBytes out);                    // a ReadFn; the object must outlive its use
  bool is_text() const { return form_ == Form::kText; }  // once something was read

 private:
  enum class Form : std::uint8_t { kUnknown, kBinary, kText };
  void detect();
  void refill();
  void take_text(ByteView text);

  ReadFn read_;
  Form form_ = Form::kUnknown;
  Bytes ready_;  // bytes to hand out, from taken_ on
  std::size_t taken_ = 0;
  std::string sextets_;  // base64 not decoded yet: it may be the end
  bool ended_ = false;
  bool space_in_line_ = false;  // a space was seen, and no end of line since
};

// An ArmorDecoder as a function that refers to nothing but `read`.
ReadFn detect_armor(ReadFn read);

}  // namespace kms::formats
