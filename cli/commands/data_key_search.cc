#include "cli/commands/data_key_search.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "cli/ask.h"
#include "cli/commands/support.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/model/arn.h"
#include "core/model/principal.h"
#include "core/ops/kms/encrypt.h"
#include "core/ops/table.h"
#include "core/ops/vault/regions.h"

namespace kms::cli {
namespace {

// What another data key, or another Region, may still make good.
bool is_about_the_key(ErrorCode code) {
  switch (code) {
    case ErrorCode::kAccessDenied:
    case ErrorCode::kNotFound:
    case ErrorCode::kInvalidArn:
    case ErrorCode::kValidation:
    case ErrorCode::kDisabled:
    case ErrorCode::kInvalidState:
    case ErrorCode::kInvalidKeyUsage:
    case ErrorCode::kKeyUnavailable:
    case ErrorCode::kInvalidCiphertext:
    case ErrorCode::kIncorrectKey:
      return true;
    default:
      return false;
  }
}

// Whether a key is absent, elsewhere or forbidden is one answer.
bool is_refusal(ErrorCode code) {
  return code == ErrorCode::kAccessDenied || code == ErrorCode::kNotFound || code == ErrorCode::kInvalidArn;
}

class Search {
 public:
  Search(Session& session, const formats::EncryptionContext& context) : session_(session), context_(context) {}

  // Nothing when it was refused in a way that leaves hope.
  std::optional<SecretBytes> by_name(const formats::EncryptedDataKey& data_key, const std::string& key_id) {
    return attempt(
        key_id, [&] { return ask_through<kms::decrypt>(session_, kFileService, request(data_key, key_id)).plaintext; });
  }

  std::optional<SecretBytes> by_arn(const formats::EncryptedDataKey& data_key) {
    const std::string text(as_text(data_key.provider_info));
    auto arn = parse_kms_arn(text);
    if (!arn || !is_region_name(arn->home.region)) return by_name(data_key, text);
    const std::string own = arn->home.region;
    const bool replicated = arn->resource.starts_with("key/mrk-");
    const std::string& preferred = session_.options().region_or_default();
    std::vector<std::string> regions{own};
    if (replicated && !preferred.empty() && preferred != own) regions.insert(regions.begin(), preferred);
    for (std::size_t i = 0; i < regions.size(); ++i) {
      arn->home.region = regions[i];
      const std::string name = arn->home.arn(arn->resource);
      auto opened = attempt(name, [&] {
        return answer_as<kms::decrypt>(
                   session_.call_in(arn->home.region, kFileService, name_of<kms::decrypt>(), request(data_key, name)))
            .plaintext;
      });
      if (opened) return opened;
      if (!replicated || i + 1 < regions.size()) continue;
      for (const std::string& each : vault_regions()) {
        if (std::find(regions.begin(), regions.end(), each) == regions.end()) regions.push_back(each);
      }
    }
    return std::nullopt;
  }

  [[noreturn]] void fail() const {
    if (!failure_) throw Error(ErrorCode::kInvalidCiphertext, "the file is encrypted for no KMS key");
    const bool alone = tried_.size() == 1 && failure_->code() == ErrorCode::kAccessDenied;
    if (alone || !is_refusal(failure_->code())) throw Error(*failure_);
    std::string names;
    for (const std::string& name : tried_) names += cat(names.empty() ? "" : ", ", name);
    throw Error(ErrorCode::kAccessDenied,
                cat("no key that opens the file is in this vault and may be used; tried: ", names));
  }

 private:
  template <class Call>
  std::optional<SecretBytes> attempt(const std::string& name, const Call& call) {
    try {
      return call();
    } catch (const Error& error) {
      if (!is_about_the_key(error.code())) throw;
      tried_.push_back(name);
      if (!failure_ || (is_refusal(failure_->code()) && !is_refusal(error.code()))) failure_.emplace(error);
    }
    return std::nullopt;
  }

  Json request(const formats::EncryptedDataKey& data_key, const std::string& key_id) const {
    return {{"CiphertextBlob", blob_member(data_key.ciphertext)}, {"EncryptionContext", context_}, {"KeyId", key_id}};
  }

  // Once; none where the caller may not list them.
  const std::vector<std::string>& vault_regions() {
    if (regions_) return *regions_;
    regions_.emplace();
    try {
      for (RegionDescription& each : ask<kms::list_regions>(session_, Json::object()).regions) {
        regions_->push_back(std::move(each.region));
      }
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kAccessDenied) throw;
      regions_->push_back(session_.home().region);
    }
    return *regions_;
  }

  Session& session_;
  const formats::EncryptionContext& context_;
  std::optional<std::vector<std::string>> regions_;
  std::vector<std::string> tried_;
  std::optional<Error> failure_;
};

}  // namespace

SecretBytes open_data_key(Session& session, const std::string& key_id,
                          const std::vector<formats::EncryptedDataKey>& keys,
                          const formats::EncryptionContext& context) {
  Search search(session, context);
  for (const formats::EncryptedDataKey& data_key : keys) {
    if (data_key.provider_id != kKmsProvider) continue;
    auto opened = key_id.empty() ? search.by_arn(data_key) : search.by_name(data_key, key_id);
    if (opened) return *std::move(opened);
  }
  search.fail();
}

}  // namespace kms::cli
