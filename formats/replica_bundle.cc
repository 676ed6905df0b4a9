#include "formats/replica_bundle.h"

#include <algorithm>
#include <sstream>

#include "core/base/encoding.h"
#include "core/base/text.h"
#include "core/crypto/aead.h"
#include "core/crypto/digest.h"
#include "core/crypto/kdf.h"
#include "core/crypto/key_pair.h"
#include "core/crypto/sealed_box.h"

namespace kms::formats {
namespace {

using crypto::KeyPair;

constexpr std::string_view kTextMark = "kmsctl-transport1";
constexpr std::string_view kMagic = "KMSREPL\x01";
constexpr std::size_t kSigningKeySize = 44;
constexpr std::size_t kSignatureSize = 64;
constexpr std::size_t kContentKeySize = crypto::kXChaChaKeySize;
constexpr crypto::SignatureScheme kScheme{crypto::SignatureKind::kEd25519, crypto::Hash::kSha512};

SecretBytes derive_seed_key(const SecretBytes& seed, std::string_view use) {
  return crypto::hkdf(crypto::Hash::kSha256, seed, {}, as_bytes(cat("kmsctl/transport/v1/", use)), kTransportSeedSize);
}

KeyPair signing_pair(const SecretBytes& seed) {
  return KeyPair::from_stored(crypto::KeyType::kEd25519, derive_seed_key(seed, "sign"));
}

[[noreturn]] void refuse_bundle(std::string_view why) {
  throw Error(ErrorCode::kInvalidCiphertext, cat("the replica cannot be imported: ", why));
}

}  // namespace

TransportKey transport_key(const SecretBytes& seed, std::string_view account, std::string_view region) {
  return {std::string(account), std::string(region), crypto::box_public_key(derive_seed_key(seed, "box")),
          signing_pair(seed).public_der()};
}

std::string to_text(const TransportKey& key) {
  Bytes keys = key.box_key;
  ByteWriter(keys).bytes(key.signing_key);
  return cat(kTextMark, " ", key.account, " ", key.region, " ", encode_base64(keys));
}

std::optional<TransportKey> parse_transport_key(std::string_view text) {
  std::istringstream words{std::string(text)};
  std::string mark;
  std::string encoded;
  std::string rest;
  TransportKey key;
  if (!(words >> mark >> key.account >> key.region >> encoded) || mark != kTextMark || words >> rest)
    return std::nullopt;
  const auto keys = decode_base64(encoded);
  if (!keys || keys->size() != crypto::kBoxPublicKeySize + kSigningKeySize) return std::nullopt;
  key.box_key = to_bytes(ByteView(*keys).first(crypto::kBoxPublicKeySize));
  key.signing_key = to_bytes(ByteView(*keys).subspan(crypto::kBoxPublicKeySize));
  const auto pair = KeyPair::from_public_der(key.signing_key);
  if (!pair || pair->type() != crypto::KeyType::kEd25519) return std::nullopt;
  return key;
}

std::string fingerprint(const TransportKey& key) {
  constexpr std::size_t kShown = 16;
  const Bytes digest = crypto::digest(crypto::Hash::kSha256, as_bytes(to_text(key)));
  return encode_hex(ByteView(digest).first(kShown));
}

Bytes seal_bundle(const SecretBytes& sender_seed, const TransportKey& recipient, const ReplicaBundle& bundle,
                  Random& random) {
  const std::string sender = to_text(bundle.sender);
  const SecretBytes content_key = random.secret(kContentKeySize);
  Bytes file;
  ByteWriter out(file);
  out.text(kMagic).u16(static_cast<std::uint16_t>(sender.size())).text(sender).u64(bundle.sequence);
  out.bytes(crypto::box_seal(recipient.box_key, content_key));
  SecretBytes body(4 + bundle.description.size() + bundle.material.size());
  Bytes length;
  ByteWriter(length).u32(static_cast<std::uint32_t>(bundle.description.size()));
  const ByteView pieces[] = {length, as_bytes(bundle.description), bundle.material.reveal()};
  auto at = body.reveal().begin();
  for (const ByteView piece : pieces) at = std::copy(piece.begin(), piece.end(), at);
  const Bytes nonce = random.bytes(crypto::kXChaChaNonceSize);
  const Bytes sealed = crypto::xchacha_seal(content_key, nonce, file, body.reveal());
  out.bytes(nonce).u32(static_cast<std::uint32_t>(sealed.size())).bytes(sealed);
  out.bytes(signing_pair(sender_seed).signing()->sign(kScheme, file));
  return file;
}

std::optional<TransportKey> claimed_sender(ByteView file) {
  const std::size_t text = kMagic.size() + sizeof(std::uint16_t);
  if (file.size() < text || as_text(file.first(kMagic.size())) != kMagic) return std::nullopt;
  ByteReader in(file.subspan(kMagic.size()), ErrorCode::kInvalidCiphertext, "");
  const std::size_t size = in.u16();
  return in.rest().size() < size ? std::nullopt : parse_transport_key(as_text(in.take(size)));
}

ReplicaBundle open_bundle(const SecretBytes& seed, ByteView file) {
  constexpr const char* kShort = "the replica cannot be imported: the file is incomplete, or something else";
  if (file.size() < kSignatureSize) refuse_bundle("the file is incomplete, or something else");
  const ByteView body = file.first(file.size() - kSignatureSize);
  ByteReader in(body, ErrorCode::kInvalidCiphertext, kShort);
  in.require(as_text(in.take(kMagic.size())) == kMagic);
  const auto sender = parse_transport_key(as_text(in.take(in.u16())));
  in.require(sender.has_value());
  ReplicaBundle bundle;
  bundle.sender = *sender;
  bundle.sequence = in.u64();
  const ByteView boxed = in.take(kContentKeySize + crypto::kBoxOverhead);
  const ByteView head = body.first(body.size() - in.rest().size());
  const ByteView nonce = in.take(crypto::kXChaChaNonceSize);
  const ByteView sealed = in.take(in.u32());
  in.require_end();
  in.require(sealed.size() >= crypto::kXChaChaTagSize);
  const auto signer = KeyPair::from_public_der(sender->signing_key);
  const auto signing = signer ? signer->signing() : std::nullopt;
  if (!signing || !signing->verify(kScheme, body, file.last(kSignatureSize)))
    refuse_bundle("its signature is not valid");
  const auto content_key = crypto::box_open(derive_seed_key(seed, "box"), boxed);
  if (!content_key) refuse_bundle("it is for another vault");
  SecretBytes plain(sealed.size() - crypto::kXChaChaTagSize);
  if (!crypto::xchacha_open(*content_key, nonce, head, sealed, plain.reveal())) refuse_bundle("it was changed");
  ByteReader content(plain.reveal(), ErrorCode::kInvalidCiphertext, kShort);
  bundle.description = std::string(as_text(content.take(content.u32())));
  bundle.material = SecretBytes::copy_of(content.rest());
  return bundle;
}

}  // namespace kms::formats
