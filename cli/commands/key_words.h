#pragma once
// Keys, their policies and grants in the words of people.
#include <string>
#include <string_view>
#include <vector>

#include "cli/listing.h"
#include "core/ops/kms/grants.h"
#include "core/ops/kms/key_metadata.h"
#include "core/policy/document.h"

namespace kms::cli {

// The state, in the colour of what can be done with the key. `state` is AWS's word.
Cell state_cell(const std::string& state);
std::string_view use_word(KeyUsage usage);  // encrypt, sign, mac, agree or encapsulate

// Of a grant. `account` is that of the key.
std::string grantee_of(const GrantListEntry& grant, std::string_view account);
std::string operations_of(const GrantListEntry& grant);
std::string constraints_of(const GrantListEntry& grant);  // empty when there are none

// A line for each statement of a policy that names principals: "user/ci may Decrypt, when job=job1". A text that is no
// such policy is a line that says so.
std::vector<Cell> policy_in_words(policy::DocumentKind kind, const std::string& policy, std::string_view account);

}  // namespace kms::cli
