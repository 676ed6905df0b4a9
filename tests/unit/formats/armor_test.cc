#include "formats/armor.h"

#include <doctest/doctest.h>

#include "tests/unit/formats/memory_streams.h"

using namespace kms;
using namespace kms::formats;

namespace {

Bytes message(std::size_t size) {
  Bytes bytes(size, 2);
  for (std::size_t i = 1; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(i * 31);
  return bytes;
}

std::string encode(const Bytes& bytes, std::size_t piece) {
  Bytes text;
  ArmorEncoder encoder(writing_to(text));
  for (std::size_t i = 0; i < bytes.size(); i += piece) {
    encoder.write(ByteView(bytes).subspan(i, std::min(piece, bytes.size() - i)));
  }
  encoder.finish();
  return std::string(as_text(text));
}

Bytes decode(std::string_view text, std::size_t piece = 1000) {
  MemorySource source(as_bytes(text));
  ArmorDecoder decoder(source.function());
  Bytes out;
  Bytes buffer(piece);
  std::size_t got = piece;
  while (got == piece) {
    got = decoder.read(buffer);
    out.insert(out.end(), buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(got));
  }
  CHECK_FALSE(source.asked_after_end());
  return out;
}

}  // namespace

TEST_SUITE("formats/armor") {
  TEST_CASE("every length comes back, in pieces of any size") {
    for (const std::size_t size :
         std::initializer_list<std::size_t>{0, 1, 2, 3, 56, 57, 58, 114, 1000, 49149, 49150, 49152, 49155, 200000}) {
      for (const std::size_t piece : {std::size_t{1}, std::size_t{57}, std::size_t{4096}}) {
        CAPTURE(size);
        CHECK(decode(encode(message(size), piece), piece) == message(size));
      }
    }
  }

  TEST_CASE("lines have 76 characters, and begin with the letter A") {
    const std::string text = encode(message(100), 100);
    CHECK(text.find('\n') == 76);
    CHECK(text.front() == 'A');
    CHECK(text.back() == '\n');
    CHECK(text == encode(message(100), 7));
  }

  TEST_CASE("binary input passes unchanged") {
    const Bytes binary = message(100000);
    CHECK(decode(as_text(binary)) == binary);
    CHECK(decode("") == Bytes{});
    CHECK(decode("\x01") == Bytes{1});
  }

  TEST_CASE("foreign line ends, trailing blanks and empty lines are no harm") {
    const Bytes expected = {2, 4, 0x78, 1, 2, 3, 4};
    for (const char* text : {"AgR4AQIDBA==", "AgR4\r\nAQIDBA==\r\n", "AgR4  \n\t\nAQIDBA==\n\n",
                             "\n\nAgR4AQIDBA== ", "A\ng\nR4AQIDBA=\n="}) {
      CAPTURE(text);
      CHECK(decode(text) == expected);
    }
  }

  TEST_CASE("anything else is refused") {
    for (const char* text : {"AgR4AQIDBA=", "AgR4AQIDBA", "AgR4AQIDBB==", "AgR4 AQIDBA==", "AgR4AQIDBA==AgR4",
                             "AgR4*QID", "AgR4AQIDBA==\n-----", "AgR=\nAgR4", "A", " \rAgR4", "AgR4AQ-_"}) {
      CAPTURE(text);
      CHECK_THROWS_WITH_AS(decode(text), "the base64 text is damaged", Error);
    }
  }

  TEST_CASE("padding in the middle is refused, wherever the pieces end") {
    std::string text(65536 - 2, 'A');
    text += "==";
    text += std::string(65536, 'A');
    CHECK_THROWS_AS(decode(text), Error);
  }
}
