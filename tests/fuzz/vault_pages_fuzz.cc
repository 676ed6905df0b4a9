// A data file from the input. The walk ends with an answer; what it finds sound, LMDB reads to the end without a fault.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "core/base/file.h"
#include "core/base/secret_bytes.h"
#include "core/crypto/init.h"
#include "vault/engine/lmdb.h"
#include "vault/engine/page_walker.h"

namespace {

std::string directory;

void read_all(const std::string& path) {
  using namespace kms::vault;
  lmdb::Env env(path, std::size_t{1} << 20U);
  const auto transaction = env.begin(kms::Access::kRead);
  const auto cursor = transaction->cursor();
  for (bool more = cursor->first(); more; more = cursor->next()) (void)cursor->value();
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int* /*argc*/, char*** /*argv*/) {
  kms::crypto::init();
  (void)kms::init_secure_heap(1U << 20U);
  std::string pattern = "/dev/shm/kmsctl-fuzz-XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr) abort();
  directory = pattern;
  atexit([] {
    for (const auto* name : {"/data.mdb", "/lock.mdb"}) unlink((directory + name).c_str());
    rmdir(directory.c_str());
  });
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace kms;
  const std::string path = directory + "/data.mdb";
  const UniqueFd fd(open(path.c_str(), O_CREAT | O_TRUNC | O_RDWR | O_CLOEXEC, 0600));
  if (!fd) abort();
  write_all(fd.get(), {data, size}, path);
  try {
    vault::require_sound_pages(fd.get());
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kVaultDamaged) abort();
    return 0;
  }
  try {
    read_all(directory);
  } catch (const Error& error) {
    std::fprintf(stderr, "found sound, but: %s\n", error.what());
    abort();
  }
  return 0;
}
