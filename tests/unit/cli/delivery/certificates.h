#pragma once
// Certificates of a test: an authority, and what it issues, as PEM files of the folder that the test is in.
#include <doctest/doctest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <memory>
#include <string>

namespace kms::test {

using OwnedKey = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using OwnedCertificate = std::unique_ptr<X509, decltype(&X509_free)>;
using OwnedFile = std::unique_ptr<std::FILE, decltype(&std::fclose)>;

class Authority {
 public:
  explicit Authority(const std::string& name)
      : name_(name), key_(EVP_EC_gen("P-256"), &EVP_PKEY_free), certificate_(make(name, *key_, kDay)) {
    add(NID_basic_constraints, "critical,CA:TRUE");
    sign(*certificate_);
    write_certificate(file(), *certificate_);
  }

  std::string file() const { return name_ + ".pem"; }

  // NAME.pem and NAME.key, for subject alternative names as "DNS:localhost,IP:127.0.0.1".
  void issue(const std::string& name, const std::string& alternatives, long seconds = kDay) const {
    const OwnedKey key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
    const OwnedCertificate certificate = make(name, *key, seconds);
    X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate_.get()));
    extend(*certificate, NID_subject_alt_name, alternatives);
    sign(*certificate);
    write_certificate(name + ".pem", *certificate);
    const OwnedFile out(std::fopen((name + ".key").c_str(), "w"), &std::fclose);
    REQUIRE(PEM_write_PrivateKey(out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
  }

 private:
  static constexpr long kDay = 86400;

  static OwnedCertificate make(const std::string& name, EVP_PKEY& key, long seconds) {
    OwnedCertificate out(X509_new(), &X509_free);
    X509_set_version(out.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(out.get()), ++serial());
    X509_gmtime_adj(X509_getm_notBefore(out.get()), -2 * kDay);
    X509_gmtime_adj(X509_getm_notAfter(out.get()), seconds);
    X509_set_pubkey(out.get(), &key);
    X509_NAME* const subject = X509_get_subject_name(out.get());
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(name.c_str()), -1,
                               -1, 0);
    X509_set_issuer_name(out.get(), subject);
    return out;
  }

  static void extend(X509& certificate, int what, const std::string& value) {
    X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, nullptr, what, value.c_str());
    REQUIRE(X509_add_ext(&certificate, extension, -1) == 1);
    X509_EXTENSION_free(extension);
  }
  void add(int what, const std::string& value) { extend(*certificate_, what, value); }
  void sign(X509& certificate) const { REQUIRE(X509_sign(&certificate, key_.get(), EVP_sha256()) > 0); }

  static void write_certificate(const std::string& path, X509& certificate) {
    const OwnedFile out(std::fopen(path.c_str(), "w"), &std::fclose);
    REQUIRE(PEM_write_X509(out.get(), &certificate) == 1);
  }
  static long& serial() {
    static long number = 0;
    return number;
  }

  std::string name_;
  OwnedKey key_;
  OwnedCertificate certificate_;
};

}  // namespace kms::test
