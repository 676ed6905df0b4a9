#pragma once
// A command line as scripts have it: without a terminal, in a Folder that the test has made before.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/text.h"
#include "tests/unit/cli/commands/command_line.h"
#include "tests/unit/cli/folder.h"

namespace kms::test {

struct PipedLine : CommandLine {
  PipedLine() { terminal.there = false; }

  // The ARN of a new key that alias/`name` leads to.
  std::string key(const std::string& name, const Json& request = Json::object()) {
    std::string arn = world.create_key(request);
    world.call("CreateAlias", {{"AliasName", cat("alias/", name)}, {"TargetKeyId", arn}});
    return arn;
  }
  bool tells(std::string_view text) const { return err.find(text) != std::string::npos; }
  // Whether it ends with `status` and tells `text`, and nothing is printed, written or changed.
  bool refuses(std::vector<std::string> words, int status, std::string_view text, std::string_view input = {}) {
    const auto files = Folder::files();
    const auto records = world.data();
    const int ended = run(std::move(words), input);
    const bool untouched = out.empty() && Folder::files() == files && world.data() == records;
    const bool as_wanted = ended == status && tells(text) && untouched;
    if (!as_wanted)
      MESSAGE(cat("exit code ", std::to_string(ended), untouched ? ": " : ", and something was done: ", out, err));
    return as_wanted;
  }
};

}  // namespace kms::test
