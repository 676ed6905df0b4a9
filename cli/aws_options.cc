#include "cli/aws_options.h"

#include <algorithm>
#include <array>
#include <ostream>
#include <string_view>

#include "cli/process.h"
#include "core/base/error.h"
#include "core/base/terminal_text.h"
#include "core/base/text.h"

namespace kms::cli {
namespace {

enum class Taken : std::uint8_t { kSilently, kWithNote, kRefused };

struct AwsOption {
  std::string_view name;
  bool has_value;
  Taken taken;
  std::string_view why = {};
};

constexpr std::string_view kNoNetwork = "nothing is called over a network here";

constexpr auto kOptions = std::to_array<AwsOption>({
    {"--profile", true, Taken::kWithNote, "there are no profiles: who calls is as whom the vault is unlocked"},
    {"--endpoint-url", true, Taken::kRefused,
     "no endpoint is called here: the vault is that of --vault, the agent that of KMSCTL_AGENT"},
    {"--no-sign-request", false, Taken::kRefused, "nobody calls without a name here"},
    {"--no-verify-ssl", false, Taken::kWithNote, kNoNetwork},
    {"--ca-bundle", true, Taken::kWithNote, kNoNetwork},
    {"--cli-read-timeout", true, Taken::kWithNote, kNoNetwork},
    {"--cli-connect-timeout", true, Taken::kWithNote, kNoNetwork},
    {"--debug", false, Taken::kWithNote, "there is no log of a call; kmsctl audit list shows what was done"},
    {"--v2-debug", false, Taken::kWithNote, "there is no log of a call; kmsctl audit list shows what was done"},
    {"--cli-auto-prompt", false, Taken::kRefused, "no options are asked for; COMMAND --help lists them"},
    {"--no-cli-auto-prompt", false, Taken::kSilently},
});

// These mean here what they mean to aws.
constexpr auto kHonoured = std::to_array<std::string_view>({"AWS_REGION", "AWS_DEFAULT_REGION", "AWS_DEFAULT_OUTPUT"});

const AwsOption* find_option(std::string_view word) {
  const std::string_view name = word.substr(0, word.find('='));
  const auto found =
      std::find_if(kOptions.begin(), kOptions.end(), [&](const AwsOption& each) { return each.name == name; });
  return found == kOptions.end() ? nullptr : &*found;
}

}  // namespace

void take_aws_options(std::vector<std::string>& words, std::ostream& notes) {
  std::vector<std::string> kept;
  std::size_t at = 0;
  for (; at < words.size() && words[at] != "--"; ++at) {
    const AwsOption* const option = find_option(words[at]);
    if (option == nullptr) {
      kept.push_back(std::move(words[at]));
      continue;
    }
    if (option->taken == Taken::kRefused) throw Error(ErrorCode::kUsage, cat(option->name, ": ", option->why));
    if (option->taken == Taken::kWithNote) notes << "kmsctl: note: " << option->name << ": " << option->why << '\n';
    if (option->has_value && words[at].size() == option->name.size()) {
      if (++at == words.size()) throw Error(ErrorCode::kUsage, cat(option->name, " needs a value"));
    }
  }
  for (; at < words.size(); ++at) kept.push_back(std::move(words[at]));
  words = std::move(kept);
}

void note_aws_variables(std::ostream& notes) {
  std::string set;
  for (const std::string& name : environment_names("AWS_")) {
    const bool honoured = std::find(kHonoured.begin(), kHonoured.end(), name) != kHonoured.end();
    if (!honoured && !environment(name.c_str()).empty()) set += cat(set.empty() ? "" : ", ", name);
  }
  if (set.empty()) return;
  notes << "kmsctl: note: " << escape_controls(set, LineEnds::kEscaped)
        << ": not looked at; who calls is as whom the vault is unlocked, or the agent's caller, and nothing is called "
           "over "
           "a network\n";
}

}  // namespace kms::cli
