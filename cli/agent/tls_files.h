#pragma once
// The certificate chain and the key, PEM files, with which the agent speaks TLS. Thread-safe.
#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <mutex>
#include <string>

namespace kms::agent {

class TlsFiles {
 public:
  // Without a certificate there is no TLS. Both paths outlive it. FileException that names a file that cannot be used.
  TlsFiles(const std::string& certificate, const std::string& key);

  // Null where there is no TLS. Connections keep what they began with.
  std::shared_ptr<boost::asio::ssl::context> current() const;
  // Reads the files again. Where that throws, FileException, what was read before stays.
  void reload();

 private:
  const std::string& certificate_;
  const std::string& key_;
  mutable std::mutex mutex_;
  std::shared_ptr<boost::asio::ssl::context> context_;
};

}  // namespace kms::agent
