// Text that decodes must encode to text that decodes to the same; binary input must pass unchanged.
#include <algorithm>
#include <cstdlib>

#include "formats/armor.h"
#include "tests/fuzz/start.h"

namespace {

using namespace kms;
using namespace kms::formats;

Bytes decode(ByteView input, std::size_t piece, bool& text) {
  ArmorDecoder decoder([&](MutableBytes buffer) {
    const std::size_t count = std::min(buffer.size(), input.size());
    std::copy_n(input.begin(), count, buffer.begin());
    input = input.subspan(count);
    return count;
  });
  Bytes out;
  Bytes buffer(piece);
  std::size_t got = piece;
  while (got == piece) {
    got = decoder.read(buffer);
    out.insert(out.end(), buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(got));
  }
  text = decoder.is_text();
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  return start_fuzzing();
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView input(data, size);
  try {
    bool text = false;
    const Bytes bytes = decode(input, 1000, text);
    if (!text && bytes != to_bytes(input)) std::abort();
    if (!text || bytes.empty()) return 0;
    Bytes armored;
    ArmorEncoder encoder([&](ByteView line) { armored.insert(armored.end(), line.begin(), line.end()); });
    encoder.write(bytes);
    encoder.finish();
    if (armored.front() != 'A') return 0;  // an empty line led to text of something else
    if (decode(armored, 7, text) != bytes || !text) std::abort();
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kInvalidCiphertext) std::abort();
  }
  return 0;
}
