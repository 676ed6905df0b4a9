#pragma once
// A vault in a temporary directory, for tests.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/service/caller.h"
#include "tests/support/commit.h"
#include "vault/local/vault.h"

namespace kms::test {

inline constexpr const char* kRoot = "arn:aws:iam::111122223333:root";
inline constexpr const char* kAlice = "arn:aws:iam::111122223333:user/alice-marker";

inline SecretBytes secret_of(std::string_view text) {
  return SecretBytes::copy_of(as_bytes(text));
}

// While it lives, no file of this process grows, nor is written beyond its first bytes.
class NoRoomOnDisk {
 public:
  NoRoomOnDisk() {
    getrlimit(RLIMIT_FSIZE, &before_);
    rlimit none = before_;
    none.rlim_cur = 1;
    std::signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &none);
  }
  ~NoRoomOnDisk() { setrlimit(RLIMIT_FSIZE, &before_); }
  NoRoomOnDisk(const NoRoomOnDisk&) = delete;
  NoRoomOnDisk& operator=(const NoRoomOnDisk&) = delete;
  NoRoomOnDisk(NoRoomOnDisk&&) = delete;
  NoRoomOnDisk& operator=(NoRoomOnDisk&&) = delete;

 private:
  rlimit before_{};
};

inline vault::Credential passphrase(std::string_view text) {
  return {SlotKind::kPassphrase, secret_of(text)};
}

inline SecretBytes raw_key(char fill) {
  return secret_of(std::string(32, fill));
}

// What the unix socket of an agent proves of a user of the system.
inline Proof proof_of_uid(std::uint32_t uid) {
  Proof proof;
  proof.uid = uid;
  proof.source_address = kThisMachine;
  return proof;
}

inline vault::Credential keyfile(char fill) {
  return {SlotKind::kKeyfile, raw_key(fill)};
}

inline vault::Options cheap_options() {
  vault::Options options;
  options.initial_map_bytes = std::size_t{1} << 20U;
  options.sorting_memory = std::size_t{1} << 10U;
  options.passphrase_cost = {.memory_kib = 8, .passes = 1};
  options.minimum_cost = options.passphrase_cost;
  options.lock_patience = std::chrono::milliseconds(20000);
  return options;
}

class VaultWorld {
 public:
  VaultWorld() {
    std::string pattern = (std::filesystem::temp_directory_path() / "kmsctl-vault-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw Error(ErrorCode::kFile, "mkdtemp");
    base = pattern;
    path = base + "/vault";
  }
  ~VaultWorld() { std::filesystem::remove_all(base); }
  VaultWorld(const VaultWorld&) = delete;
  VaultWorld& operator=(const VaultWorld&) = delete;
  VaultWorld(VaultWorld&&) = delete;
  VaultWorld& operator=(VaultWorld&&) = delete;

  // Opens with the passphrase "correct horse" as root, and with the keyfile 'k' as alice.
  void create(const std::function<void(Transaction&)>& fill = [](Transaction&) {}) {
    const SecretBytes phrase = secret_of("correct horse");
    const SecretBytes key = raw_key('k');
    vault::create(path, {{SlotKind::kPassphrase, kRoot, &phrase}, {SlotKind::kKeyfile, kAlice, &key}}, Time(), random,
                  options, fill);
  }

  std::unique_ptr<vault::Vault> open(const vault::Credential& credential) {
    return vault::Vault::open(path, credential, random, options);
  }
  std::unique_ptr<vault::Vault> open() { return open(keyfile('k')); }

  std::string file(std::string_view name) const { return path + "/" + std::string(name); }

  SystemRandom random;
  vault::Options options = cheap_options();
  std::string base;
  std::string path;
};

inline std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline void write_file(const std::string& path, std::string_view content) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(content.data(), static_cast<std::streamsize>(content.size()));
}

// What opening ends with: nothing when it succeeds.
inline std::optional<ErrorCode> failure_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.code();
  }
  return std::nullopt;
}

inline pid_t start_process(const std::function<int()>& body) {
  const pid_t child = fork();
  if (child != 0) return child;
  int status = 99;
  try {
    status = body();
  } catch (const Error& error) {
    status = exit_code(error.code());
  } catch (...) {
    status = 98;
  }
  _exit(status);
}

// The exit code, or 1000 and the signal.
inline int end_of_process(pid_t child) {
  int status = 0;
  waitpid(child, &status, 0);
  constexpr int kSignal = 1000;
  return WIFEXITED(status) ? WEXITSTATUS(status) : kSignal + WTERMSIG(status);
}

inline int in_process(const std::function<int()>& body) {
  return end_of_process(start_process(body));
}

}  // namespace kms::test
