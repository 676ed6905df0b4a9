#include "cli/agent/protocol.h"

#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>

#include "core/base/text.h"

namespace kms::agent {

std::string directory_identity(const std::string& path) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) return {};
  const std::string device = std::to_string(info.st_dev);
  return cat(device, ":", std::to_string(info.st_ino));
}

std::string default_socket(const std::string& vault, const std::string& default_vault) {
  const char* directory = std::getenv("XDG_RUNTIME_DIR");  // NOLINT(concurrency-mt-unsafe): before any thread
  if (directory == nullptr || *directory != '/') return {};
  std::string name = directory_identity(vault);
  if (name.empty() || name == directory_identity(default_vault)) return cat(directory, "/kmsctl/agent.sock");
  std::replace(name.begin(), name.end(), ':', '-');
  return cat(directory, "/kmsctl/agent-", name, ".sock");
}

}  // namespace kms::agent
