#pragma once
// Replicas in other vaults: they leave and arrive as sealed files (formats/replica_bundle.md).
#include <cstdint>
#include <string>
#include <string_view>

#include "core/ops/kms/fields.h"
#include "core/ops/kms/key_metadata.h"
#include "core/ops/kms/patterns.h"
#include "core/ops/vault/regions.h"

namespace kms {

inline constexpr Rule kSenderFingerprintRule{.help = "Of the transport key of the vault that sends"};

struct GetTransportKeyResponse {
  std::string transport_key;
  std::string fingerprint;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("TransportKey", transport_key, {.help = "What other vaults seal replicas for this one to"});
    visit("Fingerprint", fingerprint, {.help = "Of the transport key, to compare by eye"});
  }
};
GetTransportKeyResponse get_transport_key(Call& call, const EmptyRequest& request);

struct ExportReplicaRequest {
  std::string key_id;
  std::string recipient;
  std::string replica_region;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("KeyId", key_id, kKeyIdRule);
    visit("Recipient", recipient,
          {.required = true, .min = 1, .max = 1024, .help = "Transport key of the other vault"});
    visit("ReplicaRegion", replica_region,
          {.min = 1,
           .max = 32,
           .pattern = &kKnownRegionPattern,
           .help = "Region of the replica; that of the other vault"});
  }
  std::string_view key_reference() const { return key_id; }
};
struct ExportReplicaResponse {
  std::string key_id;
  std::string replica_region;
  std::int64_t sequence = 0;
  Bytes bundle;
  std::string sender_fingerprint;
  std::string recipient_fingerprint;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("KeyId", key_id, kAnsweredKeyRule);
    visit("ReplicaRegion", replica_region, {.help = "Region of the replica"});
    visit("Sequence", sequence, {.help = "Number of the state of the key that was sealed"});
    visit("Bundle", bundle, {.help = "For ImportReplica in the other vault"});
    visit("SenderFingerprint", sender_fingerprint, kSenderFingerprintRule);
    visit("RecipientFingerprint", recipient_fingerprint, {.help = "Of the transport key of the other vault"});
  }
};
ExportReplicaResponse export_replica(Call& call, const ExportReplicaRequest& request);

struct ImportReplicaRequest {
  Bytes bundle;
  std::string sender;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Bundle", bundle, {.required = true, .min = 1, .max = 1048576, .help = "What ExportReplica answered"});
    visit(
        "Sender", sender,
        {.min = 1, .max = 1024, .help = "Transport key that it must come from; needed for the first replica of a key"});
  }
};
struct ImportReplicaResponse {
  KeyMetadata key_metadata;
  std::int64_t sequence = 0;
  std::string sender_fingerprint;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("KeyMetadata", key_metadata, {.help = "What the key is"});
    visit("Sequence", sequence, {.help = "Number of the state of the key that was imported"});
    visit("SenderFingerprint", sender_fingerprint, kSenderFingerprintRule);
  }
};
ImportReplicaResponse import_replica(Call& call, const ImportReplicaRequest& request);

struct ForgetReplicaRequest {
  std::string key_id;
  std::string replica_region;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("KeyId", key_id, kKeyIdRule);
    visit("ReplicaRegion", replica_region,
          {.required = true, .min = 1, .max = 32, .pattern = &kKnownRegionPattern, .help = "Region of the replica"});
  }
  std::string_view key_reference() const { return key_id; }
};
EmptyResponse forget_replica(Call& call, const ForgetReplicaRequest& request);

}  // namespace kms
