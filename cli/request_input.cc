#include "cli/request_input.h"

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "cli/arguments.h"
#include "core/base/bytes.h"
#include "core/base/error.h"
#include "core/base/json_text.h"
#include "core/base/text.h"
#include "formats/yaml.h"

namespace kms::cli {
namespace {

constexpr std::string_view kJsonOption = "--cli-input-json";
constexpr std::string_view kYamlOption = "--cli-input-yaml";
constexpr const char* kRequestSkeleton = "input";
constexpr const char* kYamlSkeleton = "yaml-input";
constexpr const char* kAnswerSkeleton = "output";

Json read_json(std::string_view text) {
  if (!is_within(text, JsonLimits()))
    throw Error(ErrorCode::kUsage, cat(kJsonOption, ": too large, or nested too deep"));
  Json document = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (document.is_discarded()) throw Error(ErrorCode::kUsage, cat(kJsonOption, ": not a JSON document"));
  return document;
}

Json read_yaml(std::string_view text) {
  return formats::read_yaml(text, kYamlOption);
}

// Wipes the text whatever comes of it.
Json read_and_wipe(std::string text, Json (*read)(std::string_view text)) {
  try {
    Json document = read(text);
    wipe(text);
    return document;
  } catch (...) {
    wipe(text);
    throw;
  }
}

}  // namespace

RequestInput::RequestInput(ArgumentParser& parser)
    : json_(parser.add_option(std::string(kJsonOption), "the request as JSON or file://PATH; options override it")
                .type_name("JSON")
                .may_be_empty()),
      yaml_(parser.add_option(std::string(kYamlOption), "the same as YAML, in place of JSON")
                .type_name("YAML")
                .may_be_empty()),
      skeleton_(parser
                    .add_option("--generate-cli-skeleton",
                                "print a sample of a request, as JSON (input) or YAML, or of an answer, and do no more")
                    .value_or(kRequestSkeleton)
                    .among({kRequestSkeleton, kYamlSkeleton, kAnswerSkeleton})) {}

Skeleton RequestInput::skeleton() const {
  if (!skeleton_.given()) return Skeleton::kNone;
  const std::string& wanted = skeleton_.texts().back();
  return wanted == kAnswerSkeleton ? Skeleton::kAnswer
         : wanted == kYamlSkeleton ? Skeleton::kYamlRequest
                                   : Skeleton::kRequest;
}

Json RequestInput::request(const std::vector<Field>& fields,
                           const std::function<bool(std::string_view member)>& replaced, bool raw_binary) const {
  if (!json_.given() && !yaml_.given()) return Json::object();
  const bool is_yaml = yaml_.given();
  const std::string_view option = is_yaml ? kYamlOption : kJsonOption;
  if (json_.given() && is_yaml) throw Error(ErrorCode::kUsage, cat("give ", kJsonOption, " or ", option, ", not both"));
  Json document = is_yaml ? read_and_wipe(text_of(yaml_.texts().back()), read_yaml)
                          : read_and_wipe(text_of(json_.texts().back()), read_json);
  try {
    for (const Field& field : fields) {
      const auto member = document.is_object() ? document.find(field.name) : document.end();
      if (member == document.end() || !replaced(field.name)) continue;
      wipe(*member);
      document.erase(member);
    }
    fit_document(fields, option, document, raw_binary);
  } catch (...) {
    wipe(document);
    throw;
  }
  return document;
}

}  // namespace kms::cli
