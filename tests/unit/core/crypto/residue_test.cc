// What is left of a private key in ordinary memory once everything that held it is gone.
#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <string>

#include "core/crypto/key_pair.h"
#include "core/crypto/private_key_file.h"

using namespace kms;
using namespace kms::crypto;

namespace {

// The heap of the C library. The secure heap is another mapping, and so is all that a sanitizer allocates.
std::string heap() {
  std::ifstream maps("/proc/self/maps");
  std::ifstream memory("/proc/self/mem", std::ios::binary);
  std::string all;
  for (std::string line; std::getline(maps, line);) {
    if (!line.ends_with("[heap]")) continue;
    std::size_t dash = 0;
    const auto first = std::stoull(line, &dash, 16);
    const auto last = std::stoull(line.substr(dash + 1), nullptr, 16);
    std::string piece(last - first, '\0');
    memory.seekg(static_cast<std::streamoff>(first));
    memory.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    all += piece;
  }
  return all;
}

bool holds(const std::string& memory, ByteView inverted) {
  const auto same = [](char have, std::uint8_t want) { return (static_cast<std::uint8_t>(have) ^ 0xffU) == want; };
  return std::search(memory.begin(), memory.end(), inverted.begin(), inverted.end(), same) != memory.end();
}

}  // namespace

TEST_SUITE("crypto/residue") {
  TEST_CASE("reading and writing a private key leaves no copy of it on the heap") {
    for (const KeyType type : {KeyType::kP256, KeyType::kSm2, KeyType::kEd25519}) {
      Bytes inverted;  // how the test itself remembers what to look for
      {
        const KeyPair pair = KeyPair::generate(type);
        const SecretBytes stored = pair.to_stored();
        for (const std::uint8_t byte : stored.reveal().subspan(4, 16)) inverted.push_back(byte ^ 0xffU);
        const auto der = private_der_of(pair.to_private_der(), SecretBytes());
        REQUIRE(der);
        CHECK(KeyPair::from_private_der(*der));
      }
      CHECK_FALSE(holds(heap(), inverted));
    }
  }
}
