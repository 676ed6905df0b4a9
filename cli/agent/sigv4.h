#pragma once
// AWS Signature Version 4: AWS General Reference, "Signing AWS API requests" (header and presigned forms). Pure
// functions over untrusted bytes.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/secret_bytes.h"

namespace kms::agent {

// A request as it came, without interpretation. Names of headers in lower case; several of one name in their order.
struct SignedMessage {
  std::string_view method;
  std::string_view target;  // path and query
  std::vector<std::pair<std::string, std::string_view>> headers;
  std::optional<std::string_view> body;  // nothing while it is still to come

  std::string_view header(std::string_view name) const;  // the first; empty when there is none
};

struct Signature {
  std::string access_key_id;
  std::string date;  // of the scope: 20261124
  std::string region;
  std::string service;
  std::vector<std::string> signed_headers;
  std::string value;      // 64 hexadecimal digits
  std::string timestamp;  // 20261124T101500Z
  Time time;
  std::string session_token;  // empty without one
  bool presigned = false;
  std::int64_t expires = 0;  // of a presigned request, seconds
};

// Nothing when the request is not signed at all. Throws IncompleteSignatureException for what is no signature, and for
// what could be read otherwise than it was signed: two of a header or parameter, a query and a header that both sign.
std::optional<Signature> read_signature(const SignedMessage& message);

// Throws InvalidSignatureException unless `secret` signed this very message, at about this time. The comparison takes
// the same time wherever signatures differ. Without the body it says what can be said so far: everything but the
// signature, and that, too, where the header has the hash of the body.
void verify_signature(const Signature& signature, const SignedMessage& message, const SecretBytes& secret, Time now);

}  // namespace kms::agent
