#pragma once
// Who each proof stands for, as agent_sequence_fuzz.cc knows it from the answers that it got: by unique ids alone, in
// plain tables, and without anything of the product.
#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/text.h"

namespace kms::testing {

inline const std::string kModelAccount = "111122223333";
inline const std::string kModelRoot = "arn:aws:iam::111122223333:root";

inline std::string arn_of(const std::string& name) {  // of root, user/NAME, role/NAME
  return cat("arn:aws:iam::", kModelAccount, ":", name);
}

// A principal at one time: `id` is empty for the root.
struct Holder {
  std::string arn;
  std::string id;
};

// Whom an answer has to name.
struct Who {
  std::string arn;
  std::string user_id;
  std::string id;  // of the user or the role; empty for the root
  bool root() const { return id.empty(); }
};

struct ModelKey {  // an access key
  std::string id;
  std::string secret;
  Holder holder;
};

struct ModelSession {
  std::string token;
  std::string access_key_id;
  std::string secret;
  Holder source;
  Holder role;
  std::string name;
  Time expires;
};

struct ModelSlot {
  std::string id;
  char fill;
  std::string principal;
};

struct Model {
  bool locked = true;
  std::map<std::string, std::string> identities;  // ARN to unique id
  std::set<std::string> administrators;           // unique ids that a policy of their own allows everything
  std::map<std::string, std::string> trusted;     // role's unique id to that of whom it trusts; empty: nobody
  std::vector<ModelKey> access_keys;              // also deleted ones, which no one holds
  std::set<std::string> live_access_keys;         // ids
  std::map<std::uint32_t, Holder> mappings;
  std::map<std::uint32_t, Holder> standings;
  std::vector<ModelSession> sessions;  // also those that are over
  std::vector<ModelSlot> slots;
  std::map<std::string, std::string> grants;  // id to the grantee's unique id
  std::set<std::string> named_by_key;         // unique ids that the key's policy names
  std::map<std::uint32_t, int> failures;      // of unlocking

  bool is_current(const Holder& holder) const {
    if (holder.id.empty()) return holder.arn == kModelRoot;
    const auto found = identities.find(holder.arn);
    return found != identities.end() && found->second == holder.id;
  }
  Holder present(const std::string& arn) const {
    const auto found = identities.find(arn);
    return {arn, found == identities.end() ? std::string() : found->second};
  }

  std::optional<Who> who(const Holder& holder) const {
    if (locked || !is_current(holder)) return std::nullopt;
    return Who{holder.arn, holder.id.empty() ? kModelAccount : holder.id, holder.id};
  }
  std::optional<Holder> holder_of(std::uint32_t uid) const {
    for (const auto* table : {&standings, &mappings}) {
      if (const auto found = table->find(uid); found != table->end()) return found->second;
    }
    return std::nullopt;
  }
  std::optional<Who> by_uid(std::uint32_t uid) const {
    const auto holder = holder_of(uid);
    return holder ? who(*holder) : std::nullopt;
  }
  std::optional<Who> by_session(const ModelSession& session, Time now) const {
    if (!who(session.source) || !is_current(session.role) || now >= session.expires) return std::nullopt;
    const std::string role = session.role.arn.substr(session.role.arn.find('/') + 1);
    return Who{cat("arn:aws:sts::", kModelAccount, ":assumed-role/", role, "/", session.name),
               cat(session.role.id, ":", session.name), session.role.id};
  }
  std::optional<Who> by_uid_with(std::uint32_t uid, const ModelSession& session, Time now) const {
    const auto holder = holder_of(uid);
    const bool own = holder && holder->arn == session.source.arn && holder->id == session.source.id;
    return own ? by_session(session, now) : std::nullopt;
  }
  std::optional<Who> by_key(const ModelKey& key) const {
    return live_access_keys.contains(key.id) ? who(key.holder) : std::nullopt;
  }

  bool may_administer(const Who& caller) const { return caller.root() || administrators.contains(caller.id); }
  bool may_use_key(const Who& caller) const {
    const bool granted =
        std::any_of(grants.begin(), grants.end(), [&](const auto& grant) { return grant.second == caller.id; });
    return may_administer(caller) || granted || named_by_key.contains(caller.id);
  }

  void removed(const std::string& arn) {  // its identity, and with it its access keys
    for (const ModelKey& key : access_keys) {
      if (key.holder.arn == arn) live_access_keys.erase(key.id);
    }
    identities.erase(arn);
  }
};

}  // namespace kms::testing
