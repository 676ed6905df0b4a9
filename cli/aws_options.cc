#include "cli/aws_options.h"

#include <algorithm>
#include <array>
#include <ostream>
#include <string_view>

#include "cli/process.h"
#include "core/base/error.h"
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

// Of the credentials and endpoints of AWS. Those about retries, timeouts, files of the SDKs and the pager change
// nothing about an answer.
constexpr auto kVariables = std::to_array<const char*>(
    {"AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SESSION_TOKEN", "AWS_ROLE_ARN",
     "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
     "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_KMS", "AWS_ENDPOINT_URL_STS"});

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
  for (const char* name : kVariables) {
    if (!environment(name).empty()) set += cat(set.empty() ? "" : ", ", name);
  }
  if (set.empty()) return;
  notes << "kmsctl: note: " << set
        << ": not looked at; who calls is as whom the vault is unlocked, or the agent's caller\n";
}

}  // namespace kms::cli
