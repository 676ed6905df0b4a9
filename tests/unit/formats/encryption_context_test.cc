#include "formats/encryption_context.h"

#include <doctest/doctest.h>

#include "core/base/encoding.h"

using namespace kms;
using namespace kms::formats;

namespace {

ErrorCode code_of_parsing(ByteView block) {
  try {
    parse_context(block);
  } catch (const Error& error) {
    return error.code();
  }
  FAIL("the block was taken");
  return ErrorCode::kInternal;
}

}  // namespace

TEST_SUITE("formats/encryption_context") {
  TEST_CASE("an empty context is no bytes, not a count of zero") {
    CHECK(canonical({}).empty());
    CHECK(parse_context({}).empty());
    CHECK(code_of_parsing(Bytes{0, 0}) == ErrorCode::kInvalidCiphertext);
  }

  TEST_CASE("pairs are sorted by the bytes of their names, a prefix first") {
    const EncryptionContext context = {{"b", "2"}, {"a", "1"}, {"ab", ""}, {"\xc3\xa9", "x"}, {"Z", "z"}};
    CHECK(encode_hex(canonical(context)) ==
          "0005"
          "00015a00017a"
          "0001610001"
          "31"
          "000261620000"
          "0001620001"
          "32"
          "0002c3a9000178");
  }

  TEST_CASE("what canonical writes, parse_context reads") {
    const EncryptionContext context = {{"purpose", "backup"}, {"", ""}, {"\xf0\x9f\x94\x91", "\xe2\x82\xac"}};
    CHECK(parse_context(canonical(context)) == context);
  }

  TEST_CASE("a stored block may have any order") {
    const auto block = decode_hex(
        "0002"
        "000162000132"
        "000161000131");
    REQUIRE(block);
    CHECK(parse_context(*block) == EncryptionContext{{"a", "1"}, {"b", "2"}});
  }

  TEST_CASE("every other block is refused") {
    for (const char* hex : {"00", "0001", "0001000161", "00010001610001", "0002000161000131", "000100016100013100",
                            "0002000161000131000161000132", "00010001ff000131", "0001000161000180"}) {
      CAPTURE(hex);
      CHECK(code_of_parsing(*decode_hex(hex)) == ErrorCode::kInvalidCiphertext);
    }
  }

  TEST_CASE("65535 bytes are the limit") {
    const EncryptionContext largest = {{"k", std::string(65535 - 2 - 4 - 1, 'v')}};
    CHECK(canonical(largest).size() == 65535);
    const EncryptionContext larger = {{"k", std::string(65535 - 2 - 4, 'v')}};
    CHECK_THROWS_AS(canonical(larger), Error);
    const EncryptionContext huge = {{"k", std::string(70000, 'v')}};
    CHECK_THROWS_AS(canonical(huge), Error);
  }
}
