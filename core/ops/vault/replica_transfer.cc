#include "core/ops/vault/replica_transfer.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/records/keys.h"
#include "core/records/stored_record.h"
#include "core/records/vault.h"
#include "core/service/response.h"
#include "core/upkeep/key_sets.h"
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

// What was last imported: by whom, and which state. Outlives the key: an older state could bring it back.
struct Exchange {
  std::uint64_t sequence = 0;
  std::string sender = {};
};

constexpr std::string_view kImported = "imported";

Exchange find_exchange(const Transaction& transaction, const Key& key) {
  const auto stored = transaction.get(collection(kImported, key.home), key.id.str());
  if (!stored) return {};
  const StoredRecord record(*stored);
  return {static_cast<std::uint64_t>(record.number("sequence")), record.text("sender")};
}

void put_exchange(Transaction& transaction, const Key& key, const Exchange& exchange) {
  transaction.put(collection(kImported, key.home), key.id.str(),
                  Json{{"sequence", exchange.sequence}, {"sender", exchange.sender}}.dump());
}

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

// The keys of the set that this vault has, in whichever Regions.
std::vector<Key> members_here(const Call& call, const Key& arrived) {
  std::vector<Key> members;
  for (const std::string& region : find_regions(call.transaction)) {
    auto member = find_key(call.transaction, {arrived.home.account, region}, arrived.id);
    if (member) members.push_back(*std::move(member));
  }
  return members;
}

// As it is before it hears what the bundle tells of the set.
Key new_member(Key arrived) {
  arrived.materials.clear();
  arrived.sequence = 0;
  return arrived;
}

// A bundle speaks for the whole set: all of it must have come from there, or be this vault's own.
void require_same_sender(const Call& call, const std::vector<Key>& members, const TransportKey& sender) {
  if (sender == own_transport_key(call)) return;
  for (const Key& member : members) {
    const Exchange last = find_exchange(call.transaction, member);
    if (last.sender == formats::to_text(sender)) continue;
    throw Error(ErrorCode::kAlreadyExists,
                cat("The key ", member.arn(), " exists, and does not come from the vault that sends its replica."));
  }
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
    const BackingKeyId stored_as = backing_key_id(arrived.key.materials[i].id);
    if (bytes.empty()) {  // imported material never travels
      in.require(key.origin == Origin::kExternal || find_material(call.transaction, key, stored_as).has_value());
      continue;
    }
    in.require(key.origin == Origin::kAwsKms);
    const SecretBytes secret = SecretBytes::copy_of(bytes);
    in.require(make_material_id(key.id, secret) == arrived.key.materials[i].id);
    if (!find_material(call.transaction, key, stored_as)) {
      put_material(call.transaction, key, arrived.key.materials[i].id, secret);
    }
  }
  in.require_end();
}

}  // namespace

GetTransportKeyResponse get_transport_key(Call& call, const EmptyRequest& /*request*/) {
  const TransportKey key = own_transport_key(call);
  return {formats::to_text(key), formats::fingerprint(key)};
}

ExportReplicaResponse export_replica(Call& call, const ExportReplicaRequest& request) {
  const Key& key = call.key.value();
  require_primary(key);
  require_state(key, kUsable);
  const TransportKey recipient = require_transport_key(request.recipient, "Recipient");
  const std::string region = request.replica_region.empty() ? recipient.region : request.replica_region;
  if (recipient.account != key.home.account) {
    throw Error(ErrorCode::kValidation, cat("The other vault has the account ", recipient.account, ", the key ",
                                            key.home.account, ": the keys of a set belong to one account."));
  }
  clear_place(call.context, call.transaction, {key.home.account, region}, key.id, call.now());
  if (find_key(call.transaction, {key.home.account, region}, key.id)) {
    throw Error(ErrorCode::kAlreadyExists,
                cat("This vault has a key of the set in ", region, " itself; each Region has one. Give another with ",
                    "--replica-region."));
  }
  // As it is when a replica that was in the way has left.
  KeySet set =
      load_set(call.transaction, StoredRecord::present(find_key(call.transaction, key.home, key.id)), call.now());
  set.add_region(region);
  const std::uint64_t sequence = set.next_sequence();
  store_set(call.context, call.transaction, set, key.home.region, call.now());
  std::vector<SecretBytes> secrets;
  std::vector<std::size_t> sizes;
  for (const BackingKey& each : set.leader().materials) {
    auto secret =
        key.origin == Origin::kAwsKms ? find_material(call.transaction, key, backing_key_id(each.id)) : std::nullopt;
    secrets.push_back(secret ? *std::move(secret) : SecretBytes());
    sizes.push_back(secrets.back().size());
  }
  std::size_t total = 0;
  for (const std::size_t size : sizes) total += size;
  ReplicaBundle bundle{own_transport_key(call), sequence, describe(set.leader(), region, sizes), SecretBytes(total)};
  auto at = bundle.material.reveal().begin();
  for (const SecretBytes& secret : secrets) at = std::copy(secret.reveal().begin(), secret.reveal().end(), at);
  Bytes file =
      formats::seal_bundle(owned_key(call.transaction, OwnedKey::kTransport), recipient, bundle, call.context.random);
  return {key.arn(),
          region,
          static_cast<std::int64_t>(sequence),
          std::move(file),
          formats::fingerprint(bundle.sender),
          formats::fingerprint(recipient)};
}

ImportReplicaResponse import_replica(Call& call, const ImportReplicaRequest& request) {
  const ReplicaBundle bundle = formats::open_bundle(owned_key(call.transaction, OwnedKey::kTransport), request.bundle);
  if (!request.sender.empty() && require_transport_key(request.sender, "Sender") != bundle.sender) {
    throw Error(ErrorCode::kAccessDenied, "The replica was not sent by the vault whose transport key was given.");
  }
  Arrived arrived = read_description(bundle.description);
  arrived.key.sequence = bundle.sequence;
  arrived.key.creation_date = call.now();
  const AccountRegion& home = arrived.key.home;
  const auto regions = find_regions(call.transaction);
  if (home.account != find_home(call.transaction).account ||
      std::find(regions.begin(), regions.end(), home.region) == regions.end()) {
    throw Error(ErrorCode::kValidation, cat("The replica is for ", home.region, " of account ", home.account,
                                            ", which is not part of this vault."));
  }
  clear_place(call.context, call.transaction, home, arrived.key.id, call.now());
  const auto existing = find_key(call.transaction, home, arrived.key.id);
  const Exchange last = find_exchange(call.transaction, arrived.key);
  require_successor(bundle, last, existing);
  if (last.sender.empty() && request.sender.empty()) {
    throw Error(ErrorCode::kValidation,
                cat("Whoever knows the transport key of this vault can send it a key: the first replica of a key needs "
                    "Sender, the transport key of the vault that it comes from. This one says that it comes from ",
                    formats::fingerprint(bundle.sender), "."));
  }
  std::vector<Key> members = members_here(call, arrived.key);
  require_same_sender(call, members, bundle.sender);
  if (!existing) members.push_back(new_member(arrived.key));
  KeySet set(std::move(members), call.now());
  set.merge(arrived.key);
  const Key& key = set.in(home.region);
  call.event.resources.push_back(key.arn());
  put_materials(call, key, arrived, bundle.material);
  store_set(call.context, call.transaction, set, home.region, call.now());
  put_exchange(call.transaction, key, {bundle.sequence, formats::to_text(bundle.sender)});
  return {key_metadata(key), static_cast<std::int64_t>(bundle.sequence), formats::fingerprint(bundle.sender)};
}

// Of a replica in another vault, this one does not learn that it is gone.
EmptyResponse forget_replica(Call& call, const ForgetReplicaRequest& request) {
  const Key& key = call.key.value();
  require_primary(key);
  const AccountRegion there{key.home.account, request.replica_region};
  const bool listed = std::find(key.regions.begin(), key.regions.end(), there.region) != key.regions.end();
  if (!listed || find_key(call.transaction, there, key.id)) {
    throw Error(ErrorCode::kNotFound, cat("The key has no replica in another vault in ", there.region, "."));
  }
  KeySet set = load_set(call.transaction, key, call.now());
  set.leave(there.region);
  store_set(call.context, call.transaction, set, key.home.region, call.now());
  return {};
}

}  // namespace kms
