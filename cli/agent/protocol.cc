#include "cli/agent/protocol.h"

#include <sys/stat.h>

#include <cstdlib>

#include "core/base/text.h"

namespace kms::agent {

std::string default_socket() {
  const char* directory = std::getenv("XDG_RUNTIME_DIR");  // NOLINT(concurrency-mt-unsafe): before any thread
  if (directory == nullptr || *directory != '/') return {};
  return cat(directory, "/kmsctl/agent.sock");
}

std::string directory_identity(const std::string& path) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) return {};
  const std::string device = std::to_string(info.st_dev);
  return cat(device, ":", std::to_string(info.st_ino));
}

}  // namespace kms::agent
