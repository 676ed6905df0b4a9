#pragma once
// Alerts as HTTP/1.1 requests (RFC 9112): POST, the notice as the body.
#include <optional>
#include <string>
#include <string_view>

#include "cli/delivery/deadline.h"

namespace kms::delivery {

inline constexpr std::size_t kAnswerLimit = 4096;  // bytes of an answer that are read; its body is not

// Nothing when the answer's status is 2xx, else why not, in half a sentence that has nothing of the URL's path and
// query. Redirects are not followed. Over TLS 1.2 or later, the certificate is verified, for the host of the URL, by
// the PEM file `trusted_certificates`; empty: by what the system trusts (SSL_CERT_FILE, SSL_CERT_DIR). Thread-safe.
std::optional<std::string> post_to_webhook(std::string_view url, std::string_view notice, const Deadline& deadline,
                                           const std::string& trusted_certificates = {});

}  // namespace kms::delivery
