#pragma once
// Who calls and is spoken of in policies: ARNs of users, groups, roles, sessions and account roots.
#include <optional>
#include <string>
#include <string_view>

namespace kms {

// arn:aws:iam::ACCOUNT:root, the owner of an account.
std::string root_principal(std::string_view account);
bool is_root_principal(std::string_view arn);

bool is_account_id(std::string_view text);  // 12 digits

// What a Region can be called: AWS's pattern, two or three words and a number, as us-east-1 or us-gov-west-1.
bool is_region_name(std::string_view text);
// What a vault may call a Region that it has: lower-case letters and digits with hyphens. Who looks one up takes this.
bool is_region_label(std::string_view text);

// The ARN of a principal of `account` named in short (root, user/NAME, role/NAME) or by its ARN. Nothing when the text
// has neither form.
std::optional<std::string> principal_arn(std::string_view account, std::string_view text);

// What may stand after user/, group/ or role/: a path and a name in the characters of IAM.
bool is_identity_text(std::string_view text);

// Of the ARN of an identity or of a session; empty when it is neither.
std::string_view account_of(std::string_view principal);

}  // namespace kms
