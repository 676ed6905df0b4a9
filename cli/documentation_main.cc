// Writes the manuals and completions below a folder, or with --check tells which of them are not what it would write.
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#include "cli/commands/registry.h"
#include "cli/commands/service_session.h"
#include "cli/documentation.h"
#include "core/base/error.h"

namespace {

std::string content_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

int run(bool check, const std::filesystem::path& root) {
  const kms::cli::GlobalOptions options;
  kms::cli::SystemTerminal terminal;
  kms::cli::ServiceSession session(options, {std::cout, std::cerr}, terminal);
  int stale = 0;
  for (const auto& [name, text] : kms::cli::documentation(kms::cli::registry(session))) {
    const std::filesystem::path path = root / name;
    if (check) {
      if (content_of(path) == text) continue;
      std::cerr << name << " is stale: build the target documentation\n";
      ++stale;
    } else {
      std::filesystem::create_directories(path.parent_path());
      std::ofstream(path, std::ios::binary) << text;
    }
  }
  return stale == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const bool check = argc == 3 && std::string(argv[1]) == "--check";
    if (argc != 2 && !check) {
      std::cerr << "usage: kmsctl_docs [--check] FOLDER\n";
      return 2;
    }
    return run(check, argv[argc - 1]);
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
