#pragma once
// Whom a document lets in from outside of the account that it guards. A pure function of documents.
#include <string>
#include <string_view>
#include <vector>

#include "core/policy/document.h"

namespace kms::policy {

// The principals outside of `account` that `after` lets in and `before` did not (null: nobody was let in); sorted, each
// once, as the document spells them: "*" for everybody, ARNs, names of services. Statements that allow are looked at,
// whatever they allow; what another statement denies is not taken off.
//
// Where conditions demand an account by equality (kms:CallerAccount or aws:PrincipalAccount), everybody is everybody of
// that account: nobody from outside, or the ARN of another account's root. aws:PrincipalOrgID has no value in a vault,
// so demanding one lets nobody in. Any other condition takes nothing off, but whoever was let in under a condition
// alone is let in anew where it is gone or another one. Everybody of an account includes each principal of it, and "*"
// includes all.
std::vector<std::string> newly_allowed(const Document* before, const Document& after, std::string_view account);

}  // namespace kms::policy
