// Adds events to the trail of a vault, straight through the store, for tests/bench/audit.
// usage: kmsctl_audit_fill VAULT KEYFILE EVENTS BATCH KEY-ARN...
// The last of them a moment ago, as many a day that the first are sixty days old: by 20 users, with the keys that are
// named and others up to 200, evenly; ten operations, 2 % of them failed, half of these for want of a permission.
// Prints how many seconds appending took.
#include <fcntl.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/audit/event_text.h"
#include "core/audit/recorder.h"
#include "core/base/file.h"
#include "core/base/random.h"
#include "core/base/secret_bytes.h"
#include "core/base/text.h"
#include "core/crypto/init.h"
#include "core/records/vault.h"
#include "core/store/retry.h"
#include "formats/credential_text.h"
#include "vault/local/vault.h"

namespace kms {
namespace {

constexpr std::size_t kKeys = 200;
constexpr std::array kNames = {"Encrypt", "Decrypt",     "GenerateDataKey", "Encrypt",     "Decrypt",
                               "Sign",    "DescribeKey", "ListGrants",      "GenerateMac", "DisableKey"};

vault::Credential keyfile_at(const std::string& path) {
  const UniqueFd fd = open_for_reading(path);
  auto secret = formats::decode_keyfile(read_all_secret(fd.get(), 4096, path));
  if (!secret) throw Error(ErrorCode::kUsage, "that is no keyfile");
  return {SlotKind::kKeyfile, *std::move(secret)};
}

// A number that looks like chance, the same for the same event.
std::size_t mixed(std::size_t number) {
  constexpr std::size_t kOdd = 2654435761;
  return (number * kOdd) >> 8U;
}

AuditEvent event_at(const AccountRegion& home, Random& random, Time when, std::size_t number,
                    const std::vector<std::string>& keys) {
  AuditEvent event(when, make_uuid(random), make_uuid(random));
  const std::string user = cat("arn:aws:iam::", home.account, ":user/u", std::to_string(mixed(number) % 20));
  event.author = EventAuthor{home, AuthorKind::kUser, user, "AIDAIOSFODNN7EXAMPLE"};
  event.author->source_address = kThisMachine;
  event.author->user_agent = "kmsctl/audit";
  event.operation = kNames.at(mixed(number / 3) % kNames.size());
  event.read_only = event.operation != "DisableKey";
  event.resources.push_back(keys.at(mixed(number / 7 + number) % keys.size()));
  if (number % 100 == 7) event.failure = EventFailure{ErrorCode::kNotFound, "Key is not found"};
  if (number % 100 == 57) event.failure = EventFailure{ErrorCode::kAccessDenied, "User is not authorized"};
  *event.request_parameters = {{"keyId", event.resources.front()},
                               {"encryptionContext", {{"app", "web"}, {"row", std::to_string(number)}}},
                               {"encryptionAlgorithm", "SYMMETRIC_DEFAULT"}};
  return event;
}

void fill_trail(const std::string& path, const std::string& keyfile, std::size_t events, std::size_t batch,
                std::vector<std::string> keys) {
  SystemRandom random;
  const auto opened = vault::Vault::open(path, keyfile_at(keyfile), random, {});
  const AccountRegion home = find_home(*opened->begin(Access::kRead));
  while (keys.size() < kKeys) keys.push_back(home.arn(cat("key/", make_uuid(random))));
  const Time now = SystemClock().now();
  const auto span = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::days(60));
  AuditRecorder recorder;
  std::chrono::duration<double> appending{0};
  for (std::size_t done = 0; done < events; done += batch) {
    std::vector<AuditEvent> made;
    made.reserve(batch);
    for (std::size_t i = done; i < done + batch && i < events; ++i) {
      made.push_back(event_at(home, random, now - span * (events - i) / events, i, keys));
    }
    const auto start = std::chrono::steady_clock::now();
    transact(*opened, [&](Transaction& transaction) {
      for (const AuditEvent& event : made) recorder.append(transaction, event);
    });
    appending += std::chrono::steady_clock::now() - start;
  }
  (void)std::printf("%.6f\n", appending.count());
}

}  // namespace
}  // namespace kms

int main(int argc, char** argv) {
  if (argc < 5) return EXIT_FAILURE;
  try {
    kms::crypto::init();
    (void)kms::init_secure_heap(std::size_t{1} << 20U);
    kms::fill_trail(argv[1], argv[2], std::stoul(argv[3]), std::stoul(argv[4]), {argv + 5, argv + argc});
    return EXIT_SUCCESS;
  } catch (const std::exception& error) {
    (void)std::fprintf(stderr, "%s\n", error.what());
    return EXIT_FAILURE;
  }
}
