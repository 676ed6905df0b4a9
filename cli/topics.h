#pragma once
// What help and manuals say beyond single commands: which commands somebody needs first, and what those that begin with
// one word are about.
#include <span>
#include <string_view>
#include <vector>

namespace kms::cli {

// A word that commands begin with, or a command.
struct Topic {
  std::string_view word;
  std::string_view summary;      // of several commands, one line; empty where the command has its own
  std::string_view description;  // a paragraph; may be empty
};
std::span<const Topic> topics();
const Topic* find_topic(std::string_view word);

struct OverviewGroup {
  std::string_view heading;
  std::vector<std::string_view> entries;  // paths of commands, and words of topics
};
const std::vector<OverviewGroup>& overview();

}  // namespace kms::cli
