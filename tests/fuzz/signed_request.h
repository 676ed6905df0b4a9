#pragma once
// Requests as a client of AWS signs them (AWS Signature Version 4), rightly and in the ways that must not count.
#include <algorithm>
#include <cctype>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/agent/http.h"
#include "core/base/clock.h"
#include "core/base/encoding.h"
#include "core/base/text.h"
#include "core/crypto/digest.h"
#include "core/crypto/mac.h"

namespace kms::testing {

// What is wrong with a signed request.
enum class Defect { kNone, kSecret, kBody, kService, kStale, kFuture, kUnsigned, kToken };

struct SigningKey {
  std::string id;
  std::string secret;
  std::string token;  // of a role session; empty for an access key
};

// A request before it is signed.
struct Unsigned {
  std::string service;     // kms or sts
  std::string query;       // of a GET; in its canonical order. Empty: a POST
  std::string amz_target;  // of AWS JSON
  std::string body;        // of a POST
  bool in_query = false;   // presigned, not signed in a header
  Defect defect = Defect::kNone;
};

inline std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || std::string_view("-_.~").find(c) != std::string_view::npos) {
      out += c;
    } else {
      out += cat("%", kDigits.substr(byte >> 4U, 1), kDigits.substr(byte & 15U, 1));
    }
  }
  return out;
}

namespace signing {

using Pairs = std::vector<std::pair<std::string, std::string>>;

inline std::string hex_digest(std::string_view text) {
  return encode_hex(crypto::digest(crypto::Hash::kSha256, as_bytes(text)));
}

inline std::string timestamp_of(Time time) {
  std::string text = iso_seconds(time);
  std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
  return text;
}

inline std::string signature(std::string_view secret, std::string_view scope, std::string_view timestamp,
                             std::string_view canonical) {
  const std::string start = cat("AWS4", secret);
  SecretBytes key = SecretBytes::copy_of(as_bytes(start));
  for (const std::string_view part : split(scope, '/')) {
    key = SecretBytes::copy_of(crypto::hmac_sha256(key, as_bytes(part)));
  }
  const std::string to_sign = cat("AWS4-HMAC-SHA256\n", timestamp, "\n", scope, "\n", hex_digest(canonical));
  return encode_hex(crypto::hmac_sha256(key, as_bytes(to_sign)));
}

inline std::string joined(const Pairs& pairs, std::string_view between, std::string_view after) {
  std::string out;
  for (const auto& [name, value] : pairs) out += cat(name, between, value, after);
  return out;
}

inline std::string names_of(const Pairs& headers) {
  std::string out;
  for (const auto& [name, value] : headers) out += cat(out.empty() ? "" : ";", name);
  return out;
}

inline Time signed_at(Defect defect, Time now) {
  constexpr auto kTooFar = std::chrono::minutes(6);
  if (defect == Defect::kStale) return now - kTooFar;
  return defect == Defect::kFuture ? now + kTooFar : now;
}

}  // namespace signing

inline agent::Request signed_request(const Unsigned& wanted, const SigningKey& by, Time now) {
  using namespace signing;
  const bool get = !wanted.query.empty();
  const std::string timestamp = timestamp_of(signed_at(wanted.defect, now));
  const std::string service =
      wanted.defect != Defect::kService ? wanted.service : std::string(wanted.service == "kms" ? "sts" : "kms");
  const std::string scope = cat(timestamp.substr(0, 8), "/us-east-1/", service, "/aws4_request");
  const std::string secret = wanted.defect == Defect::kSecret ? std::string(40, 'x') : by.secret;
  Pairs headers{{"host", "localhost"}};
  if (!wanted.in_query) headers.emplace_back("x-amz-date", timestamp);
  if (!wanted.in_query && !by.token.empty()) headers.emplace_back("x-amz-security-token", by.token);
  if (!wanted.amz_target.empty()) headers.emplace_back("x-amz-target", wanted.amz_target);
  std::string query = wanted.query;
  if (wanted.in_query) {
    query += cat(query.empty() ? "" : "&",
                 "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=", percent_encoded(cat(by.id, "/", scope)),
                 "&X-Amz-Date=", timestamp, "&X-Amz-Expires=300");
    if (!by.token.empty()) query += cat("&X-Amz-Security-Token=", percent_encoded(by.token));
    query += cat("&X-Amz-SignedHeaders=", percent_encoded(names_of(headers)));
  }
  const std::string canonical = cat(get ? "GET" : "POST", "\n/\n", query, "\n", joined(headers, ":", "\n"), "\n",
                                    names_of(headers), "\n", hex_digest(wanted.body));
  const std::string value = signature(secret, scope, timestamp, canonical);
  agent::Request request;
  request.method(get ? agent::http::verb::get : agent::http::verb::post);
  for (const auto& [name, text] : headers) request.set(name, text);
  if (!wanted.in_query && wanted.defect != Defect::kUnsigned) {
    request.set("authorization", cat("AWS4-HMAC-SHA256 Credential=", by.id, "/", scope,
                                     ", SignedHeaders=", names_of(headers), ", Signature=", value));
  }
  if (wanted.in_query && wanted.defect != Defect::kUnsigned) query += cat("&X-Amz-Signature=", value);
  std::string body = wanted.body;
  if (wanted.defect == Defect::kBody) (get ? query : body) += get ? "&Z=1" : " ";
  request.target(query.empty() ? "/" : cat("/?", query));
  request.body().assign(body.data(), body.size());
  return request;
}

}  // namespace kms::testing
