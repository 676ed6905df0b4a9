#pragma once
// `key show`: all that can be known of one key.
#include <optional>
#include <string>
#include <vector>

#include "cli/session.h"
#include "core/ops/kms/aliases.h"
#include "core/ops/kms/grants.h"
#include "core/ops/kms/key_metadata.h"
#include "core/ops/kms/rotation.h"
#include "core/ops/kms/tags.h"
#include "core/ops/kms/usage.h"

namespace kms::cli {

// What is absent, the caller may not see; or the key has no such thing.
struct KeyPicture {
  KeyMetadata key_metadata;
  std::optional<std::vector<AliasListEntry>> aliases;
  std::optional<KeyLastUsage> last_usage;
  std::optional<std::string> last_used_by;
  std::optional<GetKeyRotationStatusResponse> rotation;
  std::optional<std::vector<RotationsListEntry>> rotations;
  std::optional<std::string> policy;
  std::optional<std::vector<GrantListEntry>> grants;
  std::optional<std::vector<Tag>> tags;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("KeyMetadata", key_metadata, {});
    visit("Aliases", aliases, {});
    visit("KeyLastUsage", last_usage, {});
    visit("LastUsedBy", last_used_by, {});
    visit("Rotation", rotation, {});
    visit("Rotations", rotations, {});
    visit("Policy", policy, {});
    visit("Grants", grants, {});
    visit("Tags", tags, {});
  }
};

// One call for each of its parts. `key` is an id, an ARN or an alias. Throws Error when the key itself may not be seen.
KeyPicture picture_of(Session& session, const std::string& key);
// To a person on one screen, else as one document.
void show_key(Session& session, const std::string& key, bool wide);

}  // namespace kms::cli
