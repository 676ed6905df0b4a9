#pragma once
// The worked example of formats/audit_log.md, for whoever needs a log with checkpoint, proof and exports.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

#include "core/base/text.h"

namespace kms::testing {

// The lines between ```NAME and ```.
inline std::string page_block(std::string_view name) {
  const auto page = std::filesystem::path(KMSCTL_TEST_VECTORS) / "../../formats/audit_log.md";
  std::ifstream in(page);
  REQUIRE(in);
  std::ostringstream read;
  read << in.rdbuf();
  const std::string text = read.str();
  const std::string fence = cat("\n```", name, "\n");
  const std::size_t start = text.find(fence);
  REQUIRE(start != std::string::npos);
  const std::size_t from = start + fence.size();
  return text.substr(from, text.find("```\n", from) - from);
}

}  // namespace kms::testing
