#pragma once
// A folder of its own for a command that reads and writes files, which it is in while this lives.
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <string_view>

#include "core/base/error.h"

namespace kms::test {

class Folder {
 public:
  Folder() : before_(std::filesystem::current_path()) {
    std::string pattern = std::filesystem::temp_directory_path() / "kmsctl-folder-XXXXXX";
    if (mkdtemp(pattern.data()) == nullptr) throw Error(ErrorCode::kFile, "mkdtemp");
    path_ = pattern;
    std::filesystem::current_path(path_);
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::current_path(before_, ignored);
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  Folder(Folder&&) = delete;
  Folder& operator=(Folder&&) = delete;

  // Readable by its owner alone, as a file that holds a secret has to be.
  static void write(const std::string& name, std::string_view content) {
    std::ofstream(name, std::ios::binary) << content;
    std::filesystem::permissions(name, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  }
  static std::string read(const std::string& name) {
    std::ifstream file(name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  static bool has(const std::string& name) { return std::filesystem::exists(name); }
  // Name to content, of all that is there.
  static std::map<std::string, std::string> files() {
    std::map<std::string, std::string> all;
    for (const auto& entry : std::filesystem::directory_iterator(".")) {
      if (entry.is_regular_file()) all.emplace(entry.path().filename(), read(entry.path()));
    }
    return all;
  }

 private:
  std::filesystem::path before_;
  std::filesystem::path path_;
};

}  // namespace kms::test
