// What kmsctl makes of shorthand, for shorthand.py: of each line of standard input, a text as JSON, the JSON of its
// meaning, or null when it is refused. Files are not read: file://x behind @= is "content of file://x".
#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "cli/shorthand.h"
#include "core/base/error.h"

namespace {

kms::Json meaning_of(const std::string& text) {
  try {
    return kms::cli::parse_shorthand(text, "text", [](const std::string& item) -> std::optional<kms::Json> {
      if (!item.starts_with("file://")) return std::nullopt;
      return kms::Json("content of " + item);
    });
  } catch (const kms::Error&) {
    return nullptr;
  }
}

}  // namespace

int main() {
  std::string line;
  while (std::getline(std::cin, line)) {
    std::cout << meaning_of(kms::Json::parse(line).get<std::string>()).dump() << '\n';
  }
  return EXIT_SUCCESS;
}
