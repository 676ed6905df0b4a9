// Messages that other implementations of the AWS Encryption SDK wrote.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "core/base/encoding.h"
#include "core/base/json.h"
#include "core/crypto/aead.h"
#include "formats/envelope_frames.h"
#include "formats/envelope_signature.h"
#include "formats/file_stream.h"
#include "tests/unit/formats/memory_streams.h"

using namespace kms;
using namespace kms::formats;

namespace {

const std::filesystem::path kFolder = std::filesystem::path(KMSCTL_TEST_VECTORS) / "esdk";

Bytes read_vector(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("no such vector: " + path.string());
  return {std::istreambuf_iterator<char>(file), {}};
}

Json read_json(const std::filesystem::path& path) {
  return Json::parse(as_text(read_vector(path)));
}

Bytes base64(const Json& text) {
  return decode_base64(text.get<std::string>()).value();
}

using DataKeys = std::vector<EncryptedDataKey>;

struct Outcome {
  Bytes plaintext;
  std::string error;
  bool ok() const { return error.empty(); }
};

Outcome decrypt(const Bytes& message, const UnwrapFn& unwrap, const EncryptionContext& context = {}) {
  MemorySource source(message);
  DecryptOptions options;
  options.commitment = CommitmentPolicy::kRequireEncryptAllowDecrypt;
  options.context = context;
  options.output_is_revocable = true;
  Outcome outcome;
  try {
    decrypt_stream(source.function(), writing_to(outcome.plaintext), unwrap, options);
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::kInvalidCiphertext);
    outcome.error = error.what();
  }
  return outcome;
}

UnwrapFn with_data_key(const Bytes& key) {
  return [key](const DataKeys&, const EncryptionContext&) { return SecretBytes::copy_of(key); };
}

UnwrapFn with_zeros(std::size_t size) {
  return with_data_key(Bytes(size, 0));
}

UnwrapFn with_counting(std::size_t size) {
  Bytes key(size);
  for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<std::uint8_t>(i + 1);
  return with_data_key(key);
}

// The raw AES keyring: info is the key's name, u32 tag bits, u32 IV size, IV; the context is the wrapping's AAD.
UnwrapFn with_raw_aes(const std::string& name, const Bytes& key) {
  return [name, key](const DataKeys& keys, const EncryptionContext& context) {
    const EncryptedDataKey& wrapped = keys.at(0);
    ByteReader info(wrapped.provider_info, ErrorCode::kInvalidCiphertext, "not a raw AES key");
    info.require(as_text(info.take(name.size())) == name && info.u32() == 128 && info.u32() == 12);
    const ByteView ciphertext = wrapped.ciphertext;
    SecretBytes data_key(ciphertext.size() - 16);
    info.require(crypto::AesGcm(SecretBytes::copy_of(key))
                     .open(info.rest(), canonical(context), ciphertext.first(data_key.size()), ciphertext.last(16),
                           data_key.reveal()));
    return data_key;
  };
}

int run_net_vectors(const std::string& folder, bool expected) {
  const Json manifest = read_json(kFolder / folder / "manifest.json");
  const Bytes key = base64(read_json(kFolder / folder / "keys.json")["keys"]["aes-256"]["material"]);
  const Bytes plaintext = read_vector(kFolder / folder / "plaintexts/small");
  int count = 0;
  for (const auto& entry : manifest["tests"].items()) {
    const std::string& name = entry.key();
    const Json& test = entry.value();
    CAPTURE(name);
    const auto context = test.value("encryption-context", EncryptionContext{});
    const Outcome outcome =
        decrypt(read_vector(kFolder / folder / "ciphertexts" / name), with_raw_aes("aes-256", key), context);
    CHECK(outcome.ok() == expected);
    if (expected) CHECK(outcome.plaintext == plaintext);
    ++count;
  }
  return count;
}

// Where a body ends whose keys are unknown: by the lengths that it states.
std::size_t end_of_body(const EnvelopeHeader& header, ByteView message, std::size_t position) {
  if (!header.framed()) return position + 12 + 8 + read_u64(message.subspan(position + 12)) + 16;
  while (read_u32(message.subspan(position)) != kFinalFrameMark) position += header.frame_length + kFrameOverhead;
  return position + read_u32(message.subspan(position + 20)) + kFinalFrameOverhead;
}

}  // namespace

TEST_SUITE("formats/envelope vectors") {
  TEST_CASE("committing suites of four writers: 41 messages open, 5 break their commitment") {
    int opened = 0;
    int refused = 0;
    const Json vectors = read_json(kFolder / "commitment-test-vectors.json");
    for (const Json& test : vectors["tests"]) {
      const std::string comment = test["comment"];
      CAPTURE(comment);
      const Outcome outcome = decrypt(base64(test["ciphertext"]), with_data_key(base64(test["decrypted-dek"])));
      REQUIRE(outcome.ok() == test["status"].get<bool>());
      if (outcome.ok()) {
        std::string expected;
        for (const Json& frame : test["plaintext-frames"]) expected += frame;
        CHECK(as_text(outcome.plaintext) == expected);
        ++opened;
      } else {
        CHECK(outcome.error == "the data key is not the one that the file commits to");
        CHECK(outcome.plaintext.empty());
        ++refused;
      }
    }
    CHECK(opened == 41);
    CHECK(refused == 5);
  }

  TEST_CASE("all nine suites of version 1: 18 messages open") {
    std::map<std::string, int> opened;
    for (const Json& test : read_json(kFolder / "v1-decrypt-oracle-vectors.json")) {
      const std::string kind = test["key-type"];
      if (kind == "aws-kms") continue;
      const std::string id = test["algorithm-suite"];
      CAPTURE(id);
      const Bytes message = base64(test["ciphertext"]);
      const std::size_t size = parse_header(message, {}).value().header.suite->key_size;
      const Outcome outcome = decrypt(message, kind == "null" ? with_zeros(size) : with_counting(size));
      CHECK(outcome.error == "");
      CHECK(outcome.plaintext == base64(test["plaintext"]));
      ++opened[id];
    }
    CHECK(opened.size() == 9);
    for (const auto& entry : opened) CHECK(entry.second == 2);
  }

  TEST_CASE("context that was bound without being stored: 5 messages open") {
    CHECK(run_net_vectors("valid-Net-4.0.0", true) == 5);
  }

  TEST_CASE("messages of a writer with a bug: 28 are refused") {
    CHECK(run_net_vectors("invalid-Net-4.0.0", false) == 28);
  }

  TEST_CASE("the C client's test data") {
    const auto folder = kFolder / "c-tests-data";
    CHECK(decrypt(read_vector(folder / "ct_x_aes128_hkdf.bin"), with_zeros(16)).plaintext ==
          read_vector(folder / "pt_x_aes128_hkdf.bin"));
    for (const char* name : {"hello.bin", "hello.tinyframes.bin"}) {
      CHECK(decrypt(read_vector(folder / name), with_zeros(16)).plaintext == read_vector(folder / "hello.bin.pt"));
    }
    CHECK_FALSE(decrypt(read_vector(folder / "ct_x_aes128_hkdf_bad_header.bin"), with_zeros(16)).ok());
    CHECK_FALSE(decrypt(read_vector(folder / "ct_bad_commitment.bin"), with_zeros(32)).ok());
    CHECK_FALSE(decrypt(read_vector(folder / "ct_good_commitment.bin"), with_zeros(32)).ok());
  }

  TEST_CASE("a suite that does not commit is refused unless the policy takes it, and the message names the option") {
    const Bytes message = read_vector(kFolder / "c-tests-data/hello.bin");
    MemorySource source(message);
    Bytes out;
    try {
      decrypt_stream(source.function(), writing_to(out), with_zeros(16), {});
      FAIL("the message was taken");
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::kUnsupportedOperation);
      CHECK(std::string(error.what()).find("--commitment-policy require-encrypt-allow-decrypt") != std::string::npos);
    }
    CHECK(out.empty());
  }

  TEST_CASE("a body in one piece is held up to a limit, and every change to it is refused") {
    const Json commitment = read_json(kFolder / "commitment-test-vectors.json");
    int seen = 0;
    for (const Json& test : commitment["tests"]) {
      Bytes message = base64(test["ciphertext"]);
      const auto parsed = parse_header(message, {});
      if (!test["status"].get<bool>() || parsed->header.framed() || parsed->header.suite->signature) continue;
      const UnwrapFn unwrap = with_data_key(base64(test["decrypted-dek"]));
      DecryptOptions options;
      options.max_single_piece = decrypt(message, unwrap).plaintext.size() - 1;
      MemorySource source(message);
      Bytes out;
      CHECK_THROWS_AS(decrypt_stream(source.function(), writing_to(out), unwrap, options), Error);
      CHECK(out.empty());
      if (++seen > 1) continue;
      for (std::size_t i = parsed->bytes.size() + 20; i < message.size(); ++i) {
        message[i] ^= 1;
        CHECK(decrypt(message, unwrap).error == "the file is damaged");
        message[i] ^= 1;
      }
      message.pop_back();
      CHECK(decrypt(message, unwrap).error == "the file is truncated");
    }
    CHECK(seen > 0);
  }

  TEST_CASE("24 messages of the Python client: headers come back byte for byte, and 12 signatures verify") {
    int headers = 0;
    int signatures = 0;
    for (const auto& file : std::filesystem::directory_iterator(kFolder / "python-1.3.5")) {
      const Bytes message = read_vector(file.path());
      const std::string name = file.path().filename();
      CAPTURE(name);
      const auto parsed = parse_header(message, {});
      REQUIRE(parsed);
      CHECK(serialise_header_body(parsed->header) == to_bytes(parsed->body()));
      ++headers;
      const std::size_t end = end_of_body(parsed->header, message, parsed->bytes.size());
      const EnvelopeSuite& suite = *parsed->header.suite;
      if (!suite.signature) {
        CHECK(end == message.size());
        continue;
      }
      require_public_key_matches(suite, parsed->header.context);
      EnvelopeVerifier verifier(*suite.signature, parsed->header.context);
      verifier.update(ByteView(message).first(end));
      const ByteView signature = ByteView(message).subspan(end + 2);
      CHECK(signature.size() == suite.signature->usual_size);
      CHECK(verifier.verify(signature));
      ++signatures;

      EnvelopeVerifier other(*suite.signature, parsed->header.context);
      other.update(ByteView(message).first(end - 1));
      CHECK_FALSE(other.verify(signature));
    }
    CHECK(headers == 24);
    CHECK(signatures == 12);
  }
}
