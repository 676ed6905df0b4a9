// ML-DSA and ML-KEM. Whether OpenSSL has them is known when the tests run: without, the answer must say what is
// missing.
#include <doctest/doctest.h>

#include <fstream>

#include "core/crypto/key_pair.h"
#include "tests/unit/core/crypto/wycheproof.h"

using namespace kms;
using namespace kms::crypto;
using wycheproof::hex;
using wycheproof::secret_hex;

namespace {

constexpr SignatureScheme kPure{SignatureKind::kMlDsa, Hash::kSha512};
constexpr SignatureScheme kMu{SignatureKind::kMlDsaMu, Hash::kSha512};

struct Row {
  KeyType type;
  std::string name;
  std::size_t seed_size;
  std::size_t public_size;
  std::size_t private_size;
  std::size_t output_size;  // of a signature, or of a ciphertext
};
const Row kSigners[] = {{KeyType::kMlDsa44, "ML-DSA-44", 32, 1312, 2560, 2420},
                        {KeyType::kMlDsa65, "ML-DSA-65", 32, 1952, 4032, 3309},
                        {KeyType::kMlDsa87, "ML-DSA-87", 32, 2592, 4896, 4627}};
const Row kEncapsulators[] = {{KeyType::kMlKem512, "ML-KEM-512", 64, 800, 1632, 768},
                              {KeyType::kMlKem768, "ML-KEM-768", 64, 1184, 2400, 1088},
                              {KeyType::kMlKem1024, "ML-KEM-1024", 64, 1568, 3168, 1568}};

void check_unsupported(const Row& row) {
  const auto answer = [](const auto& call) -> std::string {
    try {
      call();
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::kUnsupportedOperation);
      return error.what();
    }
    return "";
  };
  const std::string expected = "this build's OpenSSL has no " + row.name + "; it needs OpenSSL 3.5 or newer";
  CHECK(answer([&] { (void)KeyPair::generate(row.type); }) == expected);
  CHECK(answer([&] { (void)KeyPair::from_stored(row.type, SecretBytes(row.seed_size)); }) == expected);
}

void check_imports(const KeyPair& pair, const SecretBytes& stored) {
  const auto imported = KeyPair::from_private_der(pair.to_private_der());
  REQUIRE(imported);
  CHECK(imported->type() == pair.type());
  CHECK(imported->to_stored() == stored);
}

// The expanded private key, as a key without its seed has it, ends what OpenSSL writes.
void check_seedless(const KeyPair& pair, const Row& row) {
  const SecretBytes der = pair.to_private_der();
  const auto expanded = SecretBytes::copy_of(der.reveal().last(row.private_size));
  const KeyPair seedless = KeyPair::from_stored(row.type, expanded);
  CHECK(seedless.public_der() == pair.public_der());
  check_imports(seedless, expanded);
}

// A pair in all its forms: stored, published, written out.
KeyPair check_forms(const Row& row) {
  KeyPair pair = KeyPair::generate(row.type);
  CHECK(pair.type() == row.type);
  CHECK(pair.to_stored().size() == row.seed_size);
  const KeyPair loaded = KeyPair::from_stored(row.type, pair.to_stored());
  CHECK(loaded.public_der() == pair.public_der());
  CHECK(pair.public_der().size() == row.public_size + 22);  // the identifier, and the lengths around it
  CHECK_THROWS_AS((void)KeyPair::from_stored(row.type, SecretBytes(row.seed_size + 1)), Error);
  check_imports(pair, pair.to_stored());
  check_seedless(pair, row);
  return pair;
}

void check_mu(const KeyPair& pair, const KeyPair& outside) {
  const Bytes mu(64, 7);
  const Bytes signature = pair.signing()->sign(kMu, mu);
  CHECK(outside.signing()->verify(kMu, mu, signature));
  CHECK_FALSE(outside.signing()->verify(kPure, mu, signature));
  CHECK_FALSE(outside.signing()->verify(kMu, Bytes(63, 7), signature));
  CHECK_THROWS_AS((void)pair.signing()->sign(kMu, Bytes(63, 7)), Error);
}

void check_signer(const Row& row) {
  const KeyPair pair = check_forms(row);
  const auto outside = KeyPair::from_public_der(pair.public_der());
  REQUIRE(outside);
  CHECK(outside->type() == row.type);
  const Bytes message = {1, 2, 3};
  Bytes signature = pair.signing()->sign(kPure, message);
  CHECK(signature.size() == row.output_size);
  CHECK(outside->signing()->verify(kPure, message, signature));
  CHECK_FALSE(outside->signing()->verify(kPure, Bytes{1, 2, 4}, signature));
  signature[100] ^= 1U;
  CHECK_FALSE(outside->signing()->verify(kPure, message, signature));
  CHECK(outside->signing()->verify(kPure, Bytes(), pair.signing()->sign(kPure, Bytes())));
  check_mu(pair, *outside);
}

void check_encapsulator(const Row& row) {
  const KeyPair pair = check_forms(row);
  const auto outside = KeyPair::from_public_der(pair.public_der());
  REQUIRE(outside);
  Encapsulated made = outside->encapsulation()->encapsulate();
  CHECK(made.ciphertext.size() == row.output_size);
  CHECK(made.shared_secret.size() == 32);
  CHECK(pair.encapsulation()->decapsulate(made.ciphertext) == made.shared_secret);
  made.ciphertext[5] ^= 1U;
  const auto other =
      pair.encapsulation()->decapsulate(made.ciphertext);  // FIPS 203 section 6.3: rejected without saying so
  REQUIRE(other);
  CHECK_FALSE(*other == made.shared_secret);
  made.ciphertext.pop_back();
  CHECK_FALSE(pair.encapsulation()->decapsulate(made.ciphertext));
  CHECK_FALSE(pair.encapsulation()->decapsulate({}));
}

}  // namespace

TEST_SUITE("crypto/post_quantum") {
  TEST_CASE("the types that OpenSSL 3.0 has are always there") {
    for (const KeyType type : {KeyType::kRsa2048, KeyType::kP521, KeyType::kEd25519, KeyType::kSm2}) {
      CHECK(is_available(type));
    }
  }

  TEST_CASE("ML-DSA signs and verifies, or says which OpenSSL it needs") {
    for (const Row& row : kSigners) {
      CAPTURE(row.name);
      is_available(row.type) ? check_signer(row) : check_unsupported(row);
    }
  }

  TEST_CASE("ML-KEM encapsulates and decapsulates, or says which OpenSSL it needs") {
    for (const Row& row : kEncapsulators) {
      CAPTURE(row.name);
      is_available(row.type) ? check_encapsulator(row) : check_unsupported(row);
    }
  }

  TEST_CASE("Wycheproof's ML-DSA keys and signatures") {
    std::ifstream file(std::string(KMSCTL_TEST_VECTORS) + "/wycheproof/mldsa_44_sign_seed_test.json");
    const Json vectors = Json::parse(file);
    const bool available = is_available(KeyType::kMlDsa44);
    int valid = 0;
    for (const Json& group : vectors["testGroups"]) {
      const SecretBytes seed = secret_hex(group["privateSeed"]);
      if (const auto pkcs8 = group.find("privateKeyPkcs8"); pkcs8 != group.end()) {
        const auto imported = KeyPair::from_private_der(secret_hex(*pkcs8));
        REQUIRE(imported.has_value() == (available && seed.size() == 32));
        if (imported) CHECK(imported->to_stored() == seed);
      }
      if (!available || seed.size() != 32) continue;
      const KeyPair pair = KeyPair::from_stored(KeyType::kMlDsa44, seed);
      const Bytes der = pair.public_der();
      CHECK(to_bytes(ByteView(der).last(1312)) == hex(group["publicKey"]));
      for (const Json& test : group["tests"]) {
        CAPTURE(test["tcId"].get<int>());
        CHECK(pair.signing()->verify(kMu, hex(test["mu"]), hex(test["sig"])));
        const bool bare = test.contains("msg") && !test.contains("ctx");
        if (bare) CHECK(pair.signing()->verify(kPure, hex(test["msg"]), hex(test["sig"])));
        ++valid;
      }
    }
    CHECK(valid == (available ? 42 : 0));
  }
}
