#include "cli/agent/tls_files.h"

#include <utility>

#include "core/base/error.h"
#include "core/base/text.h"

namespace kms::agent {
namespace {

namespace ssl = boost::asio::ssl;

std::shared_ptr<ssl::context> load_tls(const std::string& certificate, const std::string& key) {
  if (certificate.empty()) return nullptr;
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  context->set_options(ssl::context::default_workarounds | ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1);
  boost::system::error_code error;
  context->use_certificate_chain_file(certificate, error);
  if (error) throw Error(ErrorCode::kFile, cat(certificate, ": no certificate chain in PEM can be read"));
  context->use_private_key_file(key, ssl::context::pem, error);
  if (error) throw Error(ErrorCode::kFile, cat(key, ": no private key of the certificate can be read"));
  return context;
}

}  // namespace

TlsFiles::TlsFiles(const std::string& certificate, const std::string& key)
    : certificate_(certificate), key_(key), context_(load_tls(certificate, key)) {}

std::shared_ptr<ssl::context> TlsFiles::current() const {
  const std::lock_guard lock(mutex_);
  return context_;
}

void TlsFiles::reload() {
  auto fresh = load_tls(certificate_, key_);
  const std::lock_guard lock(mutex_);
  context_ = std::move(fresh);
}

}  // namespace kms::agent
