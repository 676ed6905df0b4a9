// Adds keys and events to a vault, straight through the store: a million in a minute, for tests/bench/scale.
// usage: kmsctl_scale VAULT KEYFILE KEYS [EVENTS]
// Each key has material and an alias, every second one rotates, every tenth has a policy, every hundredth a grant.
// The events tell of Encrypt, a second apart, by root and a hundred users with a thousand keys; every 40,000th is a
// DisableKey.
#include <fcntl.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <nlohmann/json.hpp>
#include <string>

#include "core/audit/event_text.h"
#include "core/audit/recorder.h"
#include "core/base/encoding.h"
#include "core/base/file.h"
#include "core/base/random.h"
#include "core/base/secret_bytes.h"
#include "core/base/text.h"
#include "core/crypto/init.h"
#include "core/model/principal.h"
#include "core/records/grants.h"
#include "core/records/keys.h"
#include "core/records/vault.h"
#include "core/store/retry.h"
#include "formats/credential_text.h"
#include "vault/local/vault.h"

namespace kms {
namespace {

constexpr int kBatch = 20'000;

vault::Credential read_keyfile(const std::string& path) {
  const UniqueFd fd = open_for_reading(path);
  auto secret = formats::decode_keyfile(read_all_secret(fd.get(), 4096, path));
  if (!secret) throw Error(ErrorCode::kUsage, "that is no keyfile");
  return {SlotKind::kKeyfile, *std::move(secret)};
}

void add_key(Transaction& transaction, const AccountRegion& home, Random& random, Time now, int number) {
  Key key{home, KeyId::generate(random, false)};
  key.creation_date = now;
  const SecretBytes material = random.secret(32);
  key.materials.push_back({make_material_id(key.id, material)});
  if (number % 2 == 0) {
    key.rotation = {true, Rotation::kDefaultPeriod, now + std::chrono::hours(24) * 365 + std::chrono::seconds(number)};
  }
  put_key(transaction, key);
  put_material(transaction, key, key.material_id(), material);
  put_alias(transaction, {home, cat("alias/scale/", std::to_string(number)), key.id, now, now});
  const std::string root = root_principal(home.account);
  if (number % 10 == 0) {
    put_policy(transaction, key,
               {cat(R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":")", root,
                    R"("},"Action":"kms:*","Resource":"*"}]})")});
  }
  if (number % 100 != 0) return;
  Grant grant{key.id, encode_hex(random.bytes(32)), {}, now, {}, {}, {}, {}, {}, {}, {}};
  grant.grantee_principal = grant.issuing_account = root;
  grant.operations = {GrantOperation::kEncrypt};
  put_grant(transaction, key, grant);
}

void add_event(Transaction& transaction, const AccountRegion& home, Random& random, Time when, int number) {
  AuditEvent event(when, make_uuid(random), make_uuid(random));
  const std::string user = cat("arn:aws:iam::", home.account, ":user/u", std::to_string(number % 100));
  const bool by_root = number % 7 == 0;
  event.author = EventAuthor{home, by_root ? AuthorKind::kRoot : AuthorKind::kUser,
                             by_root ? root_principal(home.account) : user, by_root ? home.account : user};
  event.author->source_address = kThisMachine;
  event.author->user_agent = "kmsctl/scale";
  event.operation = number % 40'000 == 39'999 ? "DisableKey" : "Encrypt";
  const std::string key = std::to_string(number * 7 % 1000);
  event.resources.push_back(home.arn(cat("key/00000000-0000-4000-8000-", std::string(12 - key.size(), '0'), key)));
  *event.request_parameters = {{"keyId", event.resources.front()},
                               {"encryptionContext", {{"app", "web"}, {"row", std::to_string(number)}}},
                               {"encryptionAlgorithm", "SYMMETRIC_DEFAULT"}};
  AuditRecorder().append(transaction, event);
}

void fill(const std::string& path, const std::string& keyfile, int count, int events) {
  SystemRandom random;
  const auto opened = vault::Vault::open(path, read_keyfile(keyfile), random, {});
  const Time now = SystemClock().now();
  for (int done = 0; done < events; done += kBatch) {
    transact(*opened, [&](Transaction& transaction) {
      const AccountRegion home = find_home(transaction);
      for (int i = done; i < done + kBatch && i < events; ++i) {
        add_event(transaction, home, random, now - std::chrono::seconds(events - i), i);
      }
    });
  }
  for (int done = 0; done < count; done += kBatch) {
    transact(*opened, [&](Transaction& transaction) {
      const AccountRegion home = find_home(transaction);
      const auto there = static_cast<int>(count_keys(transaction, home).all);
      for (int i = 0; i < kBatch && done + i < count; ++i) add_key(transaction, home, random, now, there + i);
    });
  }
}

}  // namespace
}  // namespace kms

int main(int argc, char** argv) {
  if (argc != 4 && argc != 5) return EXIT_FAILURE;
  try {
    kms::crypto::init();
    (void)kms::init_secure_heap(std::size_t{1} << 20U);
    // NOLINTNEXTLINE(cert-err34-c): of a bench
    kms::fill(argv[1], argv[2], std::atoi(argv[3]), argc == 5 ? std::atoi(argv[4]) : 0);
    return EXIT_SUCCESS;
  } catch (const std::exception& error) {
    (void)std::fprintf(stderr, "%s\n", error.what());
    return EXIT_FAILURE;
  }
}
