#include "cli/agent/sigv4.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "core/base/encoding.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/crypto/digest.h"
#include "core/crypto/mac.h"

namespace kms::agent {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
constexpr std::string_view kTerminator = "aws4_request";
constexpr auto kSkew = std::chrono::minutes(5);
constexpr std::int64_t kLongestExpiry = 604800;  // a week
constexpr std::size_t kHexSize = 64;

using Pairs = std::vector<std::pair<std::string, std::string>>;

[[noreturn]] void incomplete(const std::string& message) {
  throw Error(ErrorCode::kIncompleteSignature, message);
}

[[noreturn]] void invalid(const std::string& message) {
  throw Error(ErrorCode::kInvalidRequestSignature, message);
}

std::string_view trim(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

// RFC 3986 unreserved characters stand for themselves.
std::string percent_encoded(std::string_view text, bool keep_slash) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '_' || c == '.' || c == '~' || (keep_slash && c == '/');
    if (plain) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kDigits[byte >> 4U];
    out += kDigits[byte & 15U];
  }
  return out;
}

std::string_view path_of(std::string_view target) {
  return target.substr(0, target.find('?'));
}

// Decoded pairs of the query.
Pairs query_of(std::string_view target) {
  Pairs pairs;
  const std::size_t mark = target.find('?');
  if (mark == std::string_view::npos || mark + 1 == target.size()) return pairs;
  for (const std::string_view part : split(target.substr(mark + 1), '&')) {
    const std::size_t equals = part.find('=');
    pairs.emplace_back(percent_decoded(part.substr(0, equals)),
                       equals == std::string_view::npos ? std::string() : percent_decoded(part.substr(equals + 1)));
  }
  return pairs;
}

std::string parameter(const Pairs& query, std::string_view name) {
  for (const auto& [key, value] : query) {
    if (key == name) return value;
  }
  return {};
}

// 20261124T101500Z
Time parse_timestamp(std::string_view text) {
  constexpr std::size_t kLength = 16;
  if (text.size() == kLength && text[8] == 'T' && text.back() == 'Z') {
    const auto iso = cat(text.substr(0, 4), "-", text.substr(4, 2), "-", text.substr(6, 2), "T", text.substr(9, 2), ":",
                         text.substr(11, 2), ":", text.substr(13, 2), "Z");
    if (const auto time = parse_time(iso)) return *time;
  }
  incomplete("Date must be in ISO-8601 'basic format'.");
}

void read_credential(Signature& out, std::string_view text) {
  const auto parts = split(text, '/');
  constexpr std::size_t kParts = 5;
  if (parts.size() != kParts || parts[4] != kTerminator) {
    incomplete("Credential must have 5 elements: the access key, and a scope of date/region/service/aws4_request.");
  }
  out.access_key_id = parts[0];
  out.date = parts[1];
  out.region = parts[2];
  out.service = parts[3];
}

void check_form(const Signature& signature) {
  const auto& headers = signature.signed_headers;
  if (std::find(headers.begin(), headers.end(), "host") == headers.end()) {
    incomplete("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
  }
  if (signature.value.size() != kHexSize || !decode_hex(signature.value))
    incomplete("Signature is no SHA-256 in hexadecimal digits.");
  if (!signature.timestamp.starts_with(signature.date)) {
    incomplete("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP.");
  }
}

Signature read_header_form(const SignedMessage& message, std::string_view text) {
  Signature out;
  for (const std::string_view part : split(text, ',')) {
    const std::string_view item = trim(part);
    const std::size_t equals = item.find('=');
    const std::string_view name = item.substr(0, equals);
    const std::string_view value = equals == std::string_view::npos ? std::string_view() : item.substr(equals + 1);
    if (name == "Credential") read_credential(out, value);
    if (name == "Signature") out.value = value;
    if (name != "SignedHeaders") continue;
    for (const std::string_view header : split(value, ';')) out.signed_headers.emplace_back(header);
  }
  if (out.access_key_id.empty()) incomplete("Authorization header requires 'Credential' parameter.");
  if (out.signed_headers.empty()) incomplete("Authorization header requires 'SignedHeaders' parameter.");
  out.timestamp = message.header("x-amz-date");
  if (out.timestamp.empty()) incomplete("Authorization header requires existence of an 'X-Amz-Date' header.");
  out.session_token = message.header("x-amz-security-token");
  return out;
}

Signature read_query_form(const Pairs& query) {
  Signature out;
  out.presigned = true;
  read_credential(out, parameter(query, "X-Amz-Credential"));
  out.value = parameter(query, "X-Amz-Signature");
  out.timestamp = parameter(query, "X-Amz-Date");
  out.session_token = parameter(query, "X-Amz-Security-Token");
  const std::string signed_headers = parameter(query, "X-Amz-SignedHeaders");
  for (const std::string_view header : split(signed_headers, ';')) out.signed_headers.emplace_back(header);
  const std::string expires = parameter(query, "X-Amz-Expires");
  const auto [end, error] = std::from_chars(expires.data(), expires.data() + expires.size(), out.expires);
  if (error != std::errc() || end != expires.data() + expires.size() || out.expires < 1 ||
      out.expires > kLongestExpiry) {
    incomplete("X-Amz-Expires must be a number of seconds, at most a week.");
  }
  return out;
}

std::string canonical_query(Pairs pairs) {
  std::erase_if(pairs, [](const auto& pair) { return pair.first == "X-Amz-Signature"; });
  for (auto& [name, value] : pairs) {
    name = percent_encoded(name, false);
    value = percent_encoded(value, false);
  }
  std::sort(pairs.begin(), pairs.end());
  std::string out;
  for (const auto& [name, value] : pairs) out += cat(out.empty() ? "" : "&", name, "=", value);
  return out;
}

// The values of one header, joined, with runs of blanks made one.
std::string canonical_value(const SignedMessage& message, std::string_view name) {
  std::string out;
  bool found = false;
  for (const auto& [key, value] : message.headers) {
    if (key != name) continue;
    if (found) out += ',';
    found = true;
    bool blank = false;
    for (const char c : trim(value)) {
      if (c != ' ' || !blank) out += c;
      blank = c == ' ';
    }
  }
  if (!found) invalid(cat("The signed header ", name, " is not part of the request."));
  return out;
}

std::string hex_digest(std::string_view text) {
  return encode_hex(crypto::digest(crypto::Hash::kSha256, as_bytes(text)));
}

std::string payload_hash(const Signature& signature, const SignedMessage& message) {
  std::string actual = hex_digest(message.body);
  const std::string_view claimed = message.header("x-amz-content-sha256");
  if (!claimed.empty() && claimed != actual && claimed != "UNSIGNED-PAYLOAD") {
    invalid("The provided 'x-amz-content-sha256' header does not match what was computed.");
  }
  if (signature.presigned && message.body.empty() && claimed == "UNSIGNED-PAYLOAD") return std::string(claimed);
  return actual;
}

std::string canonical_request(const Signature& signature, const SignedMessage& message) {
  // The path arrives encoded once, and is signed encoded twice; only S3 does otherwise.
  std::string out = cat(message.method, "\n", percent_encoded(path_of(message.target), true), "\n",
                        canonical_query(query_of(message.target)), "\n");
  std::string names;
  for (const std::string& name : signature.signed_headers) {
    out += cat(name, ":", canonical_value(message, name), "\n");
    names += cat(names.empty() ? "" : ";", name);
  }
  return cat(out, "\n", names, "\n", payload_hash(signature, message));
}

SecretBytes signing_key(const Signature& signature, const SecretBytes& secret) {
  constexpr std::string_view kPrefix = "AWS4";
  SecretBytes key(kPrefix.size() + secret.size());
  std::copy(kPrefix.begin(), kPrefix.end(), key.reveal().begin());
  std::copy(secret.reveal().begin(), secret.reveal().end(), key.reveal().begin() + kPrefix.size());
  for (const std::string_view part : {std::string_view(signature.date), std::string_view(signature.region),
                                      std::string_view(signature.service), kTerminator}) {
    Bytes next = crypto::hmac_sha256(key, as_bytes(part));
    key = SecretBytes::copy_of(next);
    wipe(next);
  }
  return key;
}

// Headers that change what is asked for must be signed, when they are there.
void require_signed(const Signature& signature, const SignedMessage& message) {
  const auto& names = signature.signed_headers;
  for (const auto& [name, value] : message.headers) {
    if (!name.starts_with("x-amz-") || name == "x-amz-content-sha256") continue;
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      invalid(cat("The header ", name, " must be signed."));
    }
  }
}

void require_fresh(const Signature& signature, Time now) {
  if (signature.presigned) {
    if (now > signature.time + std::chrono::seconds(signature.expires)) invalid("Signature expired");
    if (signature.time > now + kSkew) invalid(cat("Signature not yet current: ", signature.timestamp));
    return;
  }
  if (signature.time + kSkew < now) {
    invalid(cat("Signature expired: ", signature.timestamp, " is more than 5 min. before ", iso_seconds(now)));
  }
  if (signature.time > now + kSkew) {
    invalid(cat("Signature not yet current: ", signature.timestamp, " is more than 5 min. after ", iso_seconds(now)));
  }
}

}  // namespace

std::string_view SignedMessage::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return {};
}

std::optional<Signature> read_signature(const SignedMessage& message) {
  const std::string_view header = message.header("authorization");
  std::optional<Signature> out;
  if (!header.empty()) {
    const std::size_t space = header.find(' ');
    if (header.substr(0, space) != kAlgorithm || space == std::string_view::npos) {
      incomplete("Authorization must be AWS4-HMAC-SHA256 with Credential, SignedHeaders and Signature.");
    }
    out = read_header_form(message, header.substr(space + 1));
  } else {
    const Pairs query = query_of(message.target);
    if (parameter(query, "X-Amz-Algorithm") != kAlgorithm) return std::nullopt;
    out = read_query_form(query);
  }
  check_form(*out);
  out->time = parse_timestamp(out->timestamp);
  return out;
}

void verify_signature(const Signature& signature, const SignedMessage& message, const SecretBytes& secret, Time now) {
  require_signed(signature, message);
  require_fresh(signature, now);
  const std::string scope = cat(signature.date, "/", signature.region, "/", signature.service, "/", kTerminator);
  const std::string to_sign =
      cat(kAlgorithm, "\n", signature.timestamp, "\n", scope, "\n", hex_digest(canonical_request(signature, message)));
  const std::string expected = encode_hex(crypto::hmac_sha256(signing_key(signature, secret), as_bytes(to_sign)));
  if (equal_secrets(as_bytes(expected), as_bytes(lower_ascii(signature.value)))) return;
  invalid(
      "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key "
      "and signing method. Consult the service documentation for details.");
}

}  // namespace kms::agent
