#include "formats/file_stream.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "core/base/encoding.h"
#include "core/base/json.h"
#include "formats/armor.h"

using namespace kms;
using namespace kms::formats;

namespace {

ReadFn reader(const Bytes& bytes) {
  return [&bytes, at = std::size_t{0}](MutableBytes out) mutable {
    const std::size_t count = std::min(out.size(), bytes.size() - at);
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), count, out.begin());
    at += count;
    return count;
  };
}

WriteFn writer(Bytes& out) {
  return [&out](ByteView piece) { out.insert(out.end(), piece.begin(), piece.end()); };
}

SecretBytes data_key() {
  return SecretBytes::copy_of(Bytes(kDataKeySize, 7));
}

Bytes encrypt(const Bytes& plaintext, const EncryptionContext& context = {{"app", "web"}}) {
  SystemRandom random;
  Bytes out;
  DataKey key{data_key(), {}};
  key.encrypted.push_back({"aws-kms", to_bytes(as_bytes("arn")), Bytes(16, 1)});
  encrypt_stream(reader(plaintext), writer(out), key, context, random, 2);
  return out;
}

Bytes decrypt(const Bytes& message, const DecryptOptions& options = {}) {
  Bytes out;
  decrypt_stream(
      reader(message), writer(out), [](const auto&, const auto&) { return data_key(); }, options);
  return out;
}

bool refused(const Bytes& message) {
  try {
    (void)decrypt(message);
    return false;
  } catch (const Error& error) {
    const auto code = error.code();
    return code == ErrorCode::kInvalidCiphertext || code == ErrorCode::kUnsupportedOperation;
  }
}

Bytes pattern(std::size_t size) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(i * 31 + i / 256);
  return bytes;
}

}  // namespace

TEST_SUITE("formats/file_stream") {
  TEST_CASE("every size around a frame and a piece comes back, and is as long as the format says") {
    for (const std::size_t size : {0UL, 1UL, 65535UL, 65536UL, 65537UL, 131072UL, 1048575UL, 1048576UL, 1048577UL,
                                   3UL * 1048576UL, 5UL * 1048576UL + 17UL}) {
      CAPTURE(size);
      const Bytes plaintext = pattern(size);
      const Bytes message = encrypt(plaintext);
      CHECK(decrypt(message) == plaintext);
      const std::size_t frames = std::max<std::size_t>(1, (size + kFrameSize - 1) / kFrameSize);
      const std::size_t header = encrypt({}).size() - kFinalFrameOverhead;
      CHECK(message.size() == header + size + 32 * frames + 8);
    }
  }

  TEST_CASE("no byte can be changed, cut off or added") {
    const Bytes message = encrypt(pattern(100));
    for (std::size_t i = 0; i < message.size(); ++i) {
      CAPTURE(i);
      Bytes changed = message;
      changed[i] ^= 0x01U;
      CHECK(refused(changed));
      CHECK(refused(to_bytes(ByteView(message).first(i))));
    }
    Bytes longer = message;
    longer.push_back(0);
    CHECK(refused(longer));
  }

  TEST_CASE("frames cannot be dropped or swapped") {
    const Bytes message = encrypt(pattern(3 * 65536));
    constexpr std::size_t kFrame = 65536 + 32;
    const ByteView all = message;
    const std::size_t header = all.size() - (2 * kFrame + 65536 + 40);
    Bytes dropped;
    ByteWriter(dropped).bytes(all.first(header)).bytes(all.subspan(header + kFrame));
    CHECK(refused(dropped));
    Bytes swapped;
    ByteWriter(swapped).bytes(all.first(header)).bytes(all.subspan(header + kFrame, kFrame));
    ByteWriter(swapped).bytes(all.subspan(header, kFrame)).bytes(all.subspan(header + 2 * kFrame));
    CHECK(refused(swapped));
  }

  TEST_CASE("reserved context keys are refused, and what reading throws comes out") {
    CHECK_THROWS_AS(encrypt({}, {{"aws-crypto-public-key", "x"}}), Error);
    SystemRandom random;
    Bytes out;
    DataKey key{data_key(), {}};
    key.encrypted.push_back({"aws-kms", {}, {}});
    int calls = 0;
    const ReadFn failing = [&](MutableBytes piece) -> std::size_t {
      if (++calls > 3) throw Error(ErrorCode::kFile, "gone");
      return piece.size();
    };
    CHECK_THROWS_WITH_AS(encrypt_stream(failing, writer(out), key, {}, random, 2), "gone", Error);
  }

  TEST_CASE("armour is detected, and may have any line length") {
    const Bytes message = encrypt(pattern(200000));
    Bytes text;
    ArmorEncoder encoder(writer(text));
    encoder.write(ByteView(message).first(1000));
    encoder.write(ByteView(message).subspan(1000));
    encoder.finish();
    Bytes out;
    decrypt_stream(detect_armor(reader(text)), writer(out), [](const auto&, const auto&) { return data_key(); }, {});
    CHECK(out == pattern(200000));
    std::erase(text, '\n');
    Bytes binary(message.size() + 1);
    CHECK(detect_armor(reader(text))(binary) == message.size());
    text[text.size() / 2] = '!';
    CHECK_THROWS_AS(detect_armor(reader(text))(binary), Error);
  }

  TEST_CASE("the published messages of the AWS Encryption SDKs open, and those that must not are refused") {
    std::ifstream file(KMSCTL_TEST_VECTORS "/esdk/commitment-test-vectors.json");
    const Json vectors = Json::parse(file);
    int opened = 0;
    int rejected = 0;
    for (const Json& test : vectors.at("tests")) {
      CAPTURE(test.at("comment").get<std::string>());
      const Bytes message = decode_base64(test.at("ciphertext").get<std::string>()).value();
      Bytes out;
      bool ok = true;
      try {
        decrypt_stream(
            reader(message), writer(out),
            [&](const auto&, const auto&) {
              return SecretBytes::copy_of(decode_base64(test.at("decrypted-dek").get<std::string>()).value());
            },
            {});
      } catch (const Error&) {
        ok = false;
      }
      CHECK(ok == test.at("status").get<bool>());
      (ok ? opened : rejected) += 1;
      if (!ok) continue;
      std::string expected;
      for (const Json& frame : test.at("plaintext-frames")) expected += frame.get<std::string>();
      CHECK(std::string(as_text(out)) == expected);
    }
    CHECK(opened == 41);
    CHECK(rejected == 5);
  }
}
