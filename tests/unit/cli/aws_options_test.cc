// Every global option of the aws command line, and what becomes of it.
#include "cli/aws_options.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>

#include "cli/process.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "tests/unit/cli/fake_session.h"

using kms::cat;
using kms::cli::take_aws_options;

namespace {

using OptionWords = std::vector<std::string>;

// The lists of versions 1 and 2; with a value where they have one.
const std::vector<OptionWords>& global_options_of_aws() {
  static const std::vector<OptionWords> all = {{"--debug"},
                                               {"--endpoint-url", "http://127.0.0.1"},
                                               {"--no-verify-ssl"},
                                               {"--no-paginate"},
                                               {"--output", "json"},
                                               {"--query", "a"},
                                               {"--profile", "prod"},
                                               {"--region", "us-east-1"},
                                               {"--version"},
                                               {"--color", "off"},
                                               {"--no-sign-request"},
                                               {"--ca-bundle", "f.pem"},
                                               {"--cli-read-timeout", "3"},
                                               {"--cli-connect-timeout", "3"},
                                               {"--v2-debug"},
                                               {"--cli-binary-format", "base64"},
                                               {"--no-cli-pager"},
                                               {"--cli-auto-prompt"},
                                               {"--no-cli-auto-prompt"}};
  return all;
}

std::vector<kms::cli::Command> one_list_command() {
  const auto setup = [](kms::cli::ArgumentParser& parser, kms::cli::Session& session) {
    parser.add_flag("--no-paginate", "one page");
    parser.callback([&session] { session.out() << "listed"; });
  };
  return {{"list", "List", kms::cli::kApiGroup, setup}};
}

// What standard output got, or the refusal.
std::string outcome_of(OptionWords words) {
  kms::cli::GlobalOptions options;
  kms::test::FakeSession session(options);
  try {
    const int status = kms::test::run_words(std::move(words), one_list_command(), options, session);
    CHECK(status == 0);
  } catch (const kms::Error& error) {
    CHECK(error.code() == kms::ErrorCode::kUsage);
    return error.what();
  }
  return session.text.str();
}

// Those that the sources of awscli 1.45 and 2.9 with their botocore name, and the pages about both.
const std::vector<std::string>& variables_of_aws() {
  static const std::vector<std::string> all = {"AWS_ACCESS_KEY_ID",
                                               "AWS_ACCOUNT_ID",
                                               "AWS_ACCOUNT_ID_ENDPOINT_MODE",
                                               "AWS_AUTH_SCHEME_PREFERENCE",
                                               "AWS_CA_BUNDLE",
                                               "AWS_CLI_AUTO_PROMPT",
                                               "AWS_CLI_FILE_ENCODING",
                                               "AWS_CLI_HISTORY_FILE",
                                               "AWS_CLI_OUTPUT_ENCODING",
                                               "AWS_CLI_S3_MV_VALIDATE_SAME_S3_PATHS",
                                               "AWS_CONFIG_FILE",
                                               "AWS_CONTAINER_AUTHORIZATION_TOKEN",
                                               "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
                                               "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                                               "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
                                               "AWS_CREDENTIAL_EXPIRATION",
                                               "AWS_CREDENTIAL_FILE",
                                               "AWS_CSM_CLIENT_ID",
                                               "AWS_CSM_ENABLED",
                                               "AWS_CSM_HOST",
                                               "AWS_CSM_PORT",
                                               "AWS_DATA_PATH",
                                               "AWS_DEFAULTS_MODE",
                                               "AWS_DEFAULT_OUTPUT",
                                               "AWS_DEFAULT_PROFILE",
                                               "AWS_DEFAULT_REGION",
                                               "AWS_DISABLE_HOST_PREFIX_INJECTION",
                                               "AWS_DISABLE_REQUEST_COMPRESSION",
                                               "AWS_EC2_METADATA_DISABLED",
                                               "AWS_EC2_METADATA_SERVICE_ENDPOINT",
                                               "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
                                               "AWS_EC2_METADATA_V1_DISABLED",
                                               "AWS_ENDPOINT_DISCOVERY_ENABLED",
                                               "AWS_ENDPOINT_URL",
                                               "AWS_ENDPOINT_URL_KMS",
                                               "AWS_ENDPOINT_URL_STS",
                                               "AWS_EXECUTION_ENV",
                                               "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
                                               "AWS_IMDS_USE_IPV6",
                                               "AWS_LOGIN_CACHE_DIRECTORY",
                                               "AWS_MAX_ATTEMPTS",
                                               "AWS_METADATA_SERVICE_NUM_ATTEMPTS",
                                               "AWS_METADATA_SERVICE_TIMEOUT",
                                               "AWS_NEW_RETRIES_2026",
                                               "AWS_PAGER",
                                               "AWS_PARTITION",
                                               "AWS_PROFILE",
                                               "AWS_REGION",
                                               "AWS_REQUEST_CHECKSUM_CALCULATION",
                                               "AWS_REQUEST_MIN_COMPRESSION_SIZE_BYTES",
                                               "AWS_RESPONSE_CHECKSUM_VALIDATION",
                                               "AWS_RETRY_MODE",
                                               "AWS_ROLE_ARN",
                                               "AWS_ROLE_SESSION_NAME",
                                               "AWS_S3_DISABLE_EXPRESS_SESSION_AUTH",
                                               "AWS_S3_DISABLE_MULTIREGION_ACCESS_POINTS",
                                               "AWS_S3_US_EAST_1_REGIONAL_ENDPOINT",
                                               "AWS_S3_USE_ARN_REGION",
                                               "AWS_SDK_UA_APP_ID",
                                               "AWS_SECRET_ACCESS_KEY",
                                               "AWS_SECURITY_TOKEN",
                                               "AWS_SESSION_TOKEN",
                                               "AWS_SHARED_CREDENTIALS_FILE",
                                               "AWS_SIGV4A_SIGNING_REGION_SET",
                                               "AWS_STS_REGIONAL_ENDPOINTS",
                                               "AWS_USE_DUALSTACK_ENDPOINT",
                                               "AWS_USE_FIPS_ENDPOINT",
                                               "AWS_WEB_IDENTITY_TOKEN_FILE"};
  return all;
}

// Whose value stands in the environment while it lives.
class SetVariable {
 public:
  SetVariable(std::string name, const char* value) : name_(std::move(name)) {
    kms::cli::set_environment(name_.c_str(), value);
  }
  ~SetVariable() { unsetenv(name_.c_str()); }
  SetVariable(const SetVariable&) = delete;
  SetVariable& operator=(const SetVariable&) = delete;
  SetVariable(SetVariable&&) = delete;
  SetVariable& operator=(SetVariable&&) = delete;

 private:
  std::string name_;
};

// Of this process, which may have been given others.
bool is_noted(const std::string& name) {
  std::ostringstream notes;
  kms::cli::note_aws_variables(notes);
  const std::string text = notes.str();
  return text.find(cat(" ", name, ",")) != std::string::npos || text.find(cat(" ", name, ":")) != std::string::npos;
}

}  // namespace

TEST_SUITE("options of aws") {
  TEST_CASE("each is honoured, taken with a word, or refused with a sentence, wherever it stands") {
    for (const OptionWords& option : global_options_of_aws()) {
      CAPTURE(option.front());
      for (const bool before : {true, false}) {
        OptionWords words = option;
        words.insert(before ? words.end() : words.begin(), {"kms", "list"});
        const std::string outcome = outcome_of(words);
        const bool refused = outcome.starts_with(kms::cat(option.front(), ": ")) && outcome.size() > 30;
        const bool version = option.front() == "--version" && outcome.starts_with("kmsctl ");
        const bool paged = option.front() == "--no-paginate" && before;  // an option of lists alone
        const bool understood = outcome == "listed" || refused || version || paged;
        CHECK(understood);
      }
    }
  }

  TEST_CASE("what means nothing is taken with its value, and with a word") {
    std::ostringstream notes;
    OptionWords words = {"--profile", "prod", "kms", "list", "--cli-read-timeout=3", "--debug", "--", "--debug"};
    take_aws_options(words, notes);
    CHECK(words == OptionWords{"kms", "list", "--", "--debug"});
    CHECK(notes.str().find("note: --profile: there are no profiles") != std::string::npos);
    CHECK(notes.str().find("note: --cli-read-timeout: ") != std::string::npos);
  }

  TEST_CASE("an option that is set aside still needs its value") {
    std::ostringstream notes;
    OptionWords words = {"kms", "list", "--profile"};
    CHECK_THROWS_AS(take_aws_options(words, notes), kms::Error);
  }

  TEST_CASE("each variable of aws is honoured, or told not to be looked at; one that is empty says nothing") {
    const std::vector<std::string> honoured = {"AWS_REGION", "AWS_DEFAULT_REGION", "AWS_DEFAULT_OUTPUT"};
    for (const std::string& name : variables_of_aws()) {
      CAPTURE(name);
      const bool means_something = std::find(honoured.begin(), honoured.end(), name) != honoured.end();
      const SetVariable set(name, "x");
      CHECK(is_noted(name) == !means_something);
    }
    const SetVariable pager("AWS_PAGER", "");
    CHECK(!is_noted("AWS_PAGER"));
  }
}
