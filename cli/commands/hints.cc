#include "cli/commands/hints.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "core/ops/kms/rotation.h"
#include "core/ops/table.h"
#include "core/ops/vault/credentials.h"
#include "core/ops/vault/identities.h"
#include "core/ops/vault/identity_policies.h"
#include "core/ops/vault/organization.h"
#include "core/ops/vault/quotas.h"

namespace kms::cli {
namespace {

std::string text_member(const Json& request, const char* name) {
  const auto found = request.find(name);
  return found != request.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::string key_in(const Json& request) {
  return text_member(request, request.contains("TargetKeyId") ? "TargetKeyId" : "KeyId");
}

// As a person names it, who is shown how to go on.
std::string key_words(const Json& request) {
  const std::string key = key_in(request);
  return cat("-k ", key.empty() ? "KEY" : key);
}

bool is_of_rotation(std::string_view operation) {
  return operation == name_of<kms::rotate_key_on_demand>() || operation == name_of<kms::get_key_rotation_status>() ||
         operation == name_of<kms::list_key_rotations>() || operation == name_of<kms::enable_key_rotation>() ||
         operation == name_of<kms::disable_key_rotation>();
}

bool takes_alias(std::string_view operation) {
  const auto rows = operations();
  const auto row =
      std::find_if(rows.begin(), rows.end(), [&](const Operation& each) { return each.name == operation; });
  return row == rows.end() || row->key_reference == KeyReference::kIdArnOrAlias;
}

constexpr std::string_view kWhoThereIs = "kmsctl principal list shows who there is";

// Of what has a list of its own.
std::string list_with(std::string_view operation, const Json& request) {
  if (operation == name_of<kms::delete_quota>()) return "kmsctl quota list shows the quotas";
  if (operation == name_of<kms::delete_access_key>()) return "kmsctl access-key list shows the access keys";
  if (operation == name_of<kms::unmap_uid>()) return "kmsctl principal list-uids shows who is mapped";
  if (operation == name_of<kms::delete_account>()) return "kmsctl account list shows the accounts";
  if (operation == name_of<kms::get_organization_policy>() || operation == name_of<kms::delete_organization_policy>()) {
    return "kmsctl org policy list --account ACCOUNT shows the policies above an account; --type rcp names one of the "
           "resource control policies";
  }
  if (operation == name_of<kms::get_principal_policy>() || operation == name_of<kms::delete_principal_policy>()) {
    return cat(kWhoThereIs, ", kmsctl principal policy list ", text_member(request, "Principal"), " which policies");
  }
  return {};
}

std::string hint_for_missing(std::string_view operation, const Json& request) {
  if (std::string list = list_with(operation, request); !list.empty()) return list;
  const std::string key = key_in(request);
  const bool of_principal =
      request.contains("Group") || request.contains("Principal") || request.contains("PrincipalArn");
  const bool names_key = key.starts_with("alias/") || key.find_first_of(":-") != std::string::npos;
  if (of_principal && names_key) return cat(kWhoThereIs, ", kmsctl keys which keys and aliases");
  if (key.starts_with("alias/") && takes_alias(operation)) return "kmsctl keys lists keys and their aliases";
  if (key.starts_with("alias/")) {
    return cat(operation, " takes no alias, as with AWS: kmsctl describe-key -k ", key,
               " --query KeyMetadata.KeyId --output text has the id");
  }
  const bool may_be_alias = !key.empty() && key.find(':') == std::string::npos && key.find('-') == std::string::npos;
  if (may_be_alias) return cat("an alias is written alias/", key);
  if (request.contains("AliasName")) return "kmsctl keys lists keys and their aliases";
  if (request.contains("SlotId")) return "kmsctl slot list shows the slots";
  if (of_principal) return std::string(kWhoThereIs);
  return {};
}

std::string hint_for_policy(const Json& request) {
  const std::string policy = text_member(request, "Policy");
  const std::string place = place_of_json_error(policy);
  if (place.empty()) return {};
  if (policy.find_first_of("{[\n") == std::string::npos) return cat("the text of a file is named file://", policy);
  return cat("the text is no JSON from ", place, " on");
}

}  // namespace

std::string place_of_json_error(std::string_view text) {
  struct Finder final : nlohmann::json_sax<Json> {
    bool null() override { return true; }
    bool boolean(bool /*value*/) override { return true; }
    bool number_integer(number_integer_t /*value*/) override { return true; }
    bool number_unsigned(number_unsigned_t /*value*/) override { return true; }
    bool number_float(number_float_t /*value*/, const string_t& /*text*/) override { return true; }
    bool string(string_t& /*value*/) override { return true; }
    bool binary(binary_t& /*value*/) override { return true; }
    bool start_object(std::size_t /*size*/) override { return true; }
    bool key(string_t& /*name*/) override { return true; }
    bool end_object() override { return true; }
    bool start_array(std::size_t /*size*/) override { return true; }
    bool end_array() override { return true; }
    bool parse_error(std::size_t position, const std::string& /*token*/, const Json::exception& /*why*/) override {
      at = position;
      return false;
    }
    std::size_t at = 0;  // bytes that were read
  };
  Finder finder;
  if (Json::sax_parse(text, &finder)) return {};
  const std::string_view read = text.substr(0, std::min(finder.at == 0 ? 0 : finder.at - 1, text.size()));
  const auto lines = std::count(read.begin(), read.end(), '\n');
  const std::size_t line_start = read.rfind('\n') == std::string_view::npos ? 0 : read.rfind('\n') + 1;
  return cat("line ", std::to_string(lines + 1), ", column ", std::to_string(read.size() - line_start + 1));
}

std::string hint_after(std::string_view operation, const Json& request, ErrorCode code) {
  switch (code) {
    case ErrorCode::kNotFound:
      return hint_for_missing(operation, request);
    case ErrorCode::kUnsupportedOperation:
      if (!is_of_rotation(operation)) return {};
      return cat(
          "only symmetric keys made here rotate; kmsctl rotate -k alias/NAME --new-key makes another key of the "
          "same kind and moves the alias to it");
    case ErrorCode::kValidation:
      if (operation != name_of<kms::update_account>() || request.size() > 1) return {};
      return cat("kmsctl account move ", text_member(request, "AccountId"), " --name NAME, or --unit UNIT, or both");
    case ErrorCode::kInvalidArn:
      return request.contains("GranteePrincipal") ? std::string(kWhoThereIs) : std::string();
    case ErrorCode::kMalformedPolicy:
      return hint_for_policy(request);
    case ErrorCode::kDisabled:
      return cat("kmsctl describe-key ", key_words(request), " shows the key; kmsctl enable-key lets it be used again");
    case ErrorCode::kInvalidState:
      return cat("kmsctl describe-key ", key_words(request),
                 " shows its state; kmsctl cancel-deletion keeps a key that is to be destroyed");
    case ErrorCode::kInvalidKeyUsage:
      return cat("kmsctl describe-key ", key_words(request), " shows what the key is for");
    case ErrorCode::kThrottling:
      return "kmsctl quota list shows the limits";
    default:
      return {};
  }
}

}  // namespace kms::cli
