#pragma once
// A program of a test: a shell script in the folder it is in.
#include <filesystem>
#include <string>
#include <string_view>

#include "core/base/text.h"
#include "tests/unit/cli/folder.h"

namespace kms::test {

inline std::string absolute(const std::string& name) {
  return (std::filesystem::current_path() / name).string();
}

inline std::string script(std::string_view lines, const std::string& name = "program") {
  Folder::write(name, cat("#!/bin/sh\n", lines, "\n"));
  std::filesystem::permissions(name, std::filesystem::perms::owner_all);
  return absolute(name);
}

}  // namespace kms::test
