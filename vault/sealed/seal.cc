#include "vault/sealed/seal.h"

#include <algorithm>

#include "core/base/encoding.h"
#include "core/crypto/mac.h"

namespace kms::vault {
namespace {

constexpr std::uint8_t kRecordFormat = 1;
constexpr std::size_t kPadStep = 64;
constexpr std::size_t kNameLimit = 0xffff;

enum class Blind : std::uint8_t { kCollection = 1, kItem = 2, kLog = 3, kState = 4, kOrder = 5, kTree = 6 };

Bytes blinded(const Keys& keys, Blind domain, ByteView name) {
  Bytes message;
  ByteWriter(message).u8(static_cast<std::uint8_t>(domain)).bytes(name);
  return crypto::hmac_sha256(keys.index(), message);
}

Bytes blind(const Keys& keys, Blind domain, std::string_view name) {
  Bytes out = blinded(keys, domain, as_bytes(name));
  out.resize(kBlindSize);
  return out;
}

ByteReader reader(ByteView bytes) {
  return {bytes, ErrorCode::kVaultDamaged, "a record of the vault is damaged"};
}

Bytes record_aad(const Keys& keys, RecordKind kind, ByteView lmdb_key, std::uint64_t version) {
  Bytes aad;
  ByteWriter out(aad);
  out.text("kmsctl record").bytes(keys.id()).u8(static_cast<std::uint8_t>(kind));
  out.u8(static_cast<std::uint8_t>(lmdb_key.size())).bytes(lmdb_key).u64(version).u32(keys.epoch());
  return aad;
}

const SecretBytes& record_seal_key(const Keys& keys, RecordKind kind) {
  return kind == RecordKind::kSecret ? keys.secrets() : keys.records();
}

// The names and the length of the value; the value and the padding follow.
Bytes plaintext_front(const RecordName& name, std::size_t value_size) {
  if (name.collection.size() > kNameLimit || name.item.size() > kNameLimit || value_size > 0xffffffffU) {
    throw Error(ErrorCode::kLimitExceeded, "a record is too large for the vault");
  }
  Bytes front;
  ByteWriter out(front);
  out.u16(static_cast<std::uint16_t>(name.collection.size())).text(name.collection);
  out.u16(static_cast<std::uint16_t>(name.item.size())).text(name.item);
  out.u32(static_cast<std::uint32_t>(value_size));
  return front;
}

void fill_plaintext(MutableBytes out, ByteView front, ByteView value) {
  std::copy(front.begin(), front.end(), out.begin());
  std::copy(value.begin(), value.end(), out.subspan(front.size()).begin());
}

// Returns the value; the names go into `record`.
ByteView read_plaintext(ByteView plaintext, OpenedRecord& record) {
  ByteReader in = reader(plaintext);
  record.collection = as_text(in.take(in.u16()));
  record.item = as_text(in.take(in.u16()));
  const ByteView value = in.take(in.u32());
  in.require(in.rest().size() < kPadStep);
  return value;
}

}  // namespace

Bytes collection_prefix(const Keys& keys, std::string_view collection) {
  return blind(keys, Blind::kCollection, collection);
}

Bytes record_key(const Keys& keys, std::string_view collection, std::string_view item) {
  Bytes key = collection_prefix(keys, collection);
  Bytes name;
  ByteWriter(name).u32(static_cast<std::uint32_t>(collection.size())).text(collection).text(item);
  ByteWriter(key).bytes(ByteView(blinded(keys, Blind::kItem, name)).first(kBlindSize));
  return key;
}

Bytes log_prefix(const Keys& keys, std::string_view log) {
  return blind(keys, Blind::kLog, log);
}

Bytes log_key(const Keys& keys, std::string_view log, std::uint64_t number) {
  return numbered_key(log_prefix(keys, log), number);
}

Bytes record_key(const Keys& keys, const RecordName& name) {
  if (name.kind != RecordKind::kLog) return record_key(keys, name.collection, name.item);
  return log_key(keys, name.collection, number_from(as_bytes(name.item)));
}

Bytes tree_prefix(const Keys& keys) {
  return blind(keys, Blind::kTree, {});
}

Bytes state_key(const Keys& keys) {
  return blind(keys, Blind::kState, {});
}

std::string order_name(const Keys& keys) {
  constexpr std::size_t kOrderSize = 4;
  return encode_hex(ByteView(blind(keys, Blind::kOrder, {})).first(kOrderSize));
}

Bytes seal_plaintext(const Keys& keys, ByteView lmdb_key, std::uint64_t version, RecordKind kind, ByteView plaintext,
                     Random& random) {
  Bytes out;
  ByteWriter writer(out);
  writer.u8(kRecordFormat).u8(static_cast<std::uint8_t>(kind)).u64(version);
  writer.bytes(seal(record_seal_key(keys, kind), record_aad(keys, kind, lmdb_key, version), plaintext, random));
  return out;
}

Bytes seal_record(const Keys& keys, ByteView lmdb_key, std::uint64_t version, const RecordName& name, ByteView value,
                  Random& random) {
  const Bytes front = plaintext_front(name, value.size());
  const std::size_t size = (front.size() + value.size() + kPadStep - 1) / kPadStep * kPadStep;
  if (name.kind == RecordKind::kSecret) {
    SecretBytes plaintext(size);
    fill_plaintext(plaintext.reveal(), front, value);
    return seal_plaintext(keys, lmdb_key, version, name.kind, plaintext.reveal(), random);
  }
  Bytes plaintext(size);
  fill_plaintext(plaintext, front, value);
  return seal_plaintext(keys, lmdb_key, version, name.kind, plaintext, random);
}

RecordFront peek_record(ByteView sealed) {
  ByteReader in = reader(sealed);
  in.require(in.u8() == kRecordFormat);
  const std::uint8_t kind = in.u8();
  in.require(kind >= static_cast<std::uint8_t>(RecordKind::kRecord) &&
             kind <= static_cast<std::uint8_t>(RecordKind::kTree));
  return {static_cast<RecordKind>(kind), in.u64()};
}

OpenedRecord open_record(const Keys& keys, ByteView lmdb_key, ByteView sealed) {
  const RecordFront front = peek_record(sealed);
  const ByteView body = sealed.subspan(kRecordFrontSize);
  const ByteReader in = reader(body);
  in.require(body.size() >= kSealOverhead);
  const std::size_t size = body.size() - kSealOverhead;
  const Bytes aad = record_aad(keys, front.kind, lmdb_key, front.version);
  const SecretBytes& key = record_seal_key(keys, front.kind);
  OpenedRecord record;
  record.kind = front.kind;
  if (front.kind == RecordKind::kSecret) {
    SecretBytes plaintext(size);
    in.require(unseal(key, aad, body, plaintext.reveal()));
    record.secret = SecretBytes::copy_of(read_plaintext(plaintext.reveal(), record));
  } else {
    Bytes plaintext(size);
    in.require(unseal(key, aad, body, plaintext));
    record.value = to_bytes(read_plaintext(plaintext, record));
  }
  return record;
}

std::uint64_t record_print(const Keys& keys, ByteView lmdb_key, std::uint64_t version) {
  Bytes place = to_bytes(lmdb_key);
  ByteWriter(place).u64(version);
  return crypto::siphash(keys.fingerprint(), place);
}

Bytes number_bytes(std::uint64_t number) {
  Bytes out;
  ByteWriter(out).u64(number);
  return out;
}

Bytes numbered_key(ByteView prefix, std::uint64_t number) {
  Bytes key = to_bytes(prefix);
  ByteWriter(key).u64(number);
  return key;
}

std::uint64_t number_from(ByteView eight_bytes) {
  return reader(eight_bytes).u64();
}

}  // namespace kms::vault
