// Writes the manuals and completions below a folder, or with --check tells which of them are not what it would write.
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "cli/commands/registry.h"
#include "cli/commands/service_session.h"
#include "cli/documentation.h"
#include "cli/examples.h"
#include "core/base/error.h"

namespace {

std::string content_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// What stands there from commands that are no more.
std::vector<std::string> left_over(const std::map<std::string, std::string>& files, const std::filesystem::path& root) {
  std::vector<std::string> names;
  for (const char* folder : {"man", "completions"}) {
    if (!std::filesystem::is_directory(root / folder)) continue;
    for (const auto& entry : std::filesystem::directory_iterator(root / folder)) {
      const std::string name = std::string(folder) + "/" + entry.path().filename().string();
      if (files.count(name) == 0) names.push_back(name);
    }
  }
  return names;
}

std::vector<std::string> without_command(const std::vector<kms::cli::Command>& commands) {
  std::set<std::string> left;
  for (std::string& spelling : kms::cli::exemplified()) left.insert(std::move(spelling));
  for (const auto& command : commands) {
    for (const std::string& spelling : kms::cli::spellings(command, commands)) left.erase(spelling);
  }
  return {left.begin(), left.end()};
}

int run(bool check, const std::filesystem::path& root) {
  const kms::cli::GlobalOptions options;
  kms::cli::SystemTerminal terminal;
  kms::cli::ServiceSession session(options, {std::cout, std::cerr}, terminal);
  const auto commands = kms::cli::registry(session);
  int stale = 0;
  for (const std::string& spelling : without_command(commands)) {
    std::cerr << "cli/examples.cc has examples of " << spelling << ", which is no command\n";
    ++stale;
  }
  const auto files = kms::cli::documentation(commands);
  for (const std::string& name : left_over(files, root)) {
    if (check) {
      std::cerr << name << " is of no command: build the target documentation\n";
      ++stale;
    } else {
      std::filesystem::remove(root / name);
    }
  }
  for (const auto& [name, text] : files) {
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
