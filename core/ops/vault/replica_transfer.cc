#include "core/ops/vault/replica_transfer.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/ops/kms/keys.h"
#include "core/records/keys.h"
#include "core/records/stored_record.h"
#include "core/records/vault.h"
#include "core/upkeep/destruction.h"
#include "core/upkeep/upkeep.h"
#include "formats/replica_bundle.h"

namespace kms {
namespace {

using formats::ReplicaBundle;
using formats::TransportKey;

TransportKey own_transport_key(const Call& call) {
  const AccountRegion home = find_home(call.transaction);
  return formats::transport_key(owned_key(call.transaction, OwnedKey::kTransport), home.account, home.region);
}

TransportKey require_transport_key(std::string_view text, std::string_view member) {
  const auto key = formats::parse_transport_key(text);
  if (!key) {
    throw Error(ErrorCode::kValidation,
                cat(member, " is no transport key: it is the line that `kmsctl vault transport-key` prints"));
  }
  return *key;
}

// How often a key was exported from here, or what was last imported: by whom, and which state.
struct Exchange {
  std::uint64_t sequence = 0;
  std::string sender = {};
};

Exchange find_exchange(const Transaction& transaction, std::string_view table, const Key& key) {
  const auto stored = transaction.get(collection(table, key.home), key.id.str());
  if (!stored) return {};
  const StoredRecord record(*stored);
  return {static_cast<std::uint64_t>(record.number("sequence")), record.text("sender")};
}

void put_exchange(Transaction& transaction, std::string_view table, const Key& key, const Exchange& exchange) {
  transaction.put(collection(table, key.home), key.id.str(),
                  Json{{"sequence", exchange.sequence}, {"sender", exchange.sender}}.dump());
}

constexpr std::string_view kExported = "exported";
constexpr std::string_view kImported = "imported";

// What the keys of a set share, as the bundle carries it.
std::string describe(const Key& key, const std::string& region, const std::vector<std::size_t>& sizes) {
  Json materials = Json::array();
  for (std::size_t i = 0; i < key.materials.size(); ++i) {
    const BackingKey& each = key.materials[i];
    Json entry{{"id", each.id}, {"state", to_text(each.state)}, {"size", sizes[i]}};
    if (each.rotation_date) entry["rotated"] = milliseconds(*each.rotation_date);
    if (each.rotation_type) entry["rotation"] = to_text(*each.rotation_type);
    materials.push_back(std::move(entry));
  }
  return Json{{"account", key.home.account},
              {"region", region},
              {"key", key.id.str()},
              {"spec", to_text(key.spec)},
              {"usage", to_text(key.usage)},
              {"origin", to_text(key.origin)},
              {"public", encode_base64(key.public_key)},
              {"primary", key.primary_region},
              {"regions", key.regions},
              {"rotates", key.rotation.enabled},
              {"period", key.rotation.period_days},
              {"next_rotation", milliseconds(key.rotation.next)},
              {"on_demand", key.rotation.on_demand_count},
              {"materials", std::move(materials)}}
      .dump();
}

// The key that the description speaks of, without what each region has for itself.
struct Arrived {
  Key key;
  std::vector<std::size_t> sizes;
};

Arrived read_description(const std::string& description) {
  const StoredRecord record(description);
  Key key{{record.text("account"), record.text("region")}, StoredRecord::present(KeyId::parse(record.text("key")))};
  key.spec = record.name_of<KeySpec>("spec");
  key.usage = record.name_of<KeyUsage>("usage");
  key.origin = record.name_of<Origin>("origin");
  key.public_key = record.blob("public");
  key.primary_region = record.text("primary");
  key.regions = record.list("regions");
  key.rotation = {record.flag("rotates", false), record.small_number("period", Rotation::kDefaultPeriod),
                  record.time("next_rotation"), record.small_number("on_demand", 0)};
  std::vector<std::size_t> sizes;
  for (const StoredRecord& each : record.records("materials")) {
    BackingKey material{each.text("id"), each.name_of<MaterialState>("state")};
    material.rotation_date = each.optional_time("rotated");
    if (each.has("rotation")) material.rotation_type = each.name_of<RotationType>("rotation");
    material.present = key.origin == Origin::kAwsKms;
    key.materials.push_back(std::move(material));
    sizes.push_back(static_cast<std::size_t>(each.number("size")));
  }
  return {std::move(key), std::move(sizes)};
}

// A replica keeps what is its own: state, description, tags.
Key merge(const Call& call, const Key& arrived, const std::optional<Key>& existing) {
  Key key = arrived;
  key.creation_date = existing ? existing->creation_date : call.now();
  key.state = existing ? existing->state : KeyState::kEnabled;
  if (key.origin == Origin::kExternal) {  // imported material never travels
    if (!existing) key.state = KeyState::kPendingImport;
    key.materials = existing ? existing->materials : std::vector<BackingKey>();
  }
  if (!existing) return key;
  key.description = existing->description;
  key.tags = existing->tags;
  key.deletion_window_days = existing->deletion_window_days;
  key.deletion_date = existing->deletion_date;
  key.due_sight = existing->due_sight;
  return key;
}

// From whom a replica first came, from there alone it goes on; and only forward.
void require_successor(const ReplicaBundle& bundle, const Exchange& last, const std::optional<Key>& existing) {
  const std::string sender = formats::to_text(bundle.sender);
  if (existing && last.sender.empty()) {
    throw Error(ErrorCode::kAlreadyExists, cat("The key ", existing->arn(), " exists, and is no imported replica."));
  }
  if (!last.sender.empty() && last.sender != sender) {
    throw Error(ErrorCode::kAccessDenied, "The replica comes from another vault than the one it came from before.");
  }
  if (bundle.sequence <= last.sequence) {
    throw Error(ErrorCode::kConflict,
                cat("The file holds state ", std::to_string(bundle.sequence), " of the key, and state ",
                    std::to_string(last.sequence), " was imported already: export it again."));
  }
}

void put_materials(Call& call, const Key& key, const Arrived& arrived, const SecretBytes& material) {
  ByteReader in(material.reveal(), ErrorCode::kInvalidCiphertext,
                "the replica cannot be imported: material is missing");
  for (std::size_t i = 0; i < arrived.sizes.size(); ++i) {
    const ByteView bytes = in.take(arrived.sizes[i]);
    if (bytes.empty()) continue;
    const SecretBytes secret = SecretBytes::copy_of(bytes);
    in.require(make_material_id(key.id, secret) == arrived.key.materials[i].id);
    if (!find_material(call.transaction, key, backing_key_id(arrived.key.materials[i].id))) {
      put_material(call.transaction, key, arrived.key.materials[i].id, secret);
    }
  }
  in.require_end();
}

}  // namespace

Json get_transport_key(Call& call, const EmptyRequest& /*request*/) {
  const TransportKey key = own_transport_key(call);
  return {{"TransportKey", formats::to_text(key)}, {"Fingerprint", formats::fingerprint(key)}};
}

Json export_replica(Call& call, const ExportReplicaRequest& request) {
  Key& key = call.key.value();
  require_primary(key);
  require_state(key, kUsable);
  const TransportKey recipient = require_transport_key(request.recipient, "Recipient");
  const std::string region = request.replica_region.empty() ? recipient.region : request.replica_region;
  if (recipient.account != key.home.account) {
    throw Error(ErrorCode::kValidation, cat("The other vault has the account ", recipient.account, ", the key ",
                                            key.home.account, ": the keys of a set belong to one account."));
  }
  if (find_key(call.transaction, {key.home.account, region}, key.id)) {
    throw Error(ErrorCode::kAlreadyExists,
                cat("This vault has a key of the set in ", region, " itself; each Region has one. Give another with ",
                    "--replica-region."));
  }
  if (std::find(key.regions.begin(), key.regions.end(), region) == key.regions.end()) {
    key.regions.push_back(region);
    std::sort(key.regions.begin(), key.regions.end());
    put_shared(call.context, call.transaction, key, call.now());
  }
  std::vector<SecretBytes> secrets;
  std::vector<std::size_t> sizes;
  for (const BackingKey& each : key.materials) {
    auto secret =
        key.origin == Origin::kAwsKms ? find_material(call.transaction, key, backing_key_id(each.id)) : std::nullopt;
    secrets.push_back(secret ? *std::move(secret) : SecretBytes());
    sizes.push_back(secrets.back().size());
  }
  Exchange exchange = find_exchange(call.transaction, kExported, key);
  ++exchange.sequence;
  put_exchange(call.transaction, kExported, key, exchange);
  std::size_t total = 0;
  for (const std::size_t size : sizes) total += size;
  ReplicaBundle bundle{own_transport_key(call), exchange.sequence, describe(key, region, sizes), SecretBytes(total)};
  auto at = bundle.material.reveal().begin();
  for (const SecretBytes& secret : secrets) at = std::copy(secret.reveal().begin(), secret.reveal().end(), at);
  const Bytes file =
      formats::seal_bundle(owned_key(call.transaction, OwnedKey::kTransport), recipient, bundle, call.context.random);
  return {{"KeyId", key.arn()},
          {"ReplicaRegion", region},
          {"Sequence", exchange.sequence},
          {"Bundle", blob(file)},
          {"SenderFingerprint", formats::fingerprint(bundle.sender)},
          {"RecipientFingerprint", formats::fingerprint(recipient)}};
}

Json import_replica(Call& call, const ImportReplicaRequest& request) {
  const ReplicaBundle bundle = formats::open_bundle(owned_key(call.transaction, OwnedKey::kTransport), request.bundle);
  if (!request.sender.empty() && require_transport_key(request.sender, "Sender") != bundle.sender) {
    throw Error(ErrorCode::kAccessDenied, "The replica was not sent by the vault whose transport key was given.");
  }
  const Arrived arrived = read_description(bundle.description);
  const AccountRegion& home = arrived.key.home;
  const auto regions = find_regions(call.transaction);
  if (home.account != find_home(call.transaction).account ||
      std::find(regions.begin(), regions.end(), home.region) == regions.end()) {
    throw Error(ErrorCode::kValidation, cat("The replica is for ", home.region, " of account ", home.account,
                                            ", which is not part of this vault."));
  }
  const auto existing = find_key(call.transaction, home, arrived.key.id);
  const Exchange last = find_exchange(call.transaction, kImported, arrived.key);
  require_successor(bundle, last, existing);
  if (last.sender.empty() && request.sender.empty()) {
    throw Error(ErrorCode::kValidation,
                cat("Whoever knows the transport key of this vault can send it a key: the first replica of a key needs "
                    "Sender, the transport key of the vault that it comes from. This one says that it comes from ",
                    formats::fingerprint(bundle.sender), "."));
  }
  const Key key = merge(call, arrived.key, existing);
  call.event.resources.push_back(key.arn());
  put_key(call.transaction, key);
  put_materials(call, key, arrived, bundle.material);
  put_exchange(call.transaction, kImported, key, {bundle.sequence, formats::to_text(bundle.sender)});
  return {{"KeyMetadata", key_metadata(key)},
          {"Sequence", bundle.sequence},
          {"SenderFingerprint", formats::fingerprint(bundle.sender)}};
}

// Of a replica in another vault, this one does not learn that it is gone.
Json forget_replica(Call& call, const ForgetReplicaRequest& request) {
  const Key& key = call.key.value();
  require_primary(key);
  Key replica = key;
  replica.home.region = request.replica_region;
  const bool listed = std::find(key.regions.begin(), key.regions.end(), request.replica_region) != key.regions.end();
  if (!listed || find_key(call.transaction, replica.home, key.id)) {
    throw Error(ErrorCode::kNotFound, cat("The key has no replica in another vault in ", request.replica_region, "."));
  }
  leave_set(call.context, call.transaction, replica, call.now());
  return Json::object();
}

}  // namespace kms
