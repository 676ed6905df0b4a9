#include "core/crypto/public_key_file.h"

#include <openssl/asn1.h>
#include <openssl/crypto.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <array>
#include <memory>
#include <string_view>

#include "core/base/text.h"
#include "core/crypto/handles.h"

namespace kms::crypto {
namespace {

using PublicInfo = std::unique_ptr<X509_PUBKEY, FreeWith<X509_PUBKEY_free>>;
using Certificate = std::unique_ptr<X509, FreeWith<X509_free>>;

constexpr std::size_t kMostBytes = 64U << 10U;
constexpr std::uint8_t kSequence = 0x30;

// Whose keys OpenSSL knows from 3.5 on, by object identifier (NIST's sigAlgs and kems).
struct NewerAlgorithm {
  std::string_view oid;
  std::string_view name;
};
constexpr auto kNewer = std::to_array<NewerAlgorithm>({{"2.16.840.1.101.3.4.3.17", "ML-DSA-44"},
                                                       {"2.16.840.1.101.3.4.3.18", "ML-DSA-65"},
                                                       {"2.16.840.1.101.3.4.3.19", "ML-DSA-87"},
                                                       {"2.16.840.1.101.3.4.4.1", "ML-KEM-512"},
                                                       {"2.16.840.1.101.3.4.4.2", "ML-KEM-768"},
                                                       {"2.16.840.1.101.3.4.4.3", "ML-KEM-1024"}});

// What `parse`, a d2i function, makes of all bytes and no fewer; else null.
template <class Handle, class Parse>
Handle parse_whole(ByteView der, const Parse& parse) {
  const unsigned char* position = der.data();
  Handle made(parse(nullptr, &position, static_cast<long>(der.size())));
  ERR_clear_error();
  if (made != nullptr && position != der.data() + der.size()) made.reset();
  return made;
}

Bytes encode_info(const X509_PUBKEY* info) {
  unsigned char* raw = nullptr;
  const int size = i2d_X509_PUBKEY(info, &raw);
  if (size <= 0) return {};
  Bytes der(raw, raw + size);
  OPENSSL_free(raw);
  return der;
}

Bytes info_of_certificate(ByteView der) {
  const auto certificate = parse_whole<Certificate>(der, d2i_X509);
  return certificate == nullptr ? Bytes() : encode_info(X509_get_X509_PUBKEY(certificate.get()));
}

// RFC 3279 section 2.3.1: rsaEncryption, with NULL for parameters, around the key.
Bytes info_of_rsa(ByteView der) {
  const PublicInfo info(require_made(X509_PUBKEY_new(), "public key"));
  auto* const copy = static_cast<unsigned char*>(require_made(OPENSSL_memdup(der.data(), der.size()), "public key"));
  if (X509_PUBKEY_set0_param(info.get(), OBJ_nid2obj(NID_rsaEncryption), V_ASN1_NULL, nullptr, copy,
                             static_cast<int>(der.size())) != 1) {
    OPENSSL_free(copy);
    return {};
  }
  return encode_info(info.get());
}

// The three forms that a file may have are SEQUENCEs.
Bytes info_of_der(ByteView der) {
  if (parse_whole<PublicInfo>(der, d2i_X509_PUBKEY) != nullptr) return to_bytes(der);
  if (Bytes info = info_of_certificate(der); !info.empty()) return info;
  return info_of_rsa(der);  // whether it is one shows when it is loaded
}

Bytes info_of_pem(ByteView text) {
  const Bio in(require_made(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), "public key"));
  Bytes info;
  for (;;) {
    char* name = nullptr;
    char* header = nullptr;
    unsigned char* data = nullptr;
    long size = 0;
    if (PEM_read_bio(in.get(), &name, &header, &data, &size) != 1) break;
    const std::string_view label = name;
    const ByteView der(data, static_cast<std::size_t>(size));
    if (label == PEM_STRING_PUBLIC) info = to_bytes(der);
    if (label == PEM_STRING_RSA_PUBLIC) info = info_of_rsa(der);
    if (label == PEM_STRING_X509 || label == PEM_STRING_X509_OLD) info = info_of_certificate(der);
    OPENSSL_free(name);
    OPENSSL_free(header);
    OPENSSL_clear_free(data, static_cast<std::size_t>(size));
    if (!info.empty()) break;
  }
  ERR_clear_error();
  return info;
}

void require_known_to_openssl(ByteView spki) {
  const auto info = parse_whole<PublicInfo>(spki, d2i_X509_PUBKEY);
  ASN1_OBJECT* algorithm = nullptr;
  if (info == nullptr || X509_PUBKEY_get0_param(&algorithm, nullptr, nullptr, nullptr, info.get()) != 1) return;
  std::array<char, 64> text{};
  if (OBJ_obj2txt(text.data(), static_cast<int>(text.size()), algorithm, /*no_name=*/1) <= 0) return;
  for (const NewerAlgorithm& newer : kNewer) {
    if (newer.oid == text.data()) {
      throw Error(ErrorCode::kUnsupportedOperation,
                  cat("a key of ", newer.name, ", which this build's OpenSSL lacks; it needs OpenSSL 3.5 or newer"));
    }
  }
}

}  // namespace

std::optional<KeyPair> read_public_key(ByteView file) {
  if (file.empty() || file.size() > kMostBytes) return std::nullopt;
  const Bytes spki = file[0] == kSequence ? info_of_der(file) : info_of_pem(file);
  if (spki.empty()) return std::nullopt;
  std::optional<KeyPair> key = KeyPair::from_public_der(spki);
  if (!key) require_known_to_openssl(spki);
  return key;
}

}  // namespace kms::crypto
