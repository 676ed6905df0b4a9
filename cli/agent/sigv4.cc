#include "cli/agent/sigv4.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "core/base/encoding.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/base/time_text.h"
#include "core/crypto/digest.h"
#include "core/crypto/mac.h"

namespace kms::agent {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
constexpr std::string_view kTerminator = "aws4_request";
constexpr auto kSkew = std::chrono::minutes(5);
constexpr std::int64_t kLongestExpiry = 604800;  // a week
constexpr std::size_t kHexSize = 64;

constexpr std::string_view kPayloadHash = "x-amz-content-sha256";
constexpr std::size_t kDateSize = 8;  // of a timestamp
// Header fields that say what is asked for. Of two of a name one would be read, and both signed.
constexpr std::array<std::string_view, 3> kOnce = {"authorization", "content-type", "host"};

// A parameter of the query as it came, not decoded. These bytes are what is signed: no other spelling, which somebody
// might read otherwise, has the same signature.
struct Parameter {
  std::string_view name;
  std::string_view value;
  bool is_pair = true;  // has a '='
};
using Query = std::vector<Parameter>;

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

bool is_unreserved(char c) {  // RFC 3986 section 2.3
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
         c == '.' || c == '~';
}

// The path arrives encoded once, and is signed encoded twice; only S3 does otherwise.
std::string canonical_path(std::string_view target) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : target.substr(0, target.find('?'))) {
    if (c == '/' || is_unreserved(c)) {
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

Query query_of(std::string_view target) {
  Query query;
  const std::size_t mark = target.find('?');
  if (mark == std::string_view::npos || mark + 1 == target.size()) return query;
  for (const std::string_view part : split(target.substr(mark + 1), '&')) {
    const std::size_t equals = std::min(part.find('='), part.size());
    query.push_back({part.substr(0, equals), part.substr(std::min(equals + 1, part.size())), equals < part.size()});
  }
  return query;
}

std::string parameter(const Query& query, std::string_view name) {
  const auto found = std::find_if(query.begin(), query.end(), [&](const Parameter& each) { return each.name == name; });
  return found == query.end() ? std::string() : percent_decoded(found->value);
}

// "a" and "a=" have one signature; and of two parameters of a name, which differ in their spelling at most, each reader
// takes the one that it likes.
void require_plain(const Query& query) {
  std::vector<std::string> names;
  names.reserve(query.size());
  for (const Parameter& each : query) {
    if (!each.is_pair) incomplete("Each parameter of a signed query consists of a name, '=' and a value.");
    names.push_back(percent_decoded(each.name));
  }
  std::sort(names.begin(), names.end());
  if (std::adjacent_find(names.begin(), names.end()) != names.end()) {
    incomplete("A signed query has each of its parameters once.");
  }
}

Time parse_timestamp(std::string_view text) {
  if (const auto time = parse_basic_time(text)) return *time;
  incomplete("Date must be in ISO-8601 'basic format'.");
}

void read_credential(Signature& out, std::string_view text) {
  const auto parts = split(text, '/');
  constexpr std::size_t kParts = 5;
  if (parts.size() != kParts || parts[4] != kTerminator || std::count(parts.begin(), parts.end(), "") > 0) {
    incomplete("Credential must have 5 elements: the access key, and a scope of date/region/service/aws4_request.");
  }
  out.access_key_id = parts[0];
  out.date = parts[1];
  out.region = parts[2];
  out.service = parts[3];
}

void read_signed_headers(Signature& out, std::string_view text) {
  for (const std::string_view name : split(text, ';')) {
    const bool ascends = out.signed_headers.empty() || out.signed_headers.back() < name;
    if (name.empty() || !ascends || lower_ascii(name) != name) {
      incomplete("SignedHeaders must be names in lower case, in ascending order, separated by semicolons.");
    }
    out.signed_headers.emplace_back(name);
  }
}

bool is_signed(const Signature& signature, std::string_view name) {
  return std::binary_search(signature.signed_headers.begin(), signature.signed_headers.end(), name);
}

void check_form(const Signature& signature) {
  if (!is_signed(signature, "host")) {
    incomplete("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
  }
  if (signature.value.size() != kHexSize || !decode_hex(signature.value))
    incomplete("Signature is no SHA-256 in hexadecimal digits.");
  if (signature.date != signature.timestamp.substr(0, kDateSize)) {
    incomplete("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP.");
  }
}

void require_once(const SignedMessage& message, const Signature& signature) {
  const auto is_same = [&](std::string_view name) {
    return std::find(kOnce.begin(), kOnce.end(), name) != kOnce.end() || name.starts_with("x-amz-") ||
           is_signed(signature, name);
  };
  for (auto each = message.headers.begin(); each != message.headers.end(); ++each) {
    if (std::none_of(each + 1, message.headers.end(), [&](const auto& other) { return other.first == each->first; }))
      continue;
    if (is_same(each->first)) incomplete(cat("The header ", each->first, " is given more than once."));
  }
}

Signature read_header_form(const SignedMessage& message, std::string_view text) {
  std::string_view credential;
  std::string_view signed_headers;
  std::string_view value;
  for (const std::string_view part : split(text, ',')) {
    const std::string_view item = trim(part);
    const std::size_t equals = std::min(item.find('='), item.size());
    const std::string_view name = item.substr(0, equals);
    std::string_view* const out = name == "Credential"      ? &credential
                                  : name == "SignedHeaders" ? &signed_headers
                                  : name == "Signature"     ? &value
                                                            : nullptr;
    if (out == nullptr || !out->empty() || equals == item.size()) {
      incomplete("Authorization header requires 'Credential', 'SignedHeaders' and 'Signature', each once.");
    }
    *out = item.substr(equals + 1);
  }
  if (credential.empty()) incomplete("Authorization header requires 'Credential' parameter.");
  if (signed_headers.empty()) incomplete("Authorization header requires 'SignedHeaders' parameter.");
  Signature out;
  read_credential(out, credential);
  read_signed_headers(out, signed_headers);
  out.value = value;
  out.timestamp = message.header("x-amz-date");
  if (out.timestamp.empty()) incomplete("Authorization header requires existence of an 'X-Amz-Date' header.");
  out.session_token = message.header("x-amz-security-token");
  return out;
}

Signature read_query_form(const Query& query) {
  Signature out;
  out.presigned = true;
  read_credential(out, parameter(query, "X-Amz-Credential"));
  out.value = parameter(query, "X-Amz-Signature");
  out.timestamp = parameter(query, "X-Amz-Date");
  out.session_token = parameter(query, "X-Amz-Security-Token");
  read_signed_headers(out, parameter(query, "X-Amz-SignedHeaders"));
  const std::string expires = parameter(query, "X-Amz-Expires");
  const auto [end, error] = std::from_chars(expires.data(), expires.data() + expires.size(), out.expires);
  if (error != std::errc() || end != expires.data() + expires.size() || out.expires < 1 ||
      out.expires > kLongestExpiry) {
    incomplete("X-Amz-Expires must be a number of seconds, at most a week.");
  }
  return out;
}

std::string canonical_query(Query query) {
  std::erase_if(query, [](const Parameter& each) { return each.name == "X-Amz-Signature"; });
  std::sort(query.begin(), query.end(), [](const Parameter& a, const Parameter& b) {
    return std::pair(a.name, a.value) < std::pair(b.name, b.value);
  });
  std::string out;
  for (const Parameter& each : query) out += cat(out.empty() ? "" : "&", each.name, "=", each.value);
  return out;
}

// With runs of blanks made one.
std::string canonical_value(const SignedMessage& message, std::string_view name) {
  const auto found = std::find_if(message.headers.begin(), message.headers.end(),
                                  [&](const auto& header) { return header.first == name; });
  if (found == message.headers.end()) invalid(cat("The signed header ", name, " is not part of the request."));
  std::string out;
  bool blank = false;
  for (const char c : trim(found->second)) {
    if (c != ' ' || !blank) out += c;
    blank = c == ' ';
  }
  return out;
}

std::string hex_digest(std::string_view text) {
  return encode_hex(crypto::digest(crypto::Hash::kSha256, as_bytes(text)));
}

constexpr std::string_view kUnsignedPayload = "UNSIGNED-PAYLOAD";

std::string payload_hash(const Signature& signature, const SignedMessage& message) {
  const std::string_view claimed = message.header(kPayloadHash);
  if (!message.body) return std::string(claimed);  // checked once it is here
  std::string actual = hex_digest(*message.body);
  if (!claimed.empty() && claimed != actual && claimed != kUnsignedPayload) {
    invalid("The provided 'x-amz-content-sha256' header does not match what was computed.");
  }
  if (signature.presigned && message.body->empty() && claimed == kUnsignedPayload) return std::string(claimed);
  return actual;
}

std::string canonical_request(const Signature& signature, const SignedMessage& message) {
  std::string out =
      cat(message.method, "\n", canonical_path(message.target), "\n", canonical_query(query_of(message.target)), "\n");
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
  for (const auto& [name, value] : message.headers) {
    if (!name.starts_with("x-amz-") || name == kPayloadHash || is_signed(signature, name)) continue;
    invalid(cat("The header ", name, " must be signed."));
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
  const Query query = query_of(message.target);
  const std::string algorithm = parameter(query, "X-Amz-Algorithm");
  if (header.empty() && algorithm != kAlgorithm) return std::nullopt;
  if (!header.empty() && !algorithm.empty()) {
    incomplete("A request is signed in its Authorization header or in its query, not in both.");
  }
  require_plain(query);
  std::optional<Signature> out;
  if (header.empty()) {
    out = read_query_form(query);
    if (!message.header("x-amz-security-token").empty()) {
      incomplete("A request that is signed in its query has its session token there, too.");
    }
  } else {
    const std::size_t space = header.find(' ');
    if (header.substr(0, space) != kAlgorithm || space == std::string_view::npos) {
      incomplete("Authorization must be AWS4-HMAC-SHA256 with Credential, SignedHeaders and Signature.");
    }
    out = read_header_form(message, header.substr(space + 1));
  }
  out->time = parse_timestamp(out->timestamp);
  check_form(*out);
  require_once(message, *out);
  return out;
}

void verify_signature(const Signature& signature, const SignedMessage& message, const SecretBytes& secret, Time now) {
  require_signed(signature, message);
  require_fresh(signature, now);
  if (!message.body && message.header(kPayloadHash).size() != kHexSize) return;
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
