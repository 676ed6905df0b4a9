#include "core/model/identity.h"

#include "core/base/text.h"
#include "core/model/principal.h"

namespace kms {
namespace {

constexpr std::string_view kIamPrefix = "arn:aws:iam::";

std::string_view last_part(std::string_view text) {
  return text.substr(text.find_last_of('/') + 1);
}

std::string_view id_prefix(IdentityKind kind) {
  switch (kind) {
    case IdentityKind::kUser:
      return "AIDA";
    case IdentityKind::kGroup:
      return "AGPA";
    case IdentityKind::kRole:
      return "AROA";
  }
  return {};
}

}  // namespace

std::string IdentityName::resource() const {
  return cat(to_text(kind), "/", path_and_name);
}

std::string IdentityName::arn() const {
  return cat(kIamPrefix, account, ":", resource());
}

std::string_view IdentityName::name() const {
  return last_part(path_and_name);
}

std::optional<IdentityName> parse_identity_name(std::string_view account, std::string_view text) {
  if (text.starts_with(kIamPrefix)) {
    account = account_of(text);
    const std::size_t skipped = kIamPrefix.size() + account.size();
    if (!is_account_id(account) || text.size() <= skipped || text[skipped] != ':') return std::nullopt;
    text.remove_prefix(skipped + 1);
  }
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto kind = from_text<IdentityKind>(text.substr(0, slash));
  const std::string_view rest = text.substr(slash + 1);
  const std::string_view name = last_part(rest);
  const std::size_t longest = kind == IdentityKind::kGroup ? 128 : 64;
  if (!kind || !is_identity_text(rest) || name.empty() || name.size() > longest) return std::nullopt;
  return IdentityName{std::string(account), *kind, std::string(rest)};
}

std::string make_unique_id(IdentityKind kind, Random& random) {
  constexpr std::size_t kLength = 17;
  return make_credential_id(id_prefix(kind), random.bytes(kLength));
}

std::string make_credential_id(std::string_view prefix, ByteView bytes) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string id(prefix);
  for (const std::uint8_t byte : bytes) id += kAlphabet[byte % kAlphabet.size()];
  return id;
}

std::string RoleSession::arn() const {
  return cat("arn:aws:sts::", account_of(role_arn), ":assumed-role/", last_part(role_arn), "/", name);
}

}  // namespace kms
